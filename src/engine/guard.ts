import type { Reason } from '../reasons.ts';
import type { StepId } from '../model/ids.ts';
import type { GuardPolicy } from '../model/load-balancer-class.ts';
import type { AnyStep, Claim, Disruption } from '../model/plan.ts';
import { isGone, type Want } from '../model/spec.ts';
import { isWorse } from '../plan/disruption.ts';
import { approvalCode } from './approval-code.ts';

/** What the guard judges by, besides the plan itself. */
export interface GuardRules {
  readonly policy: GuardPolicy;
  /** The codes of the Service's `portolan.dev/approve`. */
  readonly approvals: ReadonlySet<string>;
  /** A change nobody made to the Service: a class setting, a new version. */
  readonly byClass: boolean;
}

/** A loss that waits for the user's word. */
export interface Held {
  readonly reason: Extract<Reason, 'ApprovalRequired' | 'ClassChange'>;
  readonly code: string;
  readonly disruption: Disruption;
  readonly claim: Claim;
  readonly steps: readonly StepId[];
}

/**
 * What of a plan may not be done unasked; empty = all of it may run. Steps that make the same claim are one loss with one
 * code. Deleting the Service, changing its type or releasing it is the approval (design §6), so `Gone` is never held.
 */
export function holdsOf(steps: readonly AnyStep[], want: Want<unknown>, rules: GuardRules): readonly Held[] {
  if (isGone(want)) return [];
  const holds = new Map<string, Held>();
  for (const step of steps) {
    const reason = reasonToHold(step, rules);
    if (reason === undefined) continue;
    const claim = step.claim ?? { loses: [step.summary], because: [] };
    const code = approvalCode(want.owner.key, claim);
    if (rules.approvals.has(code)) continue;
    const held = holds.get(code);
    const disruption = held !== undefined && isWorse(held.disruption, step.disruption) ? held.disruption : step.disruption;
    holds.set(code, { reason, code, disruption, claim, steps: [...(held?.steps ?? []), step.id] });
  }
  return [...holds.values()];
}

function reasonToHold(step: AnyStep, { policy, byClass }: GuardRules): Held['reason'] | undefined {
  if (byClass && isWorse(step.disruption, 'drains')) return 'ClassChange';
  return policy[step.disruption] === 'approve' ? 'ApprovalRequired' : undefined;
}
