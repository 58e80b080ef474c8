/**
 * What the state file says, as values. One record is one load balancer; it exists from the moment it is in the file, and
 * sockets follow it. Types are aliases, not interfaces, because they are plain JSON and must fit where JSON is asked for.
 */
import type { CloudId, Digest, ListenerId } from '../../src/model/ids.ts';
import type { Marks } from '../../src/model/owner.ts';
import type { Affinity, HealthQuestion, Scheme } from '../../src/model/spec.ts';
import type { Cidr, Family, IpAddress } from '../../src/net/ip.ts';
import type { RecordedSettings } from './settings.ts';

export type State = {
  /** How many load balancers were ever made, and addresses added to one: the next one's id, never used twice. */
  readonly created: number;
  /** In the order they were made. */
  readonly loadBalancers: readonly LoadBalancerRecord[];
  /** Every member set a record names, once: most load balancers have the same one. */
  readonly memberSets: Readonly<Record<string, readonly RecordedMember[]>>;
};

export type LoadBalancerRecord = {
  readonly id: CloudId;
  /** Whose it is; empty once it was released. */
  readonly marks: Marks;
  readonly scheme: Scheme;
  /**
   * Its own until it gives one up, in the order they came: one per family, and two while an address changes. No two records
   * share one.
   */
  readonly addresses: readonly IpAddress[];
  /**
   * Of each address that came later than the load balancer, a number never used twice: an address that came back is another
   * thing to lose. Absent where there is none.
   */
  readonly added?: Readonly<Record<string, number>>;
  /** By id. */
  readonly listeners: readonly RecordedListener[];
  /** Which of the member sets. */
  readonly members: Digest;
  readonly sourceRanges: readonly Cidr[];
  readonly affinity: Affinity;
  readonly settings: RecordedSettings;
};

export type RecordedListener = {
  readonly id: ListenerId;
  readonly nodePort: number;
  readonly healthCheck: HealthQuestion;
};

export type RecordedMember = {
  readonly node: string;
  readonly addresses: Readonly<Partial<Record<Family, IpAddress>>>;
};

export const emptyState: State = { created: 0, loadBalancers: [], memberSets: {} };

/** The members of a record; a set that is not there is an empty one. */
export const membersOf = (state: State, record: LoadBalancerRecord): readonly RecordedMember[] => state.memberSets[record.members] ?? [];
