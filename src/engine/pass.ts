import { asLbErrorOf, type LbError } from '../errors.ts';
import type { Clock } from '../clock.ts';
import type { ReachCheckpoint } from '../model/checkpoint.ts';
import type { Json } from '../model/json.ts';
import type { AnyPlan, AnyStep, Refusal, Wait } from '../model/plan.ts';
import type { Report } from '../model/report.ts';
import { isFrozen, isSpec, type Want } from '../model/spec.ts';
import type { AnyProvider, CallContext } from '../provider.ts';
import { checkReport } from './check-report.ts';
import type { GuardRules, Held } from './guard.ts';
import { judge, type Judgement } from './judge.ts';
import { runSteps, type StepRun } from './run-steps.ts';

/** One pass over one load balancer. */
export interface PassInput {
  readonly want: Want<unknown>;
  readonly provider: AnyProvider;
  /** How long absence is doubted after an unknown outcome, in milliseconds. */
  readonly settleMs: number;
  /** How old what is observed may be, in milliseconds; 0 = live. */
  readonly maxAgeMs: number;
  readonly rules: GuardRules;
  /** Show, change nothing: a class in plan-only mode. */
  readonly planOnly: boolean;
  /** When an outcome was last unknown, on the monotonic clock; absent = no doubt. */
  readonly doubtSince?: number;
}

/** The two things the engine asks of whoever calls it (design §3). */
export interface PassPorts {
  /** Make sure of the finalizer and write the record ahead; awaited before the first step that changes more than members. */
  begin(): Promise<void>;
  /**
   * For how many milliseconds more these addresses, which have a successor, must be served: as long as any status names
   * one, and the class's handover time after. 0 = they may go.
   */
  stillPublished(addresses: readonly string[]): number | Promise<number>;
}

export interface PassContext {
  readonly clock: Clock;
  readonly call: CallContext;
  readonly checkpoint: ReachCheckpoint;
}

/**
 * `finished`: no step, no wait, no doubt. `progress`: steps ran, the next plan has more. `waiting`: see `wait`.
 * `held`, `refused`: the load balancer is frozen as it stands. `planned`: plan-only, and there is something to do. `failed`: see `error`.
 */
export type PassOutcome = 'finished' | 'progress' | 'waiting' | 'held' | 'refused' | 'planned' | 'failed';

export interface PassResult {
  readonly outcome: PassOutcome;
  /** The plan for what was asked, as first made; absent where nothing could be observed. */
  readonly plan?: AnyPlan;
  readonly held: readonly Held[];
  readonly refusals: readonly Refusal[];
  readonly wait?: Wait;
  readonly error?: LbError;
  /** How it stands after the steps; absent where nothing could be observed. */
  readonly report?: Report;
  readonly runs: readonly StepRun[];
  /** True when nothing is left to do for the members. */
  readonly membersDone: boolean;
  /** Carry into the next pass. */
  readonly doubtSince?: number;
}

/** Observe, plan, guard, steps, observe, plan, report. Never throws: what goes wrong is in the result. */
export async function runPass(asked: PassInput, ports: PassPorts, context: PassContext): Promise<PassResult> {
  const input = withoutOldDoubt(asked, context.clock);
  const { provider, want, rules } = input;
  let judgement: Judgement;
  let have: Json;
  try {
    have = await provider.observe(want, { maxAgeMs: input.maxAgeMs }, context.call);
    judgement = await judge(provider, want, have, rules);
  } catch (thrown) {
    return {
      ...nothing,
      // Also an old one: it is over only when somebody has looked since.
      ...(asked.doubtSince === undefined ? {} : { doubtSince: asked.doubtSince }),
      outcome: 'failed',
      error: asLbErrorOf(thrown, context.call.signal),
    };
  }
  const deferral = new Deferral(input, ports, context.clock);
  let runs: readonly StepRun[] = [];
  let failure: LbError | undefined;
  let after: Judgement = judgement;
  let report: Report | undefined;
  try {
    if (!input.planOnly) {
      runs = await runSteps(provider, judgement.steps, {
        ctx: context.call,
        checkpoint: context.checkpoint,
        begin: () => ports.begin(),
        defer: (step) => deferral.of(step),
      });
    }
    if (runs.some((run) => run.outcome !== 'not-run')) {
      have = await provider.observe(judgement.active, { maxAgeMs: Number.POSITIVE_INFINITY }, context.call);
      after = await judge(provider, judgement.active, have, rules);
    }
    report = checkReport(await provider.report(judgement.active, have), judgement.active);
  } catch (thrown) {
    failure = asLbErrorOf(thrown, context.call.signal);
  }
  const stepErrors = runs.flatMap((run) => run.error ?? []);
  const error = failure ?? stepErrors[0];
  const doubtSince = doubtAfter(input, stepErrors, context.clock);
  const wait = deferral.wait ?? after.wait ?? settling(doubtSince, input, context.clock);
  return {
    outcome: outcomeOf(input, judgement, after, error, wait),
    plan: judgement.plan,
    held: judgement.held,
    refusals: judgement.plan.refusals,
    ...(wait === undefined ? {} : { wait }),
    ...(error === undefined ? {} : { error }),
    ...(report === undefined ? {} : { report }),
    runs,
    membersDone: error === undefined && !after.steps.some((step) => step.membersOnly === true),
    ...(doubtSince === undefined ? {} : { doubtSince }),
  };
}

