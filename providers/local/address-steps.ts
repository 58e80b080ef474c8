/** The steps that give a load balancer an address more or take one away, and why an address cannot be had. */
import { fieldPath } from '../../src/model/ids.ts';
import type { Claim, Refusal, Step } from '../../src/model/plan.ts';
import type { AddressWant, LoadBalancerSpec } from '../../src/model/spec.ts';
import { familyOf, type IpAddress } from '../../src/net/ip.ts';
import { addressFor, isPublishedAddress, lacks, ofFamily } from './choose.ts';
import { edit } from './edit-steps.ts';
import type { FamilyPlace, Place } from './observe.ts';
import type { Operation } from './operation.ts';
import type { Settings } from './settings.ts';
import type { LoadBalancerRecord } from './state.ts';

/** Of each family that lacks an address and can have one: where. In the order of the want. */
export function choicesFor(want: LoadBalancerSpec<Settings>, place: Place): readonly (readonly IpAddress[])[] {
  return want.addresses.map(({ family }) => choicesOf(place.families[family])).filter((choices) => choices.length > 0);
}

const choicesOf = (place: FamilyPlace | undefined): readonly IpAddress[] =>
  place?.requested === undefined ? (place?.candidates ?? []) : [place.requested.address];

/**
 * In place: what has another family, or another address, keeps the ones nobody asked to change. The new one is there before
 * the old one goes, and that is when no status has named it for the class's `handover`.
 */
export function addressSteps(
  want: LoadBalancerSpec<Settings>,
  place: Place | undefined,
  record: LoadBalancerRecord,
): readonly Step<Operation>[] {
  const steps: Step<Operation>[] = [];
  for (const wish of want.addresses) {
    const choices = choicesOf(place?.families[wish.family]);
    const added = lacks(record, wish) && choices.length > 0 ? [addAddress(record, wish, choices)] : [];
    steps.push(...added);
    const stays = added.length > 0 ? undefined : addressFor(want, wish, record);
    for (const old of ofFamily(record, wish.family)) if (old !== stays) steps.push(removeAddress(want, record, old, wish, added));
  }
  for (const old of record.addresses) {
    if (!want.addresses.some(({ family }) => family === familyOf(old))) steps.push(removeAddress(want, record, old, undefined, []));
  }
  return steps;
}

function addAddress(record: LoadBalancerRecord, { family }: AddressWant, choices: readonly IpAddress[]): Step<Operation> {
  const [first = ''] = choices;
  const summary = `add the address ${first}${choices.length > 1 ? ', or the next free one,' : ''} to the load balancer`;
  const op: Operation = { do: 'add-address', on: record.id, choices };
  return { ...edit(record, `address/${family}/create`, { summary, disruption: 'none', op }), verb: 'create' };
}

/**
 * The claim speaks of the old address and of what was edited only, so that it is the same before its successor is there and
 * after, and an approval holds for both steps.
 */
function removeAddress(
  want: LoadBalancerSpec<Settings>,
  record: LoadBalancerRecord,
  old: IpAddress,
  wish: AddressWant | undefined,
  after: readonly Step<Operation>[],
): Step<Operation> {
  const stays = wish === undefined || after.length > 0 ? undefined : addressFor(want, wish, record);
  // A successor that was begun and is not wanted any more, before anybody was told of it: no client can miss it.
  const isNewer = stays !== undefined && record.addresses.indexOf(stays) < record.addresses.indexOf(old);
  const unseen = isNewer && !isPublishedAddress(want, old);
  const claim: Claim = { loses: [lossOf(record, old)], because: [causeOf(want, record, old, wish)] };
  const step = edit(record, `address/${old}/delete`, {
    summary: unseen ? `give up the unpublished address ${old} of the load balancer` : `give up the address ${old} of the load balancer`,
    ...(unseen ? { disruption: 'none' } : { disruption: 'changes-address', claim }),
    op: { do: 'remove-address', on: record.id, address: old },
  });
  return { ...step, verb: 'delete', after: after.map(({ id }) => id), releases: [old] };
}

function causeOf(
  want: LoadBalancerSpec<Settings>,
  record: LoadBalancerRecord,
  old: IpAddress,
  wish: AddressWant | undefined,
): Claim['because'][number] {
  if (wish === undefined) {
    const from = [...new Set(record.addresses.map(familyOf))].join(',');
    return { field: fieldPath('spec.ipFamilies'), from, to: want.addresses.map(({ family }) => family).join(',') };
  }
  if (wish.requested !== undefined) return { field: wish.requested.from, from: old, to: wish.requested.address };
  return { field: fieldPath('status.loadBalancer.ingress'), from: old, to: addressFor(want, wish, record) ?? '' };
}

/** With an id, which is never used twice: an old approval is never good for an address that came back. */
export function lossOf({ id, added }: LoadBalancerRecord, address: IpAddress): string {
  const number = added?.[address];
  return `address ${address} (${number === undefined ? id : `${id}, added as ${number}`})`;
}

/** Why what is wanted cannot be had; what may be missing is no reason, unless nothing is left. */
export function addressRefusals(want: LoadBalancerSpec<Settings>, place: Place): readonly Refusal[] {
  const problems = want.addresses.flatMap((wish) => {
    const problem = problemOf(wish, place);
    return problem === undefined ? [] : [{ problem, fatal: wish.required || wish.requested !== undefined }];
  });
  const nothingLeft = problems.length === want.addresses.length;
  return problems.flatMap(({ problem, fatal }) => (fatal || nothingLeft ? [problem] : []));
}

/** Why this address is not to be had; undefined where it is, or is there. */
export function problemOf({ family }: AddressWant, { scheme, families }: Place): Refusal | undefined {
  const place = families[family];
  if (place === undefined) return undefined;
  const { ranges, candidates, requested } = place;
  if (ranges.length === 0) {
    const text = `no ${family} address: connection.ranges.${scheme} of the provider has no ${family} network`;
    return { reason: 'UnsupportedFeature', text, field: requested?.from ?? fieldPath('spec.ipFamilies') };
  }
  if (requested === undefined) {
    return candidates.length > 0
      ? undefined
      : { reason: 'AddressesExhausted', text: `no ${scheme} address is free in ${ranges.join(', ')}` };
  }
  const { address, from: field, inRange, holder } = requested;
  if (!inRange) {
    const text = `the address ${address} is in no ${scheme} range of this provider: ${ranges.join(', ')}`;
    return {
      reason: 'AddressOutOfRange',
      text,
      field,
      remedy: `Ask for an address inside of ${ranges.join(', ')}, or remove the request.`,
    };
  }
  if (holder === undefined) return undefined;
  const whose = holder === '' ? 'another load balancer' : `the load balancer of ${holder}`;
  return { reason: 'AddressInUse', text: `the address ${address} belongs to ${whose}`, field };
}
