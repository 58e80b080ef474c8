import { RecentMap } from '../kube/recent-map.ts';
import { asLbError, asLbErrorOf, isEnding, type LbError } from '../errors.ts';
import { claimOf, type Claimed } from '../intent/claim.ts';
import { inputDigestOf } from '../intent/input.ts';
import type { Log } from '../log.ts';
import { conditionTypes } from '../model/condition.ts';
import { serviceLoadBalancer, serviceOfKey, type LoadBalancerKey, type ProviderName } from '../model/ids.ts';
import type { LoadBalancerClass } from '../model/load-balancer-class.ts';
import type { ServiceView } from '../model/service-view.ts';
import type { NodeSelector } from '../settings/node-selector.ts';
import { ServiceGauges } from './service-gauges.ts';
import { cleanup } from './cleanup.ts';
import { ClusterUnits, type UnitNeed } from './cluster-units.ts';
import { heldByOther } from './complaints.ts';
import { conditionsFor } from './conditions.ts';
import { ensure } from './ensure.ts';
import { isNewer, newKeyState, statusAsWritten, triggerDigest, type KeyState } from './key-state.ts';
import type { Lane, LaneQueue } from './lane-queue.ts';
import type { LoopParts } from './loop-parts.ts';
import { endsBackOff, nextAfterError, waitForUserMs, type Forgotten, type NextPass } from './next-pass.ts';
import { readRecord, servedBy } from './record.ts';

/** Why a Service is foreign that may have been ours a moment ago, and has not moved to another controller. */
const endedHere: ReadonlySet<string> = new Set(['not-load-balancer', 'deleting', 'released']);

/** A status that somebody wrote over is put right at once, but against one who goes on writing no more often than this. */
const repairPauseMs = 5_000;

/** A Service that is ours no more. */
interface Left {
  readonly resourceVersion: string;
  /** Its end was seen: a UID is never used again. */
  readonly ended: boolean;
  /** This very version was looked at, and nothing of ours was found. */
  readonly untilItChanges: boolean;
}

/** How many Services that were let go of are remembered: more than can go while a watch lags behind. */
const rememberedEnds = 10_000;

/** Turns changes of Services into passes, and what a pass says into the time of the next one. */
export class ServiceLoop {
  readonly #parts: LoopParts;
  readonly #queue: LaneQueue<LoadBalancerKey>;
  readonly #log: Log;
  readonly #gauges: ServiceGauges;
  readonly #units: ClusterUnits;
  readonly #states = new Map<LoadBalancerKey, KeyState>();
  /** Services that were let go of, as they were seen last: a watch that lags behind may show them as ours for a long time yet. */
  readonly #left = new RecentMap<Left>(rememberedEnds);
  #passes = 0;
  #open = false;

