/** What the provider sees before it plans: its own records as they stand, and where a new one could be placed. */
import type { FieldPath, ListenerId } from '../../src/model/ids.ts';
import { clusterMark, nameMark, proves } from '../../src/model/owner.ts';
import { isClusterWant, isGone, isSpec, type AddressWant, type LoadBalancerSpec, type Scheme, type Want } from '../../src/model/spec.ts';
import type { Family, IpAddress } from '../../src/net/ip.ts';
import type { Reason } from '../../src/reasons.ts';
import { freeAddresses, rangesOf, type AddressRange, type Ranges } from './address-range.ts';
import { choose, lacks } from './choose.ts';
import type { Settings } from './settings.ts';
import { membersOf, type LoadBalancerRecord, type RecordedMember, type State } from './state.ts';
import { takenAddresses } from './state-change.ts';

export type Have = {
  /** Those whose marks prove that they are this owner's, oldest first: one, or two while an address changes. */
  readonly loadBalancers: readonly Observed[];
  /** Only for a spec: where the addresses could be that are not there. */
  readonly place?: Place;
};

export type Observed = LoadBalancerRecord & {
  /** Only where they differ from the wanted ones. */
  readonly memberList?: readonly RecordedMember[];
  /** Only in the process that serves. */
  readonly live?: Live;
};

/** How a load balancer is doing, as the sockets and the health checks see it. */
export type Live = {
  readonly listeners: readonly LiveListener[];
  readonly members: { readonly healthy: number; readonly total: number };
  /** Families of its addresses in which no member has one, although there are members. */
  readonly unreachable: readonly Family[];
};

export type LiveListener = {
  readonly id: ListenerId;
  readonly state: 'serving' | 'pending' | 'failed';
  readonly reason?: Reason;
  readonly text?: string;
  /** True once every member was asked and none is healthy. */
  readonly deserted: boolean;
};

/** Where the addresses that are not there yet could be. */
export type Place = {
  readonly scheme: Scheme;
  readonly families: Readonly<Partial<Record<Family, FamilyPlace>>>;
};

export type FamilyPlace = {
  /** The ranges of the scheme and family, for messages. */
  readonly ranges: readonly string[];
  /** A few free addresses, the published one first where it is free. Empty where one is asked for. */
  readonly candidates: readonly IpAddress[];
  readonly requested?: {
    readonly address: IpAddress;
    readonly from: FieldPath;
    readonly inRange: boolean;
    /** Who has it: a Service of this cluster by name, else an empty text. */
    readonly holder?: string;
  };
};

/** How many passes over different load balancers can take an address between one's observe and its apply. */
const candidateCount = 16;

export function observed(
  want: Want<Settings>,
  state: State,
  ranges: Ranges,
  liveOf: (record: LoadBalancerRecord) => Live | undefined,
): Have {
  if (isClusterWant(want)) return { loadBalancers: [] };
  const own = state.loadBalancers.filter((record) => proves(record.marks, want.owner));
  const loadBalancers = own.map((record): Observed => {
    const live = liveOf(record);
    const sameMembers = isGone(want) || record.members === want.membersDigest;
    return { ...record, ...(sameMembers ? {} : { memberList: membersOf(state, record) }), ...(live === undefined ? {} : { live }) };
  });
  return isSpec(want) ? { loadBalancers, place: placeFor(want, own, state, ranges) } : { loadBalancers };
}

function placeFor(want: LoadBalancerSpec<Settings>, own: readonly LoadBalancerRecord[], state: State, ranges: Ranges): Place {
  const { kept } = choose(want, own);
  const scheme = kept?.scheme ?? want.scheme;
  const missing = want.addresses.filter((wish) => kept === undefined || lacks(kept, wish));
  return { scheme, families: Object.fromEntries(missing.map((wish) => [wish.family, familyPlace(want, wish, state, ranges[scheme])])) };
}

function familyPlace(
  want: LoadBalancerSpec<Settings>,
  { family, requested }: AddressWant,
  state: State,
  all: readonly AddressRange[],
): FamilyPlace {
  const ranges = rangesOf(all, family);
  const texts = ranges.map(({ network }) => network);
  const inRange = (address: IpAddress) => ranges.some((range) => range.has(address));
  if (requested !== undefined) {
    const holder = state.loadBalancers.find((record) => record.addresses.includes(requested.address));
    const name = holder?.marks[clusterMark] === want.owner.clusterId ? holder.marks[nameMark] : '';
    const held = holder === undefined ? {} : { holder: name ?? '' };
    return { ranges: texts, candidates: [], requested: { ...requested, inRange: inRange(requested.address), ...held } };
  }
  const taken = takenAddresses(state);
  const published = want.published.flatMap(({ ip }) => (ip !== undefined && inRange(ip) && !taken.has(ip) ? [ip] : []));
  const free = freeAddresses(ranges, family, taken, candidateCount).filter((address) => !published.includes(address));
  return { ranges: texts, candidates: [...published, ...free] };
}
