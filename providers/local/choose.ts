import type { AddressWant, LoadBalancerSpec } from '../../src/model/spec.ts';
import type { Settings } from './settings.ts';
import type { LoadBalancerRecord } from './state.ts';

/**
 * Which of an owner's load balancers is the one that fits the spec, and which are to go. There is more than one only
 * while an address changes: the new one is made first. Where several fit (a change was begun and taken back), the one
 * that status names stays, else the oldest.
 */
export function choose<R extends LoadBalancerRecord>(
  want: LoadBalancerSpec<Settings>,
  own: readonly R[],
): { kept?: R; others: readonly R[] } {
  const asked = requestedAddress(want)?.address;
  const fitting = own.filter((record) => fitsScheme(want, record) && (asked === undefined || record.addresses.includes(asked)));
  const kept = fitting.find((record) => isPublished(want, record)) ?? fitting[0];
  return kept === undefined ? { others: own } : { kept, others: own.filter((record) => record !== kept) };
}

/** A scheme that neither the Service nor its class asks for is a mere default, and moves nothing. */
const fitsScheme = ({ scheme, origin }: LoadBalancerSpec<Settings>, record: LoadBalancerRecord): boolean =>
  origin.scheme === undefined || record.scheme === scheme;

/** Whether status names this load balancer. */
export const isPublished = (want: LoadBalancerSpec<Settings>, record: LoadBalancerRecord): boolean =>
  want.published.some(({ ip }) => ip !== undefined && record.addresses.includes(ip));

export const requestedAddress = (want: LoadBalancerSpec<Settings>): AddressWant['requested'] =>
  want.addresses.find(({ family }) => family === 'IPv4')?.requested;
