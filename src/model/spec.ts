import type { Cidr, Family, IpAddress } from '../net/ip.ts';
import type { Digest, FieldPath, ListenerId, Protocol, ServiceUid, SettingName } from './ids.ts';
import type { Ingress } from './ingress.ts';
import type { Owner } from './owner.ts';

export type Scheme = 'public' | 'internal';
export type TrafficPolicy = 'Cluster' | 'Local';

/** What one load balancer should be. `S` is the provider's own settings, parsed. */
export interface LoadBalancerSpec<S> {
  readonly owner: Owner;
  readonly scheme: Scheme;
  /** One entry per family wanted, primary first. `required: false` = may be missing, visibly. */
  readonly addresses: readonly AddressWant[];
  /** In the order of spec.ports. */
  readonly listeners: readonly Listener[];
  readonly members: MemberSet;
  /** Canonical and sorted; empty = open to all. */
  readonly sourceRanges: readonly Cidr[];
  readonly affinity: Affinity;
  /** What status says now: a hint that keeps addresses where they are, never proof of ownership. Not in the digest. */
  readonly published: readonly Ingress[];
  /** Settings the Service itself carries. */
  readonly explicit: readonly SettingName[];
  /**
   * Where these were said: in a field of the Service, or by its class (`classes[web].settings.scheme`). Absent where a mere
   * default holds, and a mere default never moves or replaces what exists. For claims and refusals; not in the digest.
   */
  readonly origin: { readonly scheme?: FieldPath; readonly sourceRanges?: FieldPath };
  /** Shared load balancer only: Services whose part is refused; their listeners are not in this spec and stay as observed. */
  readonly frozen: readonly ServiceUid[];
  readonly settings: S;
  /** Digest of what the Service itself says. */
  readonly inputDigest: Digest;
  /** Digest of this spec without members and without what is published. */
  readonly specDigest: Digest;
  readonly membersDigest: Digest;
}

export interface AddressWant {
  readonly family: Family;
  readonly required: boolean;
  /** An address the user asked for, and where. */
  readonly requested?: { readonly address: IpAddress; readonly from: FieldPath };
}

export interface Listener {
  readonly id: ListenerId;
  /** The Service it serves. */
  readonly service: ServiceUid;
  readonly protocol: Protocol;
  readonly port: number;
  /** Name of the Service port; empty where it has none. */
  readonly name: string;
  /** The port members are reached on; 0 only where the provider declared `noNodePorts`. */
  readonly nodePort: number;
  readonly appProtocol?: string;
  readonly trafficPolicy: TrafficPolicy;
  readonly healthCheck: HealthQuestion;
}

/** What must be known of a member: has it an endpoint (`local`, HTTP /healthz on that port), or does it forward at all (`cluster`). The probe is the provider's answer. */
export type HealthQuestion = { readonly kind: 'local'; readonly port: number } | { readonly kind: 'cluster' };

export type Affinity = { readonly kind: 'none' } | { readonly kind: 'client-ip'; readonly timeoutSeconds: number };

/** A node as a backend. */
export interface Member {
  readonly node: string;
  readonly providerId?: string;
  readonly zone?: string;
  /** The address per family; a member without an address of a listener's family is not a backend of that listener. */
  readonly addresses: Readonly<Partial<Record<Family, IpAddress>>>;
}

/** The members, sorted by node name. Equal sets are ONE frozen array, shared by all specs. */
export type MemberSet = readonly Member[];

/** Keep what exists exactly as it stands; only members and the node ports of existing listeners follow. Needs no settings. */
export interface Frozen {
  readonly frozen: true;
  readonly owner: Owner;
  readonly members: MemberSet;
  readonly membersDigest: Digest;
  readonly nodePorts: readonly { readonly id: ListenerId; readonly nodePort: number }[];
}

/** Take it away. `leave: 'everything'` = release: take our marks off, keep it serving. */
export interface Gone<S> {
  readonly gone: true;
  readonly owner: Owner;
  readonly leave: 'nothing' | 'everything';
  /** As the Service and its class say them now; absent where one of them could not be read. */
  readonly settings?: S;
}

/** The thing a cluster shares; only for a provider that declares `clusterUnit`. */
export interface ClusterWant {
  readonly cluster: true;
  readonly owner: Owner;
  readonly members: MemberSet;
  /** False when no Service has needed it for an hour: take it away. */
  readonly used: boolean;
}

export type Want<S> = LoadBalancerSpec<S> | Frozen | Gone<S> | ClusterWant;

export const isFrozen = <S>(want: Want<S>): want is Frozen => 'frozen' in want && want.frozen === true;
export const isGone = <S>(want: Want<S>): want is Gone<S> => 'gone' in want;
export const isClusterWant = <S>(want: Want<S>): want is ClusterWant => 'cluster' in want;
export const isSpec = <S>(want: Want<S>): want is LoadBalancerSpec<S> => 'specDigest' in want;
