import { LbError } from '../errors.ts';
import type { StepId } from '../model/ids.ts';
import type { Step } from '../model/plan.ts';

/**
 * Steps in an order that respects `after`, otherwise as given.
 * @throws LbError `ProviderBug` for a repeated id, an `after` that names no step, or a cycle.
 */
export function orderSteps<Op>(steps: readonly Step<Op>[]): readonly Step<Op>[] {
  const known = new Set<StepId>();
  for (const step of steps) {
    if (known.has(step.id)) throw new LbError('ProviderBug', `the plan names step ${step.id} twice`);
    known.add(step.id);
  }
  for (const step of steps) {
    const stray = step.after.find((id) => !known.has(id));
    if (stray !== undefined) throw new LbError('ProviderBug', `step ${step.id} comes after ${stray}, which is not in the plan`);
  }
  const done = new Set<StepId>();
  const ordered: Step<Op>[] = [];
  while (ordered.length < steps.length) {
    const next = steps.find((step) => !done.has(step.id) && step.after.every((id) => done.has(id)));
    if (next === undefined) throw new LbError('ProviderBug', 'the steps of the plan wait for each other in a circle');
    done.add(next.id);
    ordered.push(next);
  }
  return ordered;
}