const nothing = { held: [], refusals: [], runs: [], membersDone: false } as const;

function outcomeOf(input: PassInput, first: Judgement, after: Judgement, error: LbError | undefined, wait: Wait | undefined): PassOutcome {
  if (error !== undefined) return 'failed';
  if (first.plan.refusals.length > 0) return 'refused';
  if (first.held.length > 0) return 'held';
  if (input.planOnly && (first.plan.steps.length > 0 || wait !== undefined)) return 'planned';
  if (wait !== undefined) return 'waiting';
  if (isFrozen(input.want)) return after.steps.length === 0 ? 'refused' : 'progress';
  // The replacement made a new claim: what comes next is for the next pass to hold and to show.
  return after.steps.length === 0 && after.held.length === 0 && after.plan.refusals.length === 0 ? 'finished' : 'progress';
}

/**
 * A doubt older than the settle time is over for a pass that begins then, never in the middle of one: what it observed may
 * be from before.
 */
function withoutOldDoubt({ doubtSince, ...input }: PassInput, clock: Clock): PassInput {
  const over = doubtSince === undefined || clock.monotonic() - doubtSince >= input.settleMs;
  return over ? input : { ...input, doubtSince };
}

/** An error nobody saw the end of starts the doubt anew. */
function doubtAfter(input: PassInput, errors: readonly LbError[], clock: Clock): number | undefined {
  if (!errors.some((error) => error.verdict === 'in-doubt')) return input.doubtSince;
  return input.settleMs > 0 ? clock.monotonic() : undefined;
}

function settling(doubtSince: number | undefined, input: PassInput, clock: Clock): Wait | undefined {
  if (doubtSince === undefined) return undefined;
  const retryAfterMs = Math.max(doubtSince + input.settleMs - clock.monotonic(), 0);
  return { reason: 'Settling', text: 'the outcome of an earlier call is not known yet', retryAfterMs };
}

/** Steps that must not run yet, and why: the first reason found is the one shown. */
class Deferral {
  wait: Wait | undefined;
  readonly #input: PassInput;
  readonly #ports: PassPorts;
  readonly #clock: Clock;

  constructor(input: PassInput, ports: PassPorts, clock: Clock) {
    this.#input = input;
    this.#ports = ports;
    this.#clock = clock;
  }

  async of(step: AnyStep): Promise<boolean> {
    const doubt = this.#doubt(step);
    if (doubt !== undefined) return this.#defer(doubt);
    if (step.releases === undefined || step.releases.length === 0 || !isSpec(this.#input.want)) return false;
    const retryAfterMs = await this.#ports.stillPublished(step.releases);
    if (retryAfterMs <= 0) return false;
    return this.#defer({
      reason: 'Handover',
      text: `${step.releases.join(', ')} is still served while clients learn the new address`,
      retryAfterMs,
    });
  }

  #doubt(step: AnyStep): Wait | undefined {
    if (step.verb !== 'create' || step.repeat !== 'after-settle') return undefined;
    return settling(this.#input.doubtSince, this.#input, this.#clock);
  }

  #defer(wait: Wait): true {
    this.wait ??= wait;
    return true;
  }
}
