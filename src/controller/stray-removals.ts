import { runPass } from '../engine/pass.ts';
import type { Clock } from '../clock.ts';
import { LbError } from '../errors.ts';
import { goneOf } from '../intent/frozen.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { ReachCheckpoint } from '../model/checkpoint.ts';
import type { ClusterId, LoadBalancerKey } from '../model/ids.ts';
import { defaultGuard } from '../model/load-balancer-class.ts';
import type { Budget, CallContext } from '../provider.ts';
import type { Lane, LaneQueue } from './lane-queue.ts';
import { countProgress, nextAfterPass } from './next-pass.ts';
import { logPass, measureSteps } from './pass-log.ts';
import type { RunningProvider } from './provider-pool.ts';

export interface RemovalParts {
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly clusterId: ClusterId;
  readonly checkpoint: ReachCheckpoint;
  readonly callContext: (budget: Budget, lane: Lane, log: Log) => CallContext;
  /** Aborts when this process stops, or leads no more. */
  readonly signal: AbortSignal;
}

/** What became of a stray. `called-off`: it is none any more. Else why it is still there. */
export type Removed = 'gone' | 'called-off' | LbError;

interface Removal {
  readonly running: RunningProvider;
  /** Asked before each pass: a Service may have turned up that it belongs to. */
  readonly isStray: () => boolean;
  readonly end: (removed: Removed) => void;
  progress: number;
}

/** One that has not gone by then is left for the next round, so that it holds up no other. */
const limitMs = 600_000;

/**
 * Takes strays away: for each the very pass that a deleted Service gets, so with a live look, a plan and proof of ownership
 * of every step. They go through the queue of all passes, in the background, so that no key is ever worked on twice at a time.
 */
export class StrayRemovals {
  readonly #parts: RemovalParts;
  readonly #queue: LaneQueue<LoadBalancerKey>;
  readonly #log: Log;
  readonly #removals = new Map<LoadBalancerKey, Removal>();

  constructor(parts: RemovalParts, queue: LaneQueue<LoadBalancerKey>, log: Log) {
    this.#parts = parts;
    this.#queue = queue;
    this.#log = log;
  }

  /** Resolves when it is gone, has failed, or the process stops. Never rejects. */
  remove(key: LoadBalancerKey, running: RunningProvider, isStray: () => boolean): Promise<Removed> {
    const { clock, signal } = this.#parts;
    return new Promise((resolve) => {
      const cancel = clock.after(limitMs, () => end(new LbError('CloudUnavailable', 'it has not gone in ten minutes')));
      const stop = () => end(new LbError('Stopping', 'the process is ending'));
      const end = (removed: Removed) => {
        signal.removeEventListener('abort', stop);
        cancel();
        this.#removals.delete(key);
        resolve(removed);
      };
      if (signal.aborted) return stop();
      signal.addEventListener('abort', stop, { once: true });
      this.#removals.set(key, { running, isStray, end, progress: 0 });
      this.#queue.add(key, 'background');
    });
  }

  /** Whether this key waits for a pass of these, or has one. */
  has(key: LoadBalancerKey): boolean {
    return this.#removals.has(key);
  }

  /** One pass. Never throws. */
  async handle(key: LoadBalancerKey): Promise<void> {
    const removal = this.#removals.get(key);
    if (removal === undefined) return;
    const { clock, metrics, clusterId, checkpoint, callContext } = this.#parts;
    if (!removal.isStray()) return removal.end('called-off');
    const { running } = removal;
    const log = this.#log.with({ stray: key, provider: running.name });
    const pass = await runPass(
      {
        want: goneOf({ clusterId, key, services: [] }),
        provider: running.provider,
        settleMs: running.definition.settleMs,
        maxAgeMs: 0,
        planOnly: false,
        rules: { policy: defaultGuard, approvals: new Set(), byClass: false },
      },
      // There is no Service to write a record on: the marks in the cloud are the record, and the next round finds them.
      { begin: () => Promise.resolve(), stillPublished: () => 0 },
      { clock, checkpoint, call: callContext(running.budget, 'background', log) },
    );
    const result = countProgress(removal, pass);
    measureSteps(metrics, result);
    logPass(log, result);
    if (result.outcome === 'finished') return removal.end('gone');
    if (result.error !== undefined) return removal.end(result.error);
    const [refusal] = result.refusals;
    if (refusal !== undefined) return removal.end(new LbError(refusal.reason, refusal.text));
    const next = nextAfterPass(result);
    if (next.kind === 'again') this.#queue.add(key, 'background');
    else this.#queue.addAfter(key, next.kind === 'after' ? next.ms : pauseMs, 'background');
  }
}

/** Between two passes where the cloud is not ready and does not say for how long. */
const pauseMs = 5_000;
