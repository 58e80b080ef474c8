import type { KubeObject } from '../kube-object.ts';

export type ServicePort = {
  readonly name?: string;
  readonly protocol?: string;
  readonly appProtocol?: string;
  readonly port: number;
  readonly targetPort: number | string;
  readonly nodePort?: number;
};

export type ServiceSpec = {
  readonly ports?: readonly ServicePort[];
  readonly selector?: Readonly<Record<string, string>>;
  readonly clusterIP?: string;
  readonly clusterIPs?: readonly string[];
  readonly type?: string;
  readonly externalIPs?: readonly string[];
  readonly sessionAffinity?: string;
  readonly sessionAffinityConfig?: { readonly clientIP?: { readonly timeoutSeconds?: number } };
  readonly loadBalancerIP?: string;
  readonly loadBalancerSourceRanges?: readonly string[];
  readonly externalName?: string;
  readonly externalTrafficPolicy?: string;
  readonly healthCheckNodePort?: number;
  readonly ipFamilies?: readonly string[];
  readonly ipFamilyPolicy?: string;
  readonly allocateLoadBalancerNodePorts?: boolean;
  readonly loadBalancerClass?: string;
  readonly internalTrafficPolicy?: string;
  readonly trafficDistribution?: string;
};

export type ServiceIngress = { readonly ip?: string; readonly hostname?: string; readonly ipMode?: string };

export type ServiceStatus = { readonly loadBalancer: { readonly ingress?: readonly ServiceIngress[] } };

export type ServiceObject = KubeObject & { readonly spec: ServiceSpec; readonly status: ServiceStatus };

/** The Service that an object decoded by the shape of Services is. */
export const asService = (object: KubeObject): ServiceObject => object as ServiceObject; // decoded by serviceShape

export const isLoadBalancer = (service: ServiceObject): boolean => service.spec.type === 'LoadBalancer';
export const isExternalName = (service: ServiceObject): boolean => service.spec.type === 'ExternalName';

/** A Service whose name leads to its endpoints, not to an address of its own. */
export const isHeadless = (service: ServiceObject): boolean =>
  service.spec.clusterIPs?.length === 1 && service.spec.clusterIPs[0] === 'None';

/** Nodes listen for it. */
export const hasNodePorts = (service: ServiceObject): boolean => service.spec.type === 'NodePort' || isLoadBalancer(service);

/** Reachable from outside: the only Services an external traffic policy says something about. */
export const isExternal = (service: ServiceObject): boolean =>
  hasNodePorts(service) || (service.spec.type === 'ClusterIP' && (service.spec.externalIPs ?? []).length > 0);

/** Nodes answer a load balancer's question whether they have an endpoint (contract I1). */
export const needsHealthCheckPort = (service: ServiceObject): boolean =>
  isLoadBalancer(service) && service.spec.externalTrafficPolicy === 'Local';

/** The node ports of a Service's ports, without those not set. */
export const nodePortsOf = (service: ServiceObject): readonly number[] =>
  (service.spec.ports ?? []).flatMap((port) => (port.nodePort === undefined ? [] : [port.nodePort]));

export const sameList = (a: readonly string[] = [], b: readonly string[] = []): boolean =>
  a.length === b.length && a.every((value, index) => value === b[index]);
