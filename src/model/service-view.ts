import type { Family, IpAddress } from '../net/ip.ts';
import type { Condition } from './condition.ts';
import type { Protocol, ServiceKey, ServiceUid } from './ids.ts';
import type { Ingress } from './ingress.ts';

/**
 * A Service as Portolan sees it: projected once at the door of `src/kube`, frozen, plain. Values are as the user wrote
 * them; their meaning is found in `src/intent`.
 */
export interface ServiceView {
  readonly key: ServiceKey;
  readonly namespace: string;
  readonly name: string;
  readonly uid: ServiceUid;
  readonly resourceVersion: string;
  readonly generation?: number;
  /** RFC 3339. */
  readonly createdAt: string;
  /** True once `metadata.deletionTimestamp` is set: never ensured again. */
  readonly deleting: boolean;
  readonly finalizers: readonly string[];
  readonly annotations: Readonly<Record<string, string>>;
  readonly type: string;
  readonly loadBalancerClass?: string;
  readonly loadBalancerIP?: string;
  readonly sourceRanges: readonly string[];
  readonly externalTrafficPolicy: 'Cluster' | 'Local';
  /** 0 = none. */
  readonly healthCheckNodePort: number;
  readonly sessionAffinity: 'None' | 'ClientIP';
  /** Seconds; 10800 where the API server's default applies. */
  readonly affinityTimeoutSeconds: number;
  readonly ipFamilies: readonly Family[];
  readonly ipFamilyPolicy?: string;
  readonly ports: readonly ServicePortView[];
  readonly ingress: readonly Ingress[];
  readonly conditions: readonly Condition[];
}

export interface ServicePortView {
  /** Empty where the only port has no name. */
  readonly name: string;
  readonly protocol: Protocol;
  readonly port: number;
  /** 0 = none was allocated. */
  readonly nodePort: number;
  readonly appProtocol?: string;
}

/** A Node as Portolan sees it. */
export interface NodeView {
  readonly name: string;
  readonly uid: string;
  readonly providerId?: string;
  readonly zone?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taintKeys: readonly string[];
  readonly deleting: boolean;
  /** Canonical; unparsable ones are left out. InternalIP before ExternalIP, else in the Node's order. */
  readonly addresses: readonly { readonly type: 'InternalIP' | 'ExternalIP'; readonly address: IpAddress }[];
}
