import type { Held } from '../../engine/guard.ts';
import type { LbError } from '../../errors.ts';
import type { Claimed } from '../../intent/claim.ts';
import type { Intent } from '../../intent/compile.ts';
import type { LoadBalancerClass } from '../../model/load-balancer-class.ts';
import type { AnyStep, Refusal, Wait } from '../../model/plan.ts';
import type { Notice, Report } from '../../model/report.ts';
import type { ServiceView } from '../../model/service-view.ts';
import type { AnySettingsTable } from '../../settings/row.ts';

/** All that can be said of one Service without changing anything. */
export interface Look {
  readonly service: ServiceView;
  readonly claim: Claimed;
  /** What it comes to; absent where it wants no load balancer of ours. */
  readonly intent?: Intent<unknown>;
  /** The rows its settings were read by. */
  readonly table?: AnySettingsTable;
  /** Of the Service, or of the provider's plan. */
  readonly refusals: readonly Refusal[];
  readonly held: readonly Held[];
  /** What must be done for what is asked, in order. */
  readonly steps: readonly AnyStep[];
  /** What is done meanwhile, where it is refused or held: members follow. */
  readonly meanwhile: readonly AnyStep[];
  readonly wait?: Wait;
  readonly notices: readonly Notice[];
  /** How it stands; absent where nothing could be observed. */
  readonly report?: Report;
  /** Why it is not known how it stands. */
  readonly error?: LbError;
}

/** What a look comes to, in one word. `not-ours`, `left-behind`: nothing is done, whatever stands there. */
export type Outcome = 'nothing-to-do' | 'changes' | 'waiting' | 'refused' | 'held' | 'failed' | 'not-ours' | 'left-behind';

export function outcomeOf({ claim, error, refusals, held, steps, wait }: Look): Outcome {
  if (claim.kind === 'foreign') return 'not-ours';
  if (claim.kind === 'left-behind') return 'left-behind';
  if (error !== undefined) return 'failed';
  if (refusals.length > 0) return 'refused';
  if (held.length > 0) return 'held';
  if (steps.length > 0) return 'changes';
  return wait === undefined ? 'nothing-to-do' : 'waiting';
}

/** The class that would act on the Service; undefined where none does. */
export const classOf = ({ claim }: Pick<Look, 'claim'>): LoadBalancerClass | undefined =>
  claim.kind === 'ours' || claim.kind === 'held' ? claim.class : undefined;
