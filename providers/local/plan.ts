/**
 * What must change, as a pure function of what is wanted and what is there. Here is what follows what; the steps
 * themselves are in `life-steps.ts`, `address-steps.ts` and `edit-steps.ts`, and what a step does to the state in `state-change.ts`.
 */
import type { Plan, Step } from '../../src/model/plan.ts';
import { isClusterWant, isFrozen, isGone, type LoadBalancerSpec, type Want } from '../../src/model/spec.ts';
import { addressRefusals, addressSteps, choicesFor } from './address-steps.ts';
import { choose } from './choose.ts';
import { editSteps, memberSteps } from './edit-steps.ts';
import { creation, deletion, release, replacement } from './life-steps.ts';
import type { Have, Observed } from './observe.ts';
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
  const { place } = have;
  const refusals = place === undefined ? [] : addressRefusals(want, place);
  if (refusals.length > 0) return { steps: [], refusals };
  if (kept !== undefined) {
    const steps = [...addressSteps(want, place, kept), ...editSteps(want, kept)];
    return { steps: [...steps, ...others.flatMap((other) => giveUp(want, have, other, []))], refusals: [] };
  }
  const create = creation(want, place === undefined ? [] : choicesFor(want, place));
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
