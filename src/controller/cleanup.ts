import { runPass, type PassResult } from '../engine/pass.ts';
import { isEnding } from '../errors.ts';
import type { Log } from '../log.ts';
import { conditionTypes } from '../model/condition.ts';
import { sharesFinalizer, type LoadBalancerClass } from '../model/load-balancer-class.ts';
import { released } from './complaints.ts';
import { conditionsFor } from './conditions.ts';
import type { KeyState } from './key-state.ts';
import type { Lane } from './lane-queue.ts';
import type { LoopParts } from './loop-parts.ts';
import { countProgress, nextAfterPass, type Forgotten, type NextPass } from './next-pass.ts';
import { measureSteps } from './pass-log.ts';
import { formatRecord, mayBeUnfinished, readRecord, servedBy } from './record.ts';
import { goneFor } from './service-end.ts';

const ourConditions = Object.values(conditionTypes);

/**
 * One pass over a Service that wants no load balancer of this class any more: deleted, of another type, released, or gone
 * altogether. What is released stays, without our marks; all else goes.
 * The finalizer goes only after a pass that found nothing left and had no doubt. @throws LbError
 */
export async function cleanup(
  parts: LoopParts,
  state: KeyState,
  klass: LoadBalancerClass,
  lane: Lane,
  log: Log,
): Promise<NextPass | Forgotten> {
  const service = state.view;
  // Nobody puts an address back on what wants none: a type change took it out (contract D1).
  if (state.wrote !== undefined) state.wrote = { ...state.wrote, ingress: service.ingress };
  const running = parts.pool.get(servedBy(service, klass));
  const record = readRecord(service.conditions);
  const want = goneFor(service, parts.clusterId, klass, running.definition.settings);
  const { leave } = want;
  if (state.observedAt === undefined && mayBeUnfinished(service, klass.finalizer)) state.doubtSince ??= parts.startedAt;
  // The shared finalizer alone may be another controller's: what says that it is ours is the record, what is remembered, or a mark.
  const known = !sharesFinalizer(klass) || record !== undefined || state.hasThings || running.inventory.has(state.key);
  const pass = await runPass(
    {
      want,
      provider: running.provider,
      settleMs: running.definition.settleMs,
      maxAgeMs: 0,
      planOnly: klass.mode === 'plan-only',
      rules: { policy: klass.guard, approvals: new Set(), byClass: false },
      ...(state.doubtSince === undefined ? {} : { doubtSince: state.doubtSince }),
    },
    { begin, stillPublished: () => 0 },
    { clock: parts.clock, checkpoint: parts.checkpoint, call: parts.callContext(running.budget, lane, log) },
  );
  measureSteps(parts.metrics, pass);
  if (pass.error !== undefined && isEnding(pass.error)) throw pass.error;
  const result = countProgress(state, pass);
  state.observedAt = parts.clock.monotonic();
  state.doubtSince = result.doubtSince;
  state.removalInDoubt = result.doubtSince !== undefined;
  state.removalGoesOn = result.outcome === 'waiting' || result.outcome === 'progress';
  running.inventory.delete(state.key);
  log.info(
    {
      outcome: result.outcome,
      leave,
      steps: result.runs.map(({ step, outcome }) => `${step.id}: ${outcome}`),
      ...(result.error === undefined ? {} : { error: result.error }),
    },
    'cleanup pass ended',
  );
  if (result.outcome !== 'finished') {
    if (result.error !== undefined) parts.announcer.deletionFailed(service, result.error, state.vanished);
    if (!state.vanished)
      await parts.writer.write(
        state,
        { conditions: conditionsFor({ refusals: [], pass: result, notices: [], appliedBefore: false }) },
        'status',
      );
    return nextAfterPass(result);
  }
  const done = result.runs.length > 0;
  if (state.vanished) {
    if (done) parts.announcer.deleted(service, true);
    return { kind: 'forgotten' };
  }
  if (!known && !done) return { kind: 'forgotten', until: 'it-changes' };
  await (leave === 'everything' ? finishRelease(result) : finish());
  return { kind: 'forgotten' };

  /** A half-done deletion or release must not look applied to a Service that turns back meanwhile. */
  async function begin(): Promise<void> {
    if (leave === 'nothing') parts.announcer.deleting(service, state.removalGoesOn);
    if (state.vanished || record?.applied !== true) return;
    await parts.writer.write(
      state,
      { conditions: [formatRecord({ applied: false, input: 'gone', spec: 'gone', provider: running.name })] },
      'begin',
    );
  }

  /** Finalizer, address and conditions go in one patch; an object that is gone already is as good (contract C7). */
  async function finish(): Promise<void> {
    const still = state.view;
    await parts.writer.write(
      state,
      {
        removeFinalizer: klass.finalizer,
        // A Service of another type was cleared by the API server, which refuses an address on it (contract D1, D4).
        ...(still.type === 'LoadBalancer' ? { ingress: [] } : {}),
        removeConditions: ourConditions.filter((type) => still.conditions.some((condition) => condition.type === type)),
      },
      'finalizer',
    );
    parts.announcer.deleted(service, false);
  }

  /** The finalizer and all we said go in one patch, the address stays: it is served on. One condition says whose it is now. */
  async function finishRelease({ runs }: PassResult): Promise<void> {
    const still = state.view;
    const shown = still.type === 'LoadBalancer' ? [released] : [];
    const kept = new Set(shown.map(({ type }) => type));
    await parts.writer.write(
      state,
      {
        removeFinalizer: klass.finalizer,
        conditions: shown,
        removeConditions: ourConditions.filter((type) => !kept.has(type) && still.conditions.some((condition) => condition.type === type)),
      },
      'finalizer',
    );
    parts.announcer.released(service, runs);
  }
}
