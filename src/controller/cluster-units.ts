import { runPass } from '../engine/pass.ts';
import { asLbError } from '../errors.ts';
import type { Log } from '../log.ts';
import { clusterUnit, providerName, type LoadBalancerKey, type ProviderName } from '../model/ids.ts';
import { defaultGuard } from '../model/load-balancer-class.ts';
import type { ClusterWant } from '../model/spec.ts';
import type { Lane } from './lane-queue.ts';
import type { LoopParts } from './loop-parts.ts';
import { countProgress, nextAfterError, nextAfterPass, type NextPass } from './next-pass.ts';
import { logPass, measureSteps } from './pass-log.ts';

/** So long nobody needs the thing a cluster shares before it is taken away. */
const unusedMs = 3_600_000;

/**
 * Who needs what a provider's load balancers share: those that are served or made; only such as stand and are not changed
 * (`plan-only`); none.
 */
export type UnitNeed = 'applied' | 'kept' | 'none';

interface UnitState {
  /** Monotonic time at which a Service last needed it. */
  neededAt: number;
  /** It has no record: until the settle time has passed after a start its absence is doubted. */
  doubtSince: number | undefined;
  progress: number;
  /** Monotonic time until which it is as it should be, as far as anybody asks: what comes then is only the question who needs it. */
  restsUntil: number | undefined;
}

/**
 * Things the load balancers of a cluster share, one per provider that declares it: the same pass as a load balancer's, one
 * at a time, with no Service to write on (design §5).
 */
export class ClusterUnits {
  readonly #parts: LoopParts;
  readonly #log: Log;
  readonly #needOf: (provider: ProviderName) => UnitNeed;
  /** The unit is as it should be: what waited for it may go on. */
  readonly #ready: (provider: ProviderName) => void;
  readonly #states = new Map<LoadBalancerKey, UnitState>();

  constructor(parts: LoopParts, log: Log, needOf: (provider: ProviderName) => UnitNeed, ready: (provider: ProviderName) => void) {
    this.#parts = parts;
    this.#log = log;
    this.#needOf = needOf;
    this.#ready = ready;
  }

  /** A provider has started. Gives the key to be queued where it has a unit. */
  started(name: ProviderName): LoadBalancerKey | undefined {
    if (!this.#parts.pool.get(name).definition.clusterUnit) return undefined;
    const key = clusterUnit(name);
    this.#states.set(key, { neededAt: this.#parts.startedAt, doubtSince: this.#parts.startedAt, progress: 0, restsUntil: undefined });
    return key;
  }

  /** They have members, too. */
  get keys(): Iterable<LoadBalancerKey> {
    return this.#states.keys();
  }

  /** One pass. Never throws. */
  async handle(key: LoadBalancerKey, lane: Lane): Promise<NextPass> {
    const state = this.#states.get(key);
    if (state === undefined) return { kind: 'parked' };
    const name = providerName(key.slice('cluster/'.length));
    try {
      return await this.#pass(key, name, state, lane);
    } catch (thrown) {
      const error = asLbError(thrown);
      this.#log.warn({ unit: key, error }, 'pass of a cluster unit failed');
      return nextAfterError(error);
    }
  }

  async #pass(key: LoadBalancerKey, name: ProviderName, state: UnitState, lane: Lane): Promise<NextPass> {
    const { clock, clusterId, epochs, pool, checkpoint, callContext } = this.#parts;
    const running = pool.get(name);
    const now = clock.monotonic();
    const need = this.#needOf(name);
    if (need !== 'none') state.neededAt = now;
    const every = this.#parts.driftCheckMs();
    const mayRest = need === 'applied' && every === 0;
    if (mayRest && state.restsUntil !== undefined && now >= state.restsUntil && !epochs.isPending(key)) {
      state.restsUntil = now + unusedMs;
      return { kind: 'after', ms: unusedMs };
    }
    state.restsUntil = undefined;
    const nodes = epochs.current;
    const untilUnusedMs = Math.max(state.neededAt + unusedMs - now, 0);
    if (need !== 'applied' && untilUnusedMs > 0) {
      // It stays as it stands, or is not made. A load balancer that comes to miss it wakes it.
      epochs.done(key, { digest: nodes.digest, selector: [] });
      return { kind: 'after', ms: untilUnusedMs };
    }
    const want: ClusterWant = {
      cluster: true,
      owner: { clusterId, key, services: [] },
      members: nodes.members,
      used: need === 'applied',
    };
    const log = this.#log.with({ unit: key });
    const pass = await runPass(
      {
        want,
        provider: running.provider,
        settleMs: running.definition.settleMs,
        maxAgeMs: 0,
        planOnly: false,
        // Nobody but this class of things decides about it, and nobody's annotation could approve.
        rules: { policy: { ...defaultGuard, 'changes-address': 'allow', destroys: 'allow' }, approvals: new Set(), byClass: false },
        ...(state.doubtSince === undefined ? {} : { doubtSince: state.doubtSince }),
      },
      { begin: () => Promise.resolve(), stillPublished: () => 0 },
      { clock, checkpoint, call: callContext(running.budget, lane, log) },
    );
    const result = countProgress(state, pass);
    state.doubtSince = result.doubtSince;
    measureSteps(this.#parts.metrics, result);
    logPass(log, result);
    // Without a record nothing else says that its members are behind: a failed one stays pending.
    if (result.membersDone) epochs.done(key, { digest: nodes.digest, selector: [] });
    if (result.outcome !== 'finished') return nextAfterPass(result);
    if (want.used) this.#ready(name);
    if (mayRest) state.restsUntil = now + untilUnusedMs;
    const untilUnused = want.used ? untilUnusedMs : Number.POSITIVE_INFINITY;
    const ms = Math.min(every > 0 ? every : Number.POSITIVE_INFINITY, untilUnused);
    return Number.isFinite(ms) ? { kind: 'after', ms } : { kind: 'parked' };
  }
}
