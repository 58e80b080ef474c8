import { asLbErrorOf, isEnding, type LbError } from '../errors.ts';
import type { StepId } from '../model/ids.ts';
import type { ReachCheckpoint } from '../model/checkpoint.ts';
import type { AnyStep } from '../model/plan.ts';
import type { AnyProvider, CallContext } from '../provider.ts';
import { withInputs } from '../plan/inputs.ts';

export interface StepRun {
  readonly step: AnyStep;
  readonly outcome: 'done' | 'failed' | 'not-run';
  readonly error?: LbError;
}

/** What running steps needs from the pass. */
export interface StepPorts {
  readonly ctx: CallContext;
  readonly checkpoint: ReachCheckpoint;
  /** Awaited once, before the first step that changes more than members. */
  begin(): Promise<void>;
  /** Why a step must not run yet: absent = it may. Asked when its turn comes. */
  defer(step: AnyStep): Promise<boolean>;
}

/**
 * Runs checked steps one after the other. A failed or deferred step holds back only what comes after it; a lost lease or
 * an abort ends the run, because nothing after it could be carried out either.
 * @throws LbError only where `begin` fails: no step that needed it has run then.
 */
export async function runSteps(provider: AnyProvider, steps: readonly AnyStep[], ports: StepPorts): Promise<readonly StepRun[]> {
  const outputs = new Map<StepId, Readonly<Record<string, string>>>();
  const runs: StepRun[] = [];
  let begun = false;
  let ended = false;
  for (const step of steps) {
    const op = withInputs(step.op, outputs);
    const ready = !ended && op !== undefined && step.after.every((id) => outputs.has(id));
    if (!ready || (await ports.defer(step))) {
      runs.push({ step, outcome: 'not-run' });
      continue;
    }
    if (!begun && step.membersOnly !== true) {
      await ports.begin();
      begun = true;
    }
    try {
      ports.checkpoint('step/before');
      const outcome = await provider.apply({ ...step, op }, ports.ctx);
      ports.checkpoint('step/after');
      outputs.set(step.id, outcome.outputs);
      runs.push({ step, outcome: 'done' });
    } catch (thrown) {
      const error = asLbErrorOf(thrown, ports.ctx.signal);
      ended = isEnding(error);
      runs.push({ step, outcome: 'failed', error });
    }
  }
  return runs;
}
