import { parseApprovals } from '../engine/approval-code.ts';
import { isEnding, LbError } from '../errors.ts';
import { frozenOfSpec } from '../engine/judge.ts';
import { runPass, type PassResult } from '../engine/pass.ts';
import { claimOf } from '../intent/claim.ts';
import type { ChosenNodes, Intent } from '../intent/compile.ts';
import type { Log } from '../log.ts';
import { conditionTypes } from '../model/condition.ts';
import { listenerId } from '../model/ids.ts';
import type { Ingress } from '../model/ingress.ts';
import type { LoadBalancerClass } from '../model/load-balancer-class.ts';
import type { Refusal } from '../model/plan.ts';
import type { Notice, Report } from '../model/report.ts';
import type { ServiceView } from '../model/service-view.ts';
import { isSpec, type Frozen, type LoadBalancerSpec } from '../model/spec.ts';
import type { NodeSelector } from '../settings/node-selector.ts';
import type { EnsurePassSeen } from './announcer.ts';
import { noNodes } from './complaints.ts';
import { conditionsFor, ingressFor, needsUser, type ConditionWish } from './conditions.ts';
import { approveAnnotation, type KeyState } from './key-state.ts';
import type { Lane } from './lane-queue.ts';
import { holdHealth } from './health-hold.ts';
import type { Asked } from './node-epochs.ts';
import type { LoopParts } from './loop-parts.ts';
import { countProgress, nextAfterPass, waitForUserMs, type NextPass } from './next-pass.ts';
import { stillPublished } from './published.ts';
import { logPass, measureAddress, measureSteps } from './pass-log.ts';
import type { RunningProvider } from './provider-pool.ts';
import type { StatusWish, Written } from './status-writer.ts';
import { formatRecord, ingressDigest, isServed, mayBeUnfinished, readRecord, servedBy, type AppliedRecord } from './record.ts';
import { frozenFor, intentOf, keepsMembers } from './service-intent.ts';
import { isClassChange, needsNoPass, saysTrue } from './short-cut.ts';

/** A Service that is not ready within this time says that work is going on; before, it says nothing. */
const quietMs = 2_000;
/** How old what is observed may be after a user's edit. */
const editAgeMs = 30_000;

/** One pass over a Service that wants a load balancer of this class (design §3, steps 2 to 9). @throws LbError */
export async function ensure(parts: LoopParts, state: KeyState, klass: LoadBalancerClass, lane: Lane, log: Log): Promise<NextPass> {
  const service = state.view;
  const running = parts.pool.get(servedBy(service, klass));
  const nodes = parts.epochs.current;
  const intent = intentOf({
    service,
    clusterId: parts.clusterId,
    class: klass,
    table: running.definition.settings,
    capabilities: (settings) => running.provider.capabilities(settings),
    nodes,
  });
  state.selector = intent.chosen?.selector ?? [];
  const pass = new EnsurePass(parts, state, klass, running, lane, log, intent);
  if (intent.kind === 'spec') return await pass.run(intent.spec, [], intent.notices);
  // What the Service itself no longer says, the cloud has said: to this process, or to its inventory at start.
  const served = isServed(service, klass.finalizer) || state.hasThings || running.inventory.has(state.key);
  const frozen = served ? frozenFor(service, parts.clusterId, intent, nodes) : undefined;
  return await pass.run(frozen, intent.refusals, intent.notices);
}

/** What one pass needs to know in each of its parts. */
class EnsurePass {
  readonly #parts: LoopParts;
  readonly #state: KeyState;
  readonly #class: LoadBalancerClass;
  readonly #running: RunningProvider;
  readonly #lane: Lane;
  readonly #log: Log;
  /** Absent where nobody can tell which nodes are meant. */
  readonly #chosen: ChosenNodes | undefined;
  /** It stands as it is, members and all. */
  readonly #keepsMembers: boolean;
  readonly #service: ServiceView;
  readonly #record: AppliedRecord | undefined;
  /** Only the nodes changed since the last pass. */
  readonly #forNodes: boolean;
  #begun = false;

