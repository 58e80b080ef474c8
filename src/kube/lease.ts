import { sleep, type Clock } from '../clock.ts';
import { asLbError, LbError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { JsonObject } from '../model/json.ts';
import type { KubeClient } from './client.ts';
import type { Leadership, OnStartedLeading } from './leadership.ts';
import { annotationsOf, changeLease, microTime, readLease } from './lease-record.ts';
import { leaseObject, type LeaseObject } from './lease-object.ts';

export interface LeaseElectorOptions {
  /** With `lane: 'leader'`, so that renewals never queue behind other calls. */
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  /** 0 ≤ n < 1. */
  readonly random: () => number;
  readonly namespace: string;
  readonly name: string;
  /** Of this process and no other, also not its predecessor on the same host. */
  readonly identity: string;
  readonly onStartedLeading: OnStartedLeading;
  readonly leaseDurationMs?: number;
  readonly renewDeadlineMs?: number;
  readonly retryPeriodMs?: number;
}

const releaseMs = 2_000;
/** Standbys ask at random moments, so that they do not all ask at once. */
const retrySpread = 1.2;
/** How long past its end a Lease may be before the process is not trusted to end by itself. */
const watchdogMs = 20_000;

/**
 * Holds a Lease of coordination.k8s.io/v1 (contract M4: 15 s, renewed every 2 s, given up after 10 s without success).
 * All measuring is on the monotonic clock. The Lease is surely ours from the moment the request that was granted was
 * *sent*, for the lease duration: no other process can have seen it change before that. Every write replaces the object as
 * it was read, at its resource version, so that what others keep on it stays and a write by a former holder fails; so an
 * account with get, create and update is enough (contract M9).
 */
export class LeaseElector implements Leadership {
  readonly #options: LeaseElectorOptions;
  readonly #object: LeaseObject;
  readonly #log: Log;
  readonly #leaseDurationMs: number;
  readonly #renewDeadlineMs: number;
  readonly #retryPeriodMs: number;
  /** As last read or written. */
  #lease: JsonObject | undefined;
  /** The holder's last sign of life, and when it was first seen here. */
  #seen = { life: '', at: 0 };
  #leading = false;
  /** From the begin of a term until its work has ended, which may be long after the term. */
  #working = false;
  #lost = false;
  /** Ends the work of the present term. */
  #term = new AbortController();
  /** When the last granted request was sent. */
  #renewedAt = Number.NEGATIVE_INFINITY;
  #problem: string | undefined;
  /** Writes go one after the other: each needs the resource version that the one before it made. */
  #lastWrite: Promise<void> = Promise.resolve();

  constructor(options: LeaseElectorOptions) {
    this.#options = options;
    this.#object = leaseObject(options.client, options.namespace, options.name);
    this.#log = options.log.with({ lease: `${options.namespace}/${options.name}`, identity: options.identity });
    this.#leaseDurationMs = options.leaseDurationMs ?? 15_000;
    this.#renewDeadlineMs = options.renewDeadlineMs ?? 10_000;
    this.#retryPeriodMs = options.retryPeriodMs ?? 2_000;
  }

  get isLeader(): boolean {
    return this.#leading;
  }

  get isLost(): boolean {
    return this.#lost || (this.#leading && this.remainingMs() === 0);
  }

  get term(): number {
    return this.#lease === undefined ? 0 : readLease(this.#lease, this.#leaseDurationMs).transitions;
  }

  remainingMs(): number {
    return this.#leading ? Math.max(0, this.#leaseDurationMs - this.#sinceRenewal()) : 0;
  }

  annotation(name: string): string | undefined {
    return this.#lease === undefined || !this.#leading ? undefined : annotationsOf(this.#lease)[name];
  }

  setAnnotation(name: string, value: string | undefined, was?: string): Promise<void> {
    return this.#write((lease) => (was === undefined || annotationsOf(lease)[name] === was ? { [name]: value } : {}));
  }

  problem(): string | undefined {
    return this.#problem;
  }

  stuck(): string | undefined {
    if (!this.#working || this.#sinceRenewal() < this.#leaseDurationMs + watchdogMs) return undefined;
    return `the Lease was not renewed for ${Math.round(this.#sinceRenewal() / 1_000)} s`;
  }

  async run(signal: AbortSignal): Promise<'stopped' | 'lost'> {
    while (!signal.aborted) {
      if (await this.#campaign(signal)) return this.#lead(signal);
      const pauseMs = this.#retryPeriodMs * (1 + retrySpread * this.#options.random());
      await sleep(this.#options.clock, pauseMs, signal).catch(() => {}); // an abort ends the loop by itself
    }
    return 'stopped';
  }

  /** One try to become the holder. */
  async #campaign(signal: AbortSignal): Promise<boolean> {
    try {
      const won = await this.#acquire(signal);
      this.#problem = undefined;
      return won;
    } catch (error) {
      if (!signal.aborted) this.#note(asLbError(error), 'cannot campaign for the Lease');
      return false;
    }
  }

  async #acquire(signal: AbortSignal): Promise<boolean> {
    const { clock, identity } = this.#options;
    const lease = await this.#object.read(signal);
    if (lease === undefined) {
      const sentAt = clock.monotonic();
      return this.#granted(await this.#object.create({ annotations: {}, spec: this.#claim(0) }, signal), sentAt);
    }
    const record = readLease(lease, this.#leaseDurationMs);
    const now = clock.monotonic();
    if (record.life !== this.#seen.life) {
      this.#seen = { life: record.life, at: now };
      if (record.holder !== '' && record.holder !== identity) this.#log.info({ holder: record.holder }, 'another process leads');
    }
    const taken = record.holder !== '' && record.holder !== identity;
    if (taken && now - this.#seen.at < record.durationMs) return false;
    const spec = this.#claim(record.transitions + (record.holder === identity ? 0 : 1));
    try {
      return this.#granted(await this.#object.replace(changeLease(lease, spec), this.#renewDeadlineMs, signal), now);
    } catch (error) {
      if (error instanceof LbError && error.code === 'ApiConflict') return false; // another one was faster
      throw error;
    }
  }

  /** A grant that took too long to arrive is none: it may have run out on the way. */
  #granted(lease: JsonObject | undefined, sentAt: number): boolean {
    if (lease === undefined) return false;
    this.#lease = lease;
    this.#renewedAt = sentAt;
    return this.#sinceRenewal() < this.#renewDeadlineMs;
  }

  async #lead(signal: AbortSignal): Promise<'stopped' | 'lost'> {
    const term = new AbortController();
    const finished = new AbortController();
    const stop = () => term.abort(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    this.#term = term;
    this.#working = true;
    this.#lost = false;
    this.#setLeading(true);
    this.#log.info({}, 'leading');
    // Renewed until the work has ended, not until it was told to: its last writes need the Lease too.
    const keeping = this.#keep(finished.signal);
    try {
      await this.#options.onStartedLeading(term.signal);
      await aborted(term.signal);
    } catch (error) {
      if (!term.signal.aborted) throw error;
    } finally {
      signal.removeEventListener('abort', stop);
      finished.abort(lost());
      await keeping;
      if (this.#leading) await this.#release();
      this.#working = false;
    }
    return signal.aborted && term.signal.reason === signal.reason ? 'stopped' : 'lost';
  }

  /** Renews until finished or lost. */
  async #keep(finished: AbortSignal): Promise<void> {
    for (;;) {
      const leftMs = this.#renewDeadlineMs - this.#sinceRenewal();
      if (leftMs <= 0) this.#lose(`it was not renewed for ${this.#renewDeadlineMs / 1_000} s`);
      if (!this.#leading) return;
      await sleep(this.#options.clock, Math.min(this.#retryPeriodMs, leftMs), finished).catch(() => {}); // checked next
      if (finished.aborted) return;
      await this.#write(() => ({})).catch((error: unknown) => this.#note(asLbError(error), 'cannot renew the Lease'));
    }
  }

  /** @param annotations to be set, seeing the Lease as it is then */
  #write(annotations: (lease: JsonObject) => Readonly<Record<string, string | undefined>>): Promise<void> {
    const write = this.#lastWrite.then(() => this.#renew(annotations));
    this.#lastWrite = write.catch(() => {}); // whoever asked for it is told
    return write;
  }

  /** Every write renews. */
  async #renew(annotations: (lease: JsonObject) => Readonly<Record<string, string | undefined>>): Promise<void> {
    for (let again = false; ; again = true) {
      // An event loop that was blocked past the deadline counts as lost, also where the Lease might still be had.
      const leftMs = this.#renewDeadlineMs - this.#sinceRenewal();
      const lease = this.#lease;
      if (!this.#leading || leftMs <= 0 || lease === undefined) throw lost();
      const never = new AbortController().signal;
      const sentAt = this.#options.clock.monotonic();
      const body = changeLease(lease, { renewTime: microTime(this.#options.clock.now()) }, annotations(lease));
      try {
        this.#renewed(await this.#object.replace(body, leftMs, never), sentAt);
        return;
      } catch (error) {
        if (!(error instanceof LbError) || again || (error.code !== 'ApiConflict' && error.code !== 'ApiNotFound')) throw error;
        await this.#reread(never);
      }
    }
  }

  /** Our copy is old. Somebody else's annotation changes nothing; somebody else's name ends the term. */
  async #reread(signal: AbortSignal): Promise<void> {
    const lease = await this.#object.read(signal);
    if (lease === undefined) {
      const sentAt = this.#options.clock.monotonic();
      const annotations = this.#lease === undefined ? {} : annotationsOf(this.#lease);
      const created = await this.#object.create({ annotations, spec: this.#claim(0) }, signal);
      if (created !== undefined) this.#renewed(created, sentAt);
      return;
    }
    const { holder } = readLease(lease, this.#leaseDurationMs);
    if (holder !== this.#options.identity) this.#lose(`${holder === '' ? 'nobody' : holder} holds it`);
    else this.#lease = lease;
  }

  #renewed(lease: JsonObject, sentAt: number): void {
    this.#problem = undefined;
    // The answer of a blocked moment ago does not bring back a term that has ended.
    if (!this.#leading || this.#sinceRenewal() >= this.#renewDeadlineMs) return;
    this.#lease = lease;
    this.#renewedAt = sentAt;
  }

  /** Lets others lead at once. Nobody is told of a failure: the Lease runs out by itself. */
  async #release(): Promise<void> {
    await this.#lastWrite;
    this.#setLeading(false);
    const lease = this.#lease;
    if (lease === undefined) return;
    const now = microTime(this.#options.clock.now());
    const body = changeLease(lease, { holderIdentity: '', leaseDurationSeconds: 1, renewTime: now, acquireTime: now });
    try {
      await this.#object.replace(body, releaseMs, new AbortController().signal);
      this.#log.info({}, 'gave the Lease back');
    } catch (error) {
      this.#log.warn({ error }, 'could not give the Lease back; it runs out by itself');
    }
  }

  #lose(why: string): void {
    if (!this.#leading) return;
    this.#lost = true;
    this.#setLeading(false);
    this.#log.error({ why }, 'lost the Lease');
    this.#term.abort(lost());
  }

  #setLeading(leading: boolean): void {
    this.#leading = leading;
    this.#options.metrics.set('leader_election_master_status', leading ? 1 : 0, { name: this.#options.name });
  }

  /** One line per new cause, not one per try. */
  #note(error: LbError, message: string): void {
    if (error.code === 'LeaseLost') return; // said where it was lost
    if (this.#problem !== error.text) this.#log.warn({ error }, message);
    this.#problem = error.text;
  }

  #claim(transitions: number): JsonObject {
    const now = microTime(this.#options.clock.now());
    return {
      holderIdentity: this.#options.identity,
      leaseDurationSeconds: Math.ceil(this.#leaseDurationMs / 1_000),
      acquireTime: now,
      renewTime: now,
      leaseTransitions: transitions,
    };
  }

  #sinceRenewal(): number {
    return this.#options.clock.monotonic() - this.#renewedAt;
  }
}

const lost = (): LbError => new LbError('LeaseLost', 'this process leads no longer');

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
