import { canonicalJson } from '../../model/digest.ts';
import type { Json } from '../../model/json.ts';
import { mutationsOf, type Course } from './mutations.ts';
import type { Oracle } from './oracle.ts';

/** A provider does what was planned and judged, and nothing else. */
export const plannedFirst: Oracle<Course> = {
  name: 'planned first',
  rows: ['idea-1'],
  promise: 'every mutation was a step of the plan made before it in the same pass',
  violations: ({ trace }) =>
    mutationsOf(trace).flatMap(({ step, plan }) => {
      const planned = plan?.call.plan?.steps.find(({ id }) => id === step.id);
      if (planned === undefined) return [`step ${step.id} (${step.summary}) was in no plan`];
      return isFilled(planned.op, step.op)
        ? []
        : [`step ${step.id} was planned as ${show(planned.op)} and carried out as ${show(step.op)}`];
    }),
};

const show = (op: Json): string => canonicalJson(op);

/** Whether an operation is a planned one with the inputs that earlier steps made filled in. */
function isFilled(planned: Json, done: Json): boolean {
  if (isObject(planned) && Object.keys(planned).sort().join() === 'from,output') return typeof done === 'string';
  if (Array.isArray(planned)) {
    return Array.isArray(done) && planned.length === done.length && planned.every((item, index) => isFilled(item, done[index] ?? null));
  }
  if (!isObject(planned)) return canonicalJson(planned) === canonicalJson(done);
  if (!isObject(done) || Object.keys(planned).sort().join() !== Object.keys(done).sort().join()) return false;
  return Object.entries(planned).every(([name, value]) => isFilled(value ?? null, done[name] ?? null));
}

const isObject = (value: Json): value is Readonly<Record<string, Json>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
