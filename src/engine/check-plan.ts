import { LbError } from '../errors.ts';
import { marksOf, proves, type Owner } from '../model/owner.ts';
import { disruptions, type AnyPlan, type AnyStep } from '../model/plan.ts';
import { isFrozen, isGone, type Want } from '../model/spec.ts';
import { canonicalJson } from '../model/digest.ts';
import { isWorse, needsClaim } from '../plan/disruption.ts';
import { sourcesOf } from '../plan/inputs.ts';
import { orderSteps } from '../plan/order.ts';

const verbs: readonly AnyStep['verb'][] = ['create', 'update', 'delete'];

/**
 * Holds a plan against the contract before anything of it runs, and gives its steps in the order they run in. What is
 * caught here is a provider that would touch what is not its owner's, or do more than the want allows.
 * @throws LbError `ProviderBug`; nothing of the plan may run then.
 */
export function checkPlan(plan: AnyPlan, want: Want<unknown>): readonly AnyStep[] {
  if (plan.refusals.length > 0 && plan.steps.length > 0) throw bug('a plan that refuses has steps all the same');
  const ordered = orderSteps(plan.steps);
  for (const step of ordered) {
    checkWords(step);
    checkProof(step, want.owner);
    checkDisruption(step);
    checkWant(step, want);
    const hidden = sourcesOf(step.op).find((source) => !step.after.includes(source));
    if (hidden !== undefined) throw bug(`step ${step.id} uses an output of ${hidden} without coming after it`);
  }
  return ordered;
}

/** A word that is not known, or missing, would be looked up in the guard's rules and found to be forbidden by none. */
function checkWords(step: AnyStep): void {
  if (!disruptions.includes(step.disruption)) throw bug(`step ${step.id} says ${step.disruption} of what clients notice`);
  if (!verbs.includes(step.verb)) throw bug(`step ${step.id} would ${step.verb}, which is nothing to be done`);
}

function checkProof(step: AnyStep, owner: Owner): void {
  const { proof } = step;
  if ('willMark' in proof) {
    if (step.verb !== 'create') throw bug(`step ${step.id} promises to mark what it does not create`);
    if (canonicalJson(proof.willMark) !== canonicalJson(marksOf(owner)))
      throw bug(`step ${step.id} would create with the marks of another owner`);
    return;
  }
  if ('consent' in proof) {
    if (step.verb === 'delete') throw bug(`step ${step.id} would delete something that is only to be taken over`);
    if (!owner.services.some((service) => service.uid === proof.consent))
      throw bug(`step ${step.id} takes over by the consent of a stranger`);
    return;
  }
  if (!proves(proof.marks, owner)) throw bug(`step ${step.id} would ${step.verb} ${proof.on}, which carries no proof of this owner`);
}

function checkDisruption(step: AnyStep): void {
  if (needsClaim(step.disruption) && (step.claim === undefined || step.claim.loses.length === 0)) {
    throw bug(`step ${step.id} is ${step.disruption} but does not say what is lost`);
  }
  if (step.membersOnly === true && isWorse(step.disruption, 'drops-connections')) {
    throw bug(`step ${step.id} changes members only, yet ${step.disruption}`);
  }
}

function checkWant(step: AnyStep, want: Want<unknown>): void {
  if (isFrozen(want) && step.membersOnly !== true) throw bug(`step ${step.id} changes more than members of a frozen load balancer`);
  if (isGone(want) && step.verb === 'create') throw bug(`step ${step.id} creates something for a load balancer that is to go`);
}

const bug = (text: string): LbError => new LbError('ProviderBug', text);
