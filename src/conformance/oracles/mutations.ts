import type { LbError } from '../../errors.ts';
import type { ClusterId, LoadBalancerKey } from '../../model/ids.ts';
import type { AnyStep } from '../../model/plan.ts';
import type { ProviderCall, TraceEntry } from '../trace.ts';
import type { Chronicle } from './chronicle.ts';

/** What happened, with what users had said by then. */
export interface Course {
  readonly trace: readonly TraceEntry[];
  readonly chronicle: Chronicle;
  /** Whose marks an install uses. */
  readonly clusterOf: (install: string) => ClusterId;
}

/** A plan as it stands in the trace. */
export interface PlanMade {
  readonly call: ProviderCall;
  readonly position: number;
}

/** One mutation of the cloud, and the plan that was made last before it for the same load balancer. */
export interface Mutation {
  readonly step: AnyStep;
  readonly install: string;
  readonly position: number;
  /** Absent where the step's proof names no load balancer. */
  readonly key?: LoadBalancerKey;
  readonly plan?: PlanMade;
  /** How it failed, as far as its caller was told. */
  readonly error?: LbError;
}

/** Every mutation that was asked of a provider. A load balancer has one pass at a time, so the last plan is that of its pass. */
export function mutationsOf(trace: readonly TraceEntry[]): readonly Mutation[] {
  const plans = new Map<string, PlanMade>();
  const mutations: Mutation[] = [];
  for (const [position, call] of trace.entries()) {
    if (call.kind !== 'call') continue;
    const whose = `${call.install} ${call.key ?? ''}`;
    if (call.verb === 'plan') plans.set(whose, { call, position });
    if (call.verb !== 'apply' || call.step === undefined) continue;
    const plan = plans.get(whose);
    mutations.push({
      step: call.step,
      install: call.install,
      position,
      ...(call.key === undefined ? {} : { key: call.key }),
      ...(plan === undefined ? {} : { plan }),
      ...(call.error === undefined ? {} : { error: call.error }),
    });
  }
  return mutations;
}
