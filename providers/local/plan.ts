/**
 * What must change, as a pure function of what is wanted and what is there. Here is what follows what; the steps
 * themselves are in `life-steps.ts` and `edit-steps.ts`, and what a step does to the state in `state-change.ts`.
 */
import type { Plan, Refusal, Step } from '../../src/model/plan.ts';
import { isClusterWant, isFrozen, isGone, type LoadBalancerSpec, type Scheme, type Want } from '../../src/model/spec.ts';
import { choose, requestedAddress } from './choose.ts';
import { editSteps, memberSteps } from './edit-steps.ts';
import { creation, deletion, release, replacement } from './life-steps.ts';
import type { Have, Observed, Place } from './observe.ts';
import type { Operation } from './operation.ts';
import type { Settings } from './settings.ts';

export function planned(want: Want<Settings>, have: Have): Plan<Operation> {
  // Nothing is shared by the cluster here, and core never asks (`clusterUnit: false`).
  if (isClusterWant(want)) return { steps: [], refusals: [] };
  if (isFrozen(want)) return { steps: have.loadBalancers.flatMap((record) => memberSteps(want, want.nodePorts, record)), refusals: [] };
  if (isGone(want)) return { steps: have.loadBalancers.map(want.leave === 'everything' ? release : deletion), refusals: [] };
  return planSpec(want, have);
}

function planSpec(want: LoadBalancerSpec<Settings>, have: Have): Plan<Operation> {
  const { kept, others } = choose(want, have.loadBalancers);
  if (kept !== undefined)
    return { steps: [...editSteps(want, kept), ...others.flatMap((other) => giveUp(want, have, other, []))], refusals: [] };
  const refusal = refusalOf(want, have.place);
  if (refusal !== undefined) return { steps: [], refusals: [refusal] };
  const choices = have.place?.requested === undefined ? (have.place?.candidates ?? []) : [have.place.requested.address];
  const create = creation(want, choices);
  return { steps: [create, ...others.flatMap((other) => giveUp(want, have, other, [create]))], refusals: [] };
}

/** Until its address has been out of status for long enough, what is to go is served on, so its members still follow. */
function giveUp(
  want: LoadBalancerSpec<Settings>,
  have: Have,
  old: Observed,
  before: readonly Step<Operation>[],
): readonly Step<Operation>[] {
  const following = memberSteps(want, want.listeners, old);
  return [...following, replacement(want, have.loadBalancers, old, [...before, ...following])];
}

/** Why no load balancer can be made where it is wanted. */
function refusalOf(want: LoadBalancerSpec<Settings>, place: Place | undefined): Refusal | undefined {
  const asked = requestedAddress(want);
  if (place === undefined || !want.addresses.some(({ family }) => family === 'IPv4')) {
    return { reason: 'UnsupportedFeature', text: 'the local provider serves IPv4 only, and the Service does not ask for it' };
  }
  if (asked === undefined) {
    if (place.candidates.length > 0) return undefined;
    return { reason: 'AddressesExhausted', text: `no ${want.scheme} address is free in ${listed(place.ranges[want.scheme])}` };
  }
  if (place.requested?.inRange !== true) {
    const text = `the address ${asked.address} is in no ${want.scheme} range of this provider: ${listed(place.ranges[want.scheme])}`;
    return { reason: 'AddressOutOfRange', text, field: asked.from, remedy: remedyFor(want.scheme, place) };
  }
  const { holder } = place.requested;
  if (holder === undefined) return undefined;
  const whose = holder === '' ? 'another load balancer' : `the load balancer of ${holder}`;
  return { reason: 'AddressInUse', text: `the address ${asked.address} belongs to ${whose}`, field: asked.from };
}

function remedyFor(scheme: Scheme, { ranges }: Place): string {
  const inside =
    ranges[scheme].length === 0 ? 'Configure a range for this scheme' : `Ask for an address inside of ${listed(ranges[scheme])}`;
  return `${inside}, or remove the request.`;
}

const listed = (ranges: readonly string[]): string => (ranges.length === 0 ? '(none is configured)' : ranges.join(', '));
