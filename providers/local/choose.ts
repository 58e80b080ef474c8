import type { AddressWant, LoadBalancerSpec } from '../../src/model/spec.ts';
import { familyOf, type Family, type IpAddress } from '../../src/net/ip.ts';
import type { Settings } from './settings.ts';
import type { LoadBalancerRecord } from './state.ts';

/**
 * Which of an owner's load balancers is the one that fits the spec, and which are to go. There is more than one only
 * while the scheme changes: the new one is made first. Where several fit (a change was begun and taken back), the one
 * that status names stays, else the oldest.
 */
export function choose<R extends LoadBalancerRecord>(
  want: LoadBalancerSpec<Settings>,
  own: readonly R[],
): { kept?: R; others: readonly R[] } {
  const fitting = own.filter((record) => fitsScheme(want, record));
  const kept = fitting.find((record) => isPublished(want, record)) ?? fitting[0];
  return kept === undefined ? { others: own } : { kept, others: own.filter((record) => record !== kept) };
}

/**
 * A scheme that neither the Service nor its class asks for is a mere default, and moves nothing; but a request for an address
 * that is not there yet is served in the scheme it was made for.
 */
function fitsScheme(want: LoadBalancerSpec<Settings>, record: LoadBalancerRecord): boolean {
  if (record.scheme === want.scheme) return true;
  return want.origin.scheme === undefined && want.addresses.every(({ requested }) => isThere(record, requested));
}

/** Whether status names this load balancer. */
export const isPublished = (want: LoadBalancerSpec<Settings>, record: LoadBalancerRecord): boolean =>
  record.addresses.some((address) => isPublishedAddress(want, address));

export const isPublishedAddress = (want: LoadBalancerSpec<Settings>, address: IpAddress): boolean =>
  want.published.some(({ ip }) => ip === address);

/** Whether an address must be added to the record for this. One that nobody asked for by name may be any of its family. */
export const lacks = (record: LoadBalancerRecord, { family, requested }: AddressWant): boolean =>
  ofFamily(record, family).length === 0 || !isThere(record, requested);

const isThere = (record: LoadBalancerRecord, requested: AddressWant['requested']): boolean =>
  requested === undefined || record.addresses.includes(requested.address);

/**
 * The address clients should use: the one asked for; else the one they use now, which also holds while a change waits for
 * approval; else the oldest.
 */
export function addressFor(
  want: LoadBalancerSpec<Settings>,
  { family, requested }: AddressWant,
  record: LoadBalancerRecord,
): IpAddress | undefined {
  const own = ofFamily(record, family);
  return own.find((address) => address === requested?.address) ?? own.find((address) => isPublishedAddress(want, address)) ?? own[0];
}

export const ofFamily = ({ addresses }: LoadBalancerRecord, family: Family): readonly IpAddress[] =>
  addresses.filter((address) => familyOf(address) === family);
