import type { Json } from '../model/json.ts';
import type { AnyPlan, AnyStep } from '../model/plan.ts';
import { isSpec, type Frozen, type LoadBalancerSpec, type Want } from '../model/spec.ts';
import type { AnyProvider } from '../provider.ts';
import { checkPlan } from './check-plan.ts';
import { holdsOf, type GuardRules, type Held } from './guard.ts';

/** A plan and what may be done of it. */
export interface Judgement {
  /** What was asked for, and the plan for it: this is what is shown. */
  readonly plan: AnyPlan;
  readonly held: readonly Held[];
  /** What is carried out instead: the want itself, or `Frozen` where it is refused or held. */
  readonly active: Want<unknown>;
  /** Steps of the active plan, in order, checked. */
  readonly steps: readonly AnyStep[];
  readonly wait: AnyPlan['wait'];
}

/**
 * Plans for what was observed and decides what of it may run. Where the plan refuses or anything is held no step of it
 * runs; the load balancer stays as it stands and its members follow the nodes.
 * @throws LbError `ProviderBug` where the provider breaks the contract; whatever else `Provider.plan` throws.
 */
export async function judge(provider: AnyProvider, want: Want<unknown>, have: Json, rules: GuardRules): Promise<Judgement> {
  const plan = await provider.plan(want, have);
  const steps = checkPlan(plan, want);
  const held = holdsOf(steps, want, rules);
  if (!isSpec(want) || (plan.refusals.length === 0 && held.length === 0)) {
    return { plan, held, active: want, steps: held.length === 0 ? steps : [], wait: plan.wait };
  }
  const frozen = frozenOfSpec(want);
  const instead = await provider.plan(frozen, have);
  return { plan, held, active: frozen, steps: checkPlan(instead, frozen), wait: instead.wait };
}

/** The want that keeps a load balancer as it stands, with the members and node ports of a spec. */
export function frozenOfSpec(spec: LoadBalancerSpec<unknown>): Frozen {
  return {
    frozen: true,
    owner: spec.owner,
    members: spec.members,
    membersDigest: spec.membersDigest,
    nodePorts: spec.listeners.map(({ id, nodePort }) => ({ id, nodePort })),
  };
}
