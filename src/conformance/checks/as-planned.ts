import type { AnyStep } from '../../model/plan.ts';
import { keyOf } from '../cluster.ts';
import type { Check } from '../case.ts';
import type { Rig } from '../rig.ts';
import { snapshot, viewOf, type Seen } from './service-checks.ts';

/**
 * Every change of the cloud was a step of the plan made last before it, and none was made twice: what a change costs is
 * what its plan said.
 */
export function asPlanned(rig: Rig, { service, since }: Extract<Check, { readonly check: 'as-planned' }>): Seen {
  const view = viewOf(rig, { service });
  if (view === undefined) throw new Error(`there is no Service ${service}`);
  const from = snapshot(rig, since).trace;
  const calls = rig.trace.calls().filter(({ key }) => key === keyOf(view));
  const counted = new Set(rig.trace.calls(from));
  const done = new Set<string>();
  let planned: readonly string[] = [];
  for (const call of calls) {
    if (call.verb === 'plan') planned = call.plan?.steps.map(nameOf) ?? [];
    if (call.verb !== 'apply' || call.step === undefined || !counted.has(call)) continue;
    const name = nameOf(call.step);
    if (!planned.includes(name)) return `${name} was in no plan`;
    if (call.error === undefined && done.has(name)) return `${name} was made twice`;
    if (call.error === undefined) done.add(name);
  }
  return done.size > 0 ? undefined : 'nothing was done';
}

/** An id is of a place in the cloud: what is made there may be taken away later. */
const nameOf = ({ verb, id }: AnyStep): string => `${verb} ${id}`;
