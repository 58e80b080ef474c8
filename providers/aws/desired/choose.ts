import { fieldPath, type FieldPath } from '../../../src/model/ids.ts';
import { addressOfIngress } from '../../../src/model/ingress.ts';
import type { LoadBalancerSpec } from '../../../src/model/spec.ts';
import type { ElbScheme } from '../api/elb.ts';
import type { HaveLoadBalancer } from '../observe/have.ts';
import type { Settings } from '../settings/settings.ts';
import { addressesOf, isAt, staticAddressesOf, textsOf, type AskedScheme, type StaticAddress } from './addresses.ts';
import type { Replaces } from './desired.ts';
import { isMadeFor } from './tags.ts';

/** What cannot be changed in a load balancer that is there. */
export interface Fixed {
  readonly scheme: AskedScheme;
  readonly addresses: readonly StaticAddress[];
  /** Only where the Service itself says it. */
  readonly name?: { readonly value: string; readonly from: FieldPath };
}

type Want = Pick<LoadBalancerSpec<Settings>, 'published'>;

/**
 * Which of an owner's load balancers is the one to keep, and which are to be replaced. There is more than one only while one
 * takes another's place. One that Amazon could not make is never kept. Where several fit (a change was begun and taken back),
 * the one that status names stays, else the oldest. One whose name an older version made up fits like any other.
 */
export function choose(
  want: Want,
  fixed: Fixed,
  own: readonly HaveLoadBalancer[],
): { readonly kept?: HaveLoadBalancer; readonly others: readonly HaveLoadBalancer[] } {
  const fitting = own.filter((one) => differences(fixed, one).length === 0);
  const kept = fitting.find((one) => isPublished(want, one)) ?? fitting[0];
  return kept === undefined ? { others: own } : { kept, others: own.filter((one) => one !== kept) };
}

/**
 * Which fields ask for another load balancer than those that are to go. It speaks of what clients use now and of what was
 * edited only, so that it is the same before the successor is there and after.
 */
export function replacing(want: Want, fixed: Fixed, others: readonly HaveLoadBalancer[]): readonly Replaces[] {
  const old = published(want, others);
  return old === undefined ? [] : differences(fixed, old);
}

/** The one of these that status names, else the oldest. */
export const published = (want: Want, own: readonly HaveLoadBalancer[]): HaveLoadBalancer | undefined =>
  own.find((one) => isPublished(want, one)) ?? own[0];

/** Amazon could not make it, and it has been left alone for long enough: it never serves. */
export const isLost = ({ state, restMs }: Pick<HaveLoadBalancer, 'state' | 'restMs'>): boolean =>
  state === 'failed' && restMs === undefined;

/** As Services say it. */
const wordOf = (scheme: ElbScheme): string => (scheme === 'internal' ? 'internal' : 'public');

/** Empty = it fits. */
function differences({ scheme, addresses, name }: Fixed, one: HaveLoadBalancer): readonly Replaces[] {
  const found: Replaces[] = [];
  if (isLost(one)) {
    const field = fieldPath('status.loadBalancer.ingress');
    found.push({ field, from: `${one.name}, which Amazon could not make`, to: 'a successor' });
  }
  if (scheme.from !== undefined && one.scheme !== scheme.scheme)
    found.push({ field: scheme.from, from: wordOf(one.scheme), to: wordOf(scheme.scheme) });
  const [first] = addresses;
  if (first !== undefined && !canHave(addresses, one)) {
    const now = staticAddressesOf(one);
    found.push({ field: first.field, from: now.length === 0 ? one.dnsName : now.join(','), to: textsOf(addresses).join(',') });
  }
  if (name !== undefined && one.name !== name.value) found.push({ field: name.from, from: one.name, to: name.value });
  return found;
}

/** Those that are missing may be added with their subnets, where nothing else is in the way: no address is Amazon's choice. */
function canHave(addresses: readonly StaticAddress[], one: HaveLoadBalancer): boolean {
  if (addresses.every((address) => hasAddress(addresses, address, one))) return true;
  const allStatic = one.zones.every(({ allocationId, ipv4, privateIpv4 }) => (allocationId ?? ipv4 ?? privateIpv4) !== undefined);
  return allStatic && addresses.some((address) => one.zones.some((zone) => isAt(address, zone)));
}

/** Whether a load balancer has this one of all that are asked for: it shows it, or was made for them. */
export const hasAddress = (all: readonly StaticAddress[], address: StaticAddress, one: HaveLoadBalancer): boolean =>
  one.zones.some((zone) => isAt(address, zone)) || isMadeFor(one.tags, textsOf(all));

/** Whether status names this load balancer, in whichever letters. */
export function isPublished({ published }: Pick<Want, 'published'>, one: HaveLoadBalancer): boolean {
  const own = addressesOf(one).map((address) => address.toLowerCase());
  return published.some((ingress) => own.includes(addressOfIngress(ingress).toLowerCase()));
}
