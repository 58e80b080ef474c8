/** A load balancer as Amazon would show it if everything were as the Service asks: what a plan compares with what is there. */
import type { FieldPath, ListenerId } from '../../../src/model/ids.ts';
import type { Marks } from '../../../src/model/owner.ts';
import type { Ec2Rule } from '../api/ec2.ts';
import type { Attributes, ElbHealthCheck, ElbScheme, ElbTarget, IpAddressType, ListenerProtocol, SubnetMapping } from '../api/elb.ts';

export interface Desired {
  readonly loadBalancer: {
    readonly name: string;
    readonly scheme: ElbScheme;
    readonly ipAddressType: IpAddressType;
    readonly subnets: readonly SubnetMapping[];
    /** In place of ids: the owner's own group in front, and the group of the cluster that nodes let in. */
    readonly securityGroups: readonly ({ readonly id: string } | 'frontend' | 'backend')[];
    /** All that are known, each with its value (protection from deletion only where it is asked for): a key that the answer of Amazon lacks is as it is by default. */
    readonly attributes: Attributes;
    readonly tags: Marks;
    /** Those the Service asks for, in the order of its families; empty = Amazon's choice. */
    readonly staticAddresses: readonly string[];
  };
  /** Absent where the Service brings its own groups. */
  readonly frontend?: { readonly name: string; readonly rules: readonly Ec2Rule[] };
  /** In the order of the Service's ports; no two of one number. */
  readonly listeners: readonly DesiredListener[];
}

export interface DesiredListener {
  /** One, or TCP and UDP of one number. */
  readonly ids: readonly ListenerId[];
  readonly port: number;
  readonly protocol: ListenerProtocol;
  /** The default one first; empty unless TLS. */
  readonly certificates: readonly string[];
  /** Of a TLS listener only, and then always there. An ALPN policy that Amazon does not show is `None`. */
  readonly tls?: { readonly sslPolicy: string; readonly alpnPolicy: string };
  readonly attributes: Attributes;
  readonly targetGroup: DesiredTargetGroup;
}

export interface DesiredTargetGroup {
  readonly name: string;
  readonly protocol: ListenerProtocol;
  readonly port: number;
  readonly ipAddressType: 'ipv4' | 'ipv6';
  readonly healthCheck: ElbHealthCheck;
  readonly attributes: Attributes;
  readonly targets: readonly ElbTarget[];
  readonly tags: Marks;
}

/** Why a load balancer is replaced instead of changed, and which field asked for it. */
export interface Replaces {
  readonly field: FieldPath;
  readonly from: string;
  readonly to: string;
}