  constructor(
    parts: LoopParts,
    state: KeyState,
    klass: LoadBalancerClass,
    running: RunningProvider,
    lane: Lane,
    log: Log,
    intent: Intent<unknown>,
  ) {
    this.#parts = parts;
    this.#state = state;
    this.#class = klass;
    this.#running = running;
    this.#lane = lane;
    this.#log = log;
    this.#chosen = intent.chosen;
    this.#keepsMembers = keepsMembers(intent);
    this.#service = state.view;
    this.#record = readRecord(state.view.conditions);
    this.#forNodes = !state.edited && state.observedAt !== undefined && parts.epochs.isPending(state.key);
  }

  /** `want` is absent where the Service is refused and nothing of it is served. */
  async run(
    want: LoadBalancerSpec<unknown> | Frozen | undefined,
    refusals: readonly Refusal[],
    notices: readonly Notice[],
  ): Promise<NextPass> {
    const state = this.#state;
    const firstSight = state.observedAt === undefined;
    if (firstSight && mayBeUnfinished(this.#service, this.#class.finalizer)) {
      state.doubtSince ??= this.#parts.startedAt;
      state.removalInDoubt ||= this.#record?.input === 'gone';
    }
    if (want === undefined) return await this.#refuse(refusals, notices);
    const byClass = isSpec(want) && isClassChange(this.#record, want);
    if (isSpec(want) && this.#needsNoPass(want, notices)) return this.#skip();
    if (byClass && isSpec(want) && !this.#parts.rollOf(this.#class.id).enter(state.key)) return await this.#awaitTurn(want);
    const [maxAgeMs, asked] = [this.#maxAgeMs(), state.lookAgain];
    // From here on a look asked for is one more: what is read now may be older than its cause.
    state.lookAgain = false;
    const result = countProgress(state, await this.#pass(want, byClass, maxAgeMs));
    if (result.plan === undefined) state.lookAgain ||= asked;
    if (result.error !== undefined && isEnding(result.error)) throw result.error;
    this.#note(result, maxAgeMs === 0);
    // What was made for it goes with the next pass.
    if (state.vanished || !this.#isWanted()) return { kind: 'again' };
    return await this.#report(want, result, [...refusals, ...result.refusals], notices);
  }

  #needsNoPass(spec: LoadBalancerSpec<unknown>, notices: readonly Notice[]): boolean {
    return needsNoPass(this.#state, this.#service, spec, {
      record: this.#record,
      epochPending: this.#parts.epochs.isPending(this.#state.key) || this.#mayHaveOtherNodes(),
      inventoryId: this.#running.inventory.get(this.#state.key),
      driftDue: this.#driftDue(),
      finalizer: this.#class.finalizer,
      notices,
    });
  }

  /** The mark on the Lease names the nodes there were, not their labels. */
  #mayHaveOtherNodes(): boolean {
    return this.#state.observedAt === undefined && this.#selector.length > 0;
  }

  get #selector(): NodeSelector {
    return this.#chosen?.selector ?? [];
  }

  /** Nothing to do: what stands there counts as written by us, so that a later change of it is seen. */
  #skip(): NextPass {
    const state = this.#state;
    if (state.observedAt === undefined) state.observedAt = this.#parts.clock.monotonic();
    state.wrote ??= {
      ingress: this.#service.ingress,
      conditions: this.#service.conditions.filter(({ type }) => type.startsWith('portolan.dev/')),
    };
    this.#leaveRoll('through');
    return { kind: 'settled' };
  }

  /** Another load balancer of the class is being changed: this one stays as it stands, and only its members follow. */
  async #awaitTurn(spec: LoadBalancerSpec<unknown>): Promise<NextPass> {
    if (!this.#parts.epochs.isPending(this.#state.key)) return { kind: 'parked' };
    const result = await this.#pass(frozenOfSpec(spec), false, this.#maxAgeMs());
    logPass(this.#log, result);
    if (result.error !== undefined) throw result.error;
    if (result.membersDone) this.#parts.epochs.done(this.#state.key, this.#asked(spec));
    return { kind: 'parked' };
  }

  async #refuse(refusals: readonly Refusal[], notices: readonly Notice[]): Promise<NextPass> {
    const shown = this.#shown(notices).notices;
    const conditions = conditionsFor({ refusals, notices: shown, appliedBefore: false });
    // Nobody knows how it would be served, so nothing is said of that.
    await this.#write({ conditions }, { refusals, notices: [], members: [], begunNow: false, forNodes: false });
    // Nothing of it is served, so it has no members that could be behind.
    this.#parts.epochs.forget(this.#state.key);
    this.#leaveRoll('through');
    this.#log.info({ outcome: 'refused', reason: refusals[0]?.reason, field: refusals[0]?.field }, 'service refused');
    return { kind: 'after', ms: waitForUserMs };
  }

  async #pass(want: LoadBalancerSpec<unknown> | Frozen, byClass: boolean, maxAgeMs: number): Promise<PassResult> {
    const { clock, checkpoint, metrics, epochs } = this.#parts;
    const state = this.#state;
    const began = clock.monotonic();
    const result = await runPass(
      {
        want,
        provider: this.#running.provider,
        settleMs: this.#running.definition.settleMs,
        maxAgeMs,
        planOnly: this.#class.mode === 'plan-only' || this.#keepsMembers,
        rules: { policy: this.#class.guard, approvals: parseApprovals(this.#service.annotations[approveAnnotation]), byClass },
        ...(state.doubtSince === undefined ? {} : { doubtSince: state.doubtSince }),
      },
      {
        begin: () => this.#begin(want, byClass),
        stillPublished: (addresses) => stillPublished(this.#parts, state, addresses, this.#class.handoverMs),
      },
      { clock, checkpoint, call: this.#parts.callContext(this.#running.budget, this.#lane, this.#log) },
    );
    measureSteps(metrics, result);
    if (!this.#forNodes) return result;
    if (result.error !== undefined && !isEnding(result.error)) metrics.count('service_controller_nodesync_error_total');
    const changed = result.runs.some(({ step, outcome }) => step.membersOnly === true && outcome !== 'not-run');
    if (changed) epochs.changing(state.key, this.#asked(want), began);
    return result;
  }

  #asked({ membersDigest: digest }: Frozen | LoadBalancerSpec<unknown>): Asked {
    return { digest, selector: this.#selector };
  }

  #maxAgeMs(): number {
    const state = this.#state;
    if (state.observedAt === undefined || state.doubtSince !== undefined || this.#driftDue()) return 0;
    return state.edited || state.lookAgain ? editAgeMs : Number.POSITIVE_INFINITY;
  }

  #driftDue(): boolean {
    const every = this.#parts.driftCheckMs();
    return every > 0 && this.#state.observedAt !== undefined && this.#parts.clock.monotonic() - this.#state.observedAt >= every;
  }

  /** The one patch before the first step: finalizer, record ahead, and what else there is to say (design §3, step 6). */
  async #begin(want: LoadBalancerSpec<unknown> | Frozen, byClass: boolean): Promise<void> {
    if (!isSpec(want)) return;
    this.#state.firstStepAt ??= this.#parts.clock.monotonic();
    const id = this.#record?.id;
    const ahead = formatRecord({
      applied: false,
      input: want.inputDigest,
      spec: want.specDigest,
      provider: this.#running.name,
      ...(id === undefined ? {} : { id }),
      ...(byClass ? { byClass: true } : {}),
    });
    const begun = readRecord(this.#state.view.conditions);
    const resumed = begun?.applied === false && begun.input === want.inputDigest && begun.spec === want.specDigest;
    // What was said of this very change stands until its pass ends: a try made again must not make conditions flap.
    const others = resumed ? [] : conditionsFor({ refusals: [], notices: [], appliedBefore: false });
    const conditions = [ahead, ...others.filter(({ type }) => type !== conditionTypes.degraded)];
    const wish = { addFinalizer: this.#class.finalizer, conditions };
    this.#begun = true;
    this.#parts.announcer.beforeBegin(this.#service);
    await this.#writeAhead(wish);
    // What was known of it was behind: its finalizer had been taken off, so that the patch did not name it.
    if (!this.#state.view.finalizers.includes(wish.addFinalizer)) await this.#writeAhead(wish);
    this.#parts.announcer.afterBegin(this.#service);
  }

  /** Nothing is made for a Service that, by the answer to our own patch, wants nothing any more. @throws LbError */
  async #writeAhead(wish: StatusWish): Promise<void> {
    const written = await this.#parts.writer.write(this.#state, wish, 'begin');
    if (written === 'gone') throw new LbError('ApiNotFound', 'the Service is gone, so nothing is made for it');
    if (!this.#isWanted()) throw new LbError('ApiConflict', 'the Service changed meanwhile and wants no load balancer');
  }

  /** As far as is known by now: the answer to our own patch may be ahead of the watch. */
  #isWanted(): boolean {
    const claim = claimOf(this.#state.view, this.#parts.classes());
    return claim.kind === 'ours' && claim.wanted;
  }

  /** What the pass teaches for the next one. */
  #note(result: PassResult, live: boolean): void {
    const state = this.#state;
    if (result.plan !== undefined) {
      if (live) state.observedAt = this.#parts.clock.monotonic();
      this.#running.inventory.delete(state.key);
    }
    state.doubtSince = result.doubtSince;
    if (result.doubtSince === undefined) state.removalInDoubt = false;
    if (result.report !== undefined) state.hasThings = mayHaveThings(result.report);
    if (result.outcome === 'finished' || needsUser(result.outcome)) state.firstStepAt = undefined;
  }

  async #report(
    want: LoadBalancerSpec<unknown> | Frozen,
    result: PassResult,
    refusals: readonly Refusal[],
    notices: readonly Notice[],
  ): Promise<NextPass> {
    const { parts, state, service } = { parts: this.#parts, state: this.#state, service: this.#service };
    const { epochs } = parts;
    const asked = service.ports.map(({ protocol, port }) => listenerId(protocol, port));
    const ingress = this.#isPublishable() ? ingressFor(result.report, { refusals, held: result.held, asked }) : undefined;
    const shown = this.#shown([...notices, ...(result.report?.notices ?? []), ...(want.members.length > 0 ? [] : [noNodes(this.#chosen)])]);
    const appliedBefore =
      isSpec(want) && this.#record?.spec === want.specDigest && (this.#record.applied || saysTrue(service, conditionTypes.programmed));
    const hadPortsError = service.conditions.some(({ type }) => type === conditionTypes.portsError);
    const conditions: ConditionWish[] = [
      ...conditionsFor({ refusals, pass: result, notices: shown.notices, appliedBefore, hadPortsError }),
    ];
    const record = this.#recordAfter(want, result, ingress ?? state.view.ingress);
    if (record !== undefined) conditions.push(formatRecord(record));
    const now = parts.clock.monotonic();
    const quiet = state.firstStepAt !== undefined && now - state.firstStepAt < quietMs;
    // Taken off by somebody while something is served, or may be: without it a deletion would leave that behind.
    const mayHave = mayHaveThings(result.report) || readRecord(state.view.conditions) !== undefined;
    const addFinalizer = this.#class.mode === 'apply' && mayHave ? { addFinalizer: this.#class.finalizer } : {};
    const seen: EnsurePassSeen = {
      result,
      refusals,
      notices: shown.notices,
      members: want.members,
      // Members that are behind leave `Programmed` as it is, a spec that is does not.
      ...(this.#record?.applied === false ? { begunBefore: saysTrue(service, conditionTypes.programmed) ? 'members' : 'spec' } : {}),
      begunNow: this.#begun,
      forNodes: this.#forNodes,
    };
    const written = await this.#write({ ...addFinalizer, ...(ingress === undefined ? {} : { ingress }), conditions }, seen, quiet);
    if (this.#keepsMembers) epochs.forget(state.key);
    else if (result.membersDone || record?.applied === false || this.#class.mode === 'plan-only') epochs.done(state.key, this.#asked(want));
    measureAddress(parts, this.#class.provider, service, state.view);
    logPass(this.#log, result);
    this.#leaveRoll(
      result.outcome === 'failed' ? 'failed' : result.outcome === 'progress' || result.outcome === 'waiting' ? 'busy' : 'through',
    );
    if (result.wait?.on !== undefined) parts.wake(result.wait.on);
    const next = nextAfterPass(result);
    if (written === 'held-back' && state.firstStepAt !== undefined) return sooner(next, state.firstStepAt + quietMs - now);
    return shown.lookAfterMs === undefined ? next : sooner(next, shown.lookAfterMs);
  }

  /** Status, and the events around it. */
  async #write(wish: StatusWish, seen: EnsurePassSeen, holdPassing = false): Promise<Written> {
    const { writer, announcer } = this.#parts;
    announcer.beforeStatus(this.#service, seen);
    const written = await writer.write(this.#state, wish, 'status', holdPassing);
    announcer.afterStatus(this.#service, seen, written === 'written');
    return written;
  }

  /** Not an address that was given up once and may be taken away any moment; it is no news that one is published. */
  #isPublishable(): boolean {
    if (this.#class.mode === 'plan-only') return false;
    return !this.#state.removalInDoubt || this.#state.view.ingress.length > 0;
  }

  /** True after a finished pass; False where the members of this epoch could not be written; else as it stands. */
  #recordAfter(want: LoadBalancerSpec<unknown> | Frozen, result: PassResult, ingress: readonly Ingress[]): AppliedRecord | undefined {
    if (isSpec(want) && result.outcome === 'finished' && this.#class.mode === 'apply') {
      const id = result.report?.id;
      return {
        applied: true,
        input: want.inputDigest,
        spec: want.specDigest,
        ...(id === undefined ? {} : { id }),
        provider: this.#running.name,
        status: ingressDigest(ingress),
      };
    }
    const failedEpoch = result.error !== undefined && this.#parts.epochs.isPending(this.#state.key);
    // As it stands now: the pass may have written it ahead, and what it wrote says already that this one is not done.
    const present = readRecord(this.#state.view.conditions);
    return failedEpoch && present !== undefined ? { ...present, applied: false } : undefined;
  }

  /** Notices to be shown now: health only when it has lasted. */
  #shown(notices: readonly Notice[]): { notices: readonly Notice[]; lookAfterMs?: number } {
    const { hold, lookAfterMs } = holdHealth(this.#state.health, notices, this.#parts.clock.monotonic());
    this.#state.health = hold;
    const shown = [...notices.filter(({ kind }) => kind !== 'health'), ...hold.shown];
    return { notices: shown, ...(lookAfterMs === undefined ? {} : { lookAfterMs }) };
  }

  #leaveRoll(came: 'through' | 'busy' | 'failed'): void {
    const next = this.#parts.rollOf(this.#class.id).leave(this.#state.key, came);
    if (next !== undefined) this.#parts.wake(next);
  }
}

/** Whether a report speaks of something that is there: of two that are frozen it may not know which is the main one. */
const mayHaveThings = (report: Report | undefined): boolean => report?.id !== undefined || report?.ingress === 'unknown';

const sooner = (next: NextPass, ms: number): NextPass => {
  if (next.kind === 'again' || next.kind === 'retry' || (next.kind === 'after' && next.ms <= ms)) return next;
  return { ...(next.kind === 'after' ? next : {}), kind: 'after', ms: Math.max(ms, 10) };
};
