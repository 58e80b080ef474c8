import { approvalCode } from '../../engine/approval-code.ts';
import type { LoadBalancerKey } from '../../model/ids.ts';
import type { AnyStep } from '../../model/plan.ts';
import type { Course, PlanMade } from './mutations.ts';
import type { Said } from './chronicle.ts';

/**
 * For how long a controller may not yet know what a user said: a watch that was cut is there again after its back-off. What
 * was said shortly before a pass counts for it; where its watches stood still, what was said before that.
 */
const newsTravelsMs = 90_000;

/** What the user said of a load balancer while a pass could go by it. */
export function saidMeanwhile({ chronicle }: Course, key: LoadBalancerKey, plan: PlanMade, until: number): readonly (Said | undefined)[] {
  return chronicle.sayings(key, chronicle.knownSince(plan.call.at, newsTravelsMs), until);
}

/** Whether the user wanted no load balancer (any more): that allows every loss. */
export const unwanted = (said: readonly (Said | undefined)[]): boolean => said.length === 0 || said.some((each) => each?.wanted !== true);

/** Whether this very loss was approved. */
export function approved(key: LoadBalancerKey, { claim, summary }: AnyStep, said: readonly (Said | undefined)[]): boolean {
  const code = approvalCode(key, claim ?? { loses: [summary], because: [] });
  return said.some((each) => each?.approvals.has(code) === true);
}

/** Whether the class lets this kind of step happen unasked. */
export const unasked = ({ disruption }: AnyStep, said: readonly (Said | undefined)[]): boolean =>
  said.some((each) => each?.guard[disruption] === 'allow');