  constructor(parts: LoopParts, queue: LaneQueue<LoadBalancerKey>, log: Log) {
    this.#parts = parts;
    this.#queue = queue;
    this.#log = log;
    this.#gauges = new ServiceGauges(parts.metrics);
    this.#units = new ClusterUnits(
      parts,
      log,
      (provider) => this.#needOf(provider),
      (provider) => this.lookAgain(provider, 'all-waiting'),
    );
  }

  /** Takes in what is there and begins; to be called once all stores are complete. Names what another configuration left behind. */
  start(services: readonly ServiceView[]): void {
    for (const service of services) this.#take(service);
    this.#open = true;
    for (const key of this.#states.keys()) this.#queue.add(key, 'background');
    for (const service of services) {
      const claim = this.#claim(service);
      if (claim.kind === 'left-behind')
        this.#log.warn(
          { service: service.key, class: claim.classId },
          'service belongs to a class that is not configured; it is left as it stands',
        );
    }
  }

  /** A change of a Service, from the watch. */
  changed({ old, new: service }: { readonly old?: ServiceView; readonly new?: ServiceView }): void {
    if (service === undefined) {
      const state = old === undefined ? undefined : this.#states.get(serviceLoadBalancer(old.uid));
      if (state === undefined) return;
      state.vanished = true;
      if (this.#open) this.#queue.add(state.key, 'foreground');
      return;
    }
    const state = this.#take(service);
    if (state === undefined || !this.#open) return;
    if (this.#queue.isRunning(state.key)) state.recheck = true;
    else this.#wakeIfChanged(state);
  }

  /** Whether anything of this key is its business now. */
  knows(key: LoadBalancerKey): boolean {
    return this.#states.has(key);
  }

  /** The load balancers that have members, and what the cluster shares. */
  *servedKeys(): Iterable<LoadBalancerKey> {
    for (const { key } of this.#wanting()) yield key;
    yield* this.#units.keys;
  }

  /** Which nodes a Service wants, as its last pass read it. */
  selectorOf(key: LoadBalancerKey): NodeSelector {
    return this.#states.get(key)?.selector ?? [];
  }

  /** A provider has started: its Services, parked until now, are looked at, and so is what they share. */
  providerStarted(name: ProviderName): void {
    const unit = this.#units.started(name);
    if (unit !== undefined && this.#open) this.#queue.add(unit, 'background');
    this.lookAgain(name, 'all');
  }

  #needOf(provider: ProviderName): UnitNeed {
    const modes = [...this.#wanting()].filter((wanting) => wanting.provider === provider).map(({ mode }) => mode);
    if (modes.includes('apply')) return 'applied';
    return modes.length > 0 ? 'kept' : 'none';
  }

  /** Load balancers that are wanted, and who has them or shall have them. */
  *#wanting(): Iterable<{ readonly key: LoadBalancerKey; readonly provider: ProviderName; readonly mode: LoadBalancerClass['mode'] }> {
    for (const state of this.#states.values()) {
      const claim = this.#claim(state.view);
      if (state.vanished || claim.kind !== 'ours' || !claim.wanted) continue;
      yield { key: state.key, provider: servedBy(state.view, claim.class), mode: claim.class.mode };
    }
  }

  /** Asks for a pass over every load balancer of a provider (`all`), or for a look at those that wait, or at one. */
  lookAgain(provider: ProviderName, what: LoadBalancerKey | 'all-waiting' | 'all'): void {
    for (const state of this.#states.values()) {
      if (what !== 'all' && what !== 'all-waiting' && state.key !== what) continue;
      const claim = this.#claim(state.view);
      // Also what is ours no more and was: it is still to be cleaned up.
      const klass = claim.kind === 'ours' ? claim.class : state.class;
      if (klass === undefined || servedBy(state.view, klass) !== provider) continue;
      if (what === 'all-waiting' && state.firstStepAt === undefined && isProgrammed(state.view)) continue;
      if (what !== 'all') state.lookAgain = true;
      if (this.#open) this.#queue.add(state.key, 'background');
    }
  }

  /** Every Service again in the background: the configuration changed. */
  reconsider(services: readonly ServiceView[]): void {
    for (const service of services) this.#take(service);
    for (const key of this.#states.keys()) this.#queue.add(key, 'background');
  }

  /** The worker: one pass. Never throws. */
  async handle(key: LoadBalancerKey, lane: Lane): Promise<void> {
    if (serviceOfKey(key) === undefined) return this.#scheduleUnit(key, await this.#units.handle(key, lane));
    const state = this.#states.get(key);
    if (state === undefined) return;
    const log = this.#log.with({ service: state.view.key, pass: ++this.#passes });
    state.recheck = false;
    state.seen = state.view;
    const there = !state.vanished;
    let next: NextPass | Forgotten;
    try {
      next = await this.#once(state, lane, log);
    } catch (thrown) {
      next = await this.#failed(state, asLbErrorOf(thrown, this.#parts.signal), log);
    }
    // Found out by a write of our own, maybe long before the watch says so.
    if (there && state.vanished && next.kind !== 'forgotten') next = { kind: 'again' };
    this.#gauges.note(key, next.kind === 'forgotten' ? undefined : state.view);
    if (next.kind !== 'parked') state.edited = false;
    this.#schedule(state, next, lane);
    if (state.recheck && this.#states.has(key)) this.#wakeIfChanged(state);
  }

  async #once(state: KeyState, lane: Lane, log: Log): Promise<NextPass | Forgotten> {
    if (state.vanished)
      return state.class === undefined ? { kind: 'forgotten' } : await cleanup(this.#parts, state, state.class, lane, log);
    const claim = this.#claim(state.view);
    switch (claim.kind) {
      case 'ours':
        state.class = claim.class;
        if (this.#parts.pool.isStarting(servedBy(state.view, claim.class))) return { kind: 'parked' };
        return claim.wanted
          ? await ensure(this.#parts, state, claim.class, lane, log)
          : await cleanup(this.#parts, state, claim.class, lane, log);
      case 'held':
        return await this.#heldByOther(state, claim.finalizer, log);
      case 'foreign':
        // Looked after in this life, and without its finalizer before it went: what was made for it still goes, or is released.
        if (state.class === undefined || !endedHere.has(claim.why)) return { kind: 'forgotten' };
        return await cleanup(this.#parts, state, state.class, lane, log);
      case 'left-behind':
        return { kind: 'forgotten' };
    }
  }

  async #heldByOther(state: KeyState, finalizer: string, log: Log): Promise<NextPass> {
    const refusal = heldByOther(finalizer);
    const conditions = conditionsFor({ refusals: [refusal], notices: [], appliedBefore: false });
    const written = await this.#parts.writer.write(state, { conditions }, 'status');
    this.#parts.announcer.heldByOther(state.view, refusal, written === 'written');
    log.info({ finalizer }, 'service is held by another controller');
    return { kind: 'after', ms: waitForUserMs };
  }

  /** A pass that could not even begin, or whose own writes failed. */
  async #failed(state: KeyState, error: LbError, log: Log): Promise<NextPass> {
    const parked = error.code === 'ProviderUnavailable';
    log[isEnding(error) ? 'debug' : error.verdict === 'bug' ? 'error' : 'warn']({ error }, 'pass failed');
    if (state.vanished || isEnding(error)) return parked ? { kind: 'parked' } : nextAfterError(error);
    this.#parts.announcer.failed(state.view, error);
    try {
      const conditions = conditionsFor({ refusals: [], error, notices: [], appliedBefore: this.#isApplied(state.view) }).filter(
        ({ type }) => type !== conditionTypes.accepted,
      );
      await this.#parts.writer.write(state, { conditions }, 'status');
    } catch (thrown) {
      log.warn({ error: asLbError(thrown) }, 'failure could not be written on the service');
    }
    return parked ? { kind: 'parked' } : nextAfterError(error);
  }

  /** Whether what the Service says is what it was served by last: an edit that came since was not done. */
  #isApplied(service: ServiceView): boolean {
    const claim = this.#claim(service);
    const edited = claim.kind === 'ours' && claim.wanted && readRecord(service.conditions)?.input !== inputDigestOf(service);
    return isProgrammed(service) && !edited;
  }

  #scheduleUnit(key: LoadBalancerKey, next: NextPass): void {
    if (endsBackOff(next)) this.#queue.forget(key);
    if (next.kind === 'again') this.#queue.add(key, 'background');
    else if (next.kind === 'after') this.#queue.addAfter(key, next.ms, 'background');
    else if (next.kind === 'retry') this.#queue.retry(key, 'background');
  }

  #schedule(state: KeyState, next: NextPass | Forgotten, lane: Lane): void {
    const { key } = state;
    if (next.kind === 'forgotten' || endsBackOff(next)) this.#queue.forget(key);
    switch (next.kind) {
      case 'forgotten':
        this.#forget(state, next.until === 'it-changes');
        return;
      case 'again':
        this.#queue.add(key, lane);
        return;
      case 'after':
        this.#queue.addAfter(key, next.ms, lane);
        return;
      case 'retry':
        this.#queue.retry(key, lane);
        return;
      case 'settled': {
        const every = this.#parts.driftCheckMs();
        if (every > 0) this.#queue.addAfter(key, every, 'background');
        return;
      }
      case 'parked':
        return;
    }
  }

  /** Nothing of it is ours any more; where it is there and wants something again, it starts anew. */
  #forget(state: KeyState, untilItChanges: boolean): void {
    this.#states.delete(state.key);
    this.#parts.epochs.forget(state.key);
    const next = state.class === undefined ? undefined : this.#parts.rollOf(state.class.id).leave(state.key, 'through');
    if (next !== undefined) this.#parts.wake(next);
    this.#queue.drop(state.key);
    const ended = state.vanished || isOver(state.view);
    this.#left.set(state.key, { resourceVersion: state.view.resourceVersion, ended, untilItChanges });
    if (!state.vanished && this.#take(state.view) !== undefined) this.#queue.add(state.key, 'foreground');
  }

  /** Remembers the newest version of a Service that concerns us. */
  #take(service: ServiceView): KeyState | undefined {
    const key = serviceLoadBalancer(service.uid);
    const known = this.#states.get(key);
    if (known === undefined) {
      const { kind } = this.#claim(service);
      if (kind === 'foreign' || kind === 'left-behind' || this.#isPast(key, service)) return undefined;
      const state = newKeyState(key, service);
      state.edited = true;
      this.#states.set(key, state);
      return state;
    }
    if (isNewer(service, known.view)) known.view = service;
    return known;
  }

  /** Whether more is known of a Service than this version says. */
  #isPast(key: LoadBalancerKey, service: ServiceView): boolean {
    const left = this.#left.get(key);
    if (left === undefined) return false;
    const same = left.untilItChanges && left.resourceVersion === service.resourceVersion;
    return left.ended || same || !isNewer(service, left);
  }

  #wakeIfChanged(state: KeyState): void {
    const changed = state.seen === undefined || triggerDigest(state.view) !== triggerDigest(state.seen);
    if (!changed && statusAsWritten(state, state.view)) return;
    if (changed) {
      state.edited = true;
      this.#queue.add(state.key, 'foreground');
      return;
    }
    state.lookAgain = true;
    const now = this.#parts.clock.monotonic();
    const pauseMs = (state.repairedAt ?? Number.NEGATIVE_INFINITY) + repairPauseMs - now;
    if (pauseMs <= 0) state.repairedAt = now;
    this.#queue.addAfter(state.key, pauseMs, 'foreground');
  }

  #claim(service: ServiceView): Claimed {
    return claimOf(service, this.#parts.classes());
  }
}

const isProgrammed = (service: ServiceView): boolean =>
  service.conditions.some(({ type, status }) => type === conditionTypes.programmed && status === 'True');

/** The API server keeps an object that is being deleted only for the finalizers on it. */
const isOver = ({ deleting, finalizers }: ServiceView): boolean => deleting && finalizers.length === 0;
