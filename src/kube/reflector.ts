import { sleep, type Clock } from '../clock.ts';
import { asLbError, LbError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { JsonObject } from '../model/json.ts';
import { backoffMs } from './backoff.ts';
import { metadataOf, versionOf, type KubeClient, type WatchEvent } from './client.ts';
import type { Identity, Store } from './store.ts';

export interface ReflectorOptions<T> {
  readonly client: KubeClient;
  /** The collection, with its selectors if any. */
  readonly path: string;
  /** For logs and metrics: `services`. */
  readonly resource: string;
  /** May take the object over. @throws LbError `InvalidObject`; the others go on. */
  readonly project: (object: JsonObject) => T;
  readonly store: Store<T>;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  /** 0 ≤ n < 1. */
  readonly random: () => number;
}

type Read<T> = { readonly identity: Identity; readonly item: T } | { readonly unreadable: { key: string; uid: string | undefined } };

const backoff = { firstMs: 500, longestMs: 30_000 };
/** A watch asks for 5 to 10 minutes, so that the watches of many processes do not end together. */
const watchSeconds = { least: 300, spread: 300 };
/** A stream that ends sooner than this without a line is a failure, or we would ask without pause. */
const settledMs = 5_000;
/** So many failures on lines that are no events, and the list is read again instead. */
const relistAfterBadLines = 3;
/** A failure is worth a red `/readyz` when it has lasted for so long. */
const patienceMs = 60_000;
/** The longest turn of the loop is a watch of 10 minutes and its grace. */
const stuckMs = 15 * 60_000;

/**
 * Keeps a store equal to what the API server has: everything once, then watches resumed by version; everything again only
 * when the version has expired. Everything comes as the beginning of a watch, or in pages where the server cannot do that.
 * Never stops on its own; every failure is counted, shown by `problem`, and followed by a longer wait.
 */
export class Reflector<T> {
  readonly #options: ReflectorOptions<T>;
  readonly #log: Log;
  #version: string | undefined;
  /** Whether the next watch without a version may ask for everything: not after one that failed, never after a refusal. */
  #streaming: 'yes' | 'after-a-list' | 'refused' = 'yes';
  #failures = 0;
  /** A version has expired since the last success. */
  #expired = false;
  #failingSince = 0;
  #lastError: LbError | undefined;
  #lastContact: number;
  #lastTurn: number;

  constructor(options: ReflectorOptions<T>) {
    this.#options = options;
    this.#log = options.log.with({ resource: options.resource });
    this.#lastContact = options.clock.monotonic();
    this.#lastTurn = this.#lastContact;
  }

  get hasSynced(): boolean {
    return this.#options.store.synced;
  }

  /** Milliseconds since the API server last said anything good to us, or since the start. A quiet watch is silent for minutes. */
  ageMs(): number {
    return this.#options.clock.monotonic() - this.#lastContact;
  }

  /** For `/readyz`: why the store cannot be trusted to be complete or current; undefined when it can. */
  problem(): string | undefined {
    const why = this.#lastError === undefined ? undefined : `${this.#options.resource}: ${this.#lastError.text}`;
    if (!this.hasSynced) return why ?? `${this.#options.resource}: the first list is not complete`;
    return this.#options.clock.monotonic() - this.#failingSince > patienceMs ? why : undefined;
  }

  /** For `/healthz`: the loop itself has not moved for longer than anything in it may take; a server that is away is not it. */
  stuck(): string | undefined {
    const still = this.#options.clock.monotonic() - this.#lastTurn;
    return still > stuckMs ? `${this.#options.resource}: nothing happened for ${Math.round(still / 1_000)} s` : undefined;
  }

  /** Runs until the signal aborts; never rejects. To be called once. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#turn();
      try {
        if (this.#version !== undefined) await this.#watch(this.#version, signal);
        else if (this.#streaming === 'yes') await this.#stream(signal);
        else await this.#list(signal);
      } catch (error) {
        if (signal.aborted) return;
        await this.#failed(asLbError(error), signal);
      }
    }
  }

  async #list(signal: AbortSignal): Promise<void> {
    const { client, path } = this.#options;
    const { items, resourceVersion } = await client.list(path, signal, (object) => this.#read(object));
    this.#complete(items, resourceVersion);
    if (this.#streaming === 'after-a-list') this.#streaming = 'yes';
  }

  /** Everything, and then the changes, in one watch. */
  async #stream(signal: AbortSignal): Promise<void> {
    try {
      await this.#watch(undefined, signal);
    } catch (error) {
      if (this.#version !== undefined) throw error;
      const refused = error instanceof LbError && error.code === 'ApiRejected';
      this.#streaming = refused ? 'refused' : 'after-a-list';
      if (!refused) throw error;
      this.#log.info({ error }, 'the API server does not stream what there is; it is listed in pages');
    }
  }

  async #watch(resourceVersion: string | undefined, signal: AbortSignal): Promise<void> {
    const { client, path, clock, random } = this.#options;
    const timeoutSeconds = Math.floor(watchSeconds.least + random() * watchSeconds.spread);
    /** What there is, until it is known to be all: half of it would look as if the rest were gone. */
    let initial = resourceVersion === undefined ? new Map<string, Read<T>>() : undefined;
    let good = false;
    let cancel = () => {};
    const settled = () => {
      good = true;
      this.#succeeded();
    };
    const settling = () => {
      cancel = clock.after(settledMs, settled);
    };
    const from = resourceVersion === undefined ? {} : { resourceVersion, opened: settling };
    try {
      for await (const event of client.watch(path, { ...from, timeoutSeconds }, signal)) {
        if (initial === undefined) {
          this.#take(event);
          settled();
        } else if (event.type === 'SYNCED') {
          this.#complete([...initial.values()], versionOf(event.object));
          initial = undefined;
          settling();
        } else this.#gather(event, initial);
      }
    } finally {
      cancel();
    }
    if (!good) throw new LbError('ApiUnavailable', `watch ${path}: the stream ended at once`);
    this.#contact();
  }

  #gather(event: WatchEvent, initial: Map<string, Read<T>>): void {
    const key = named(event.object)?.key ?? '';
    if (event.type === 'DELETED') initial.delete(key);
    else if (event.type !== 'BOOKMARK') initial.set(key, this.#read(event.object));
  }

  #complete(everything: readonly Read<T>[], resourceVersion: string | undefined): void {
    if (resourceVersion === undefined) throw new LbError('InvalidObject', `${this.#options.path}: all there is, without its version`);
    const { resource, store, metrics } = this.#options;
    const unreadable = new Map<string, string | undefined>();
    const complete: { identity: Identity; item: T }[] = [];
    for (const read of everything) {
      if ('unreadable' in read) unreadable.set(read.unreadable.key, read.unreadable.uid);
      else complete.push(read);
    }
    store.replace(complete, unreadable);
    this.#version = resourceVersion;
    metrics.count('portolan_reflector_lists_total', { resource });
    // The failures stay counted until a watch holds: a server whose versions expire at once must not be listed without pause.
    this.#lastError = undefined;
    this.#contact();
    this.#log.debug({ objects: store.size, resourceVersion }, 'everything was read');
  }

  #take(event: WatchEvent): void {
    const { store } = this.#options;
    const version = versionOf(event.object);
    if (event.type !== 'BOOKMARK' && event.type !== 'SYNCED') {
      const read = event.type === 'DELETED' ? named(event.object) : this.#read(event.object);
      if (read === undefined) this.#log.warn({}, 'an event names no object');
      else if ('key' in read) store.delete(read.key, read.uid);
      else if ('unreadable' in read) store.keepUnreadable(read.unreadable.key, read.unreadable.uid);
      else store.put(read.identity, read.item);
    }
    // Without a version it cannot be resumed from; the next event has one.
    if (version !== undefined) this.#version = version;
  }

  #read(object: JsonObject): Read<T> {
    const name = named(object) ?? { key: '', uid: undefined };
    const version = versionOf(object);
    try {
      const item = this.#options.project(object);
      if (name.uid === undefined || version === undefined) throw new LbError('InvalidObject', 'the object has no UID or version');
      return { identity: { key: name.key, uid: name.uid, version }, item };
    } catch (error) {
      this.#log.error({ error, key: name.key }, 'an object cannot be read; the others go on');
      this.#options.metrics.count('portolan_reflector_errors_total', { resource: this.#options.resource, code: 'InvalidObject' });
      return { unreadable: name };
    }
  }

  async #failed(error: LbError, signal: AbortSignal): Promise<void> {
    const { clock, metrics, random, resource } = this.#options;
    if (this.#failures++ === 0) this.#failingSince = clock.monotonic();
    this.#lastError = error;
    metrics.count('portolan_reflector_errors_total', { resource, code: error.code });
    const expired = error.code === 'ApiExpired';
    if (expired || (error.code === 'InvalidObject' && this.#failures >= relistAfterBadLines)) this.#version = undefined;
    // A version that has grown too old is nobody's fault the first time.
    const atOnce = expired && !this.#expired;
    this.#expired ||= expired;
    const waitMs = atOnce ? 0 : backoffMs(backoff, this.#failures, random, error.retryAfterMs);
    const facts = { error, failures: this.#failures, waitMs: Math.round(waitMs), relist: this.#version === undefined };
    if (this.#failures === 1 || atOnce) this.#log.info(facts, 'a list or watch ended early; trying again');
    else this.#log.warn(facts, 'the API server does not answer; trying again');
    if (waitMs > 0) await sleep(clock, waitMs, signal).catch(() => {}); // an abort ends the loop by itself
  }

  #succeeded(): void {
    if (this.#failures > 0) this.#log.info({ failures: this.#failures }, 'the API server answers again');
    this.#failures = 0;
    this.#expired = false;
    this.#lastError = undefined;
    this.#contact();
  }

  #contact(): void {
    const { clock, metrics, resource, store } = this.#options;
    this.#lastContact = clock.monotonic();
    this.#turn();
    metrics.set('portolan_reflector_objects', store.size, { resource });
    metrics.set('portolan_reflector_unreadable_objects', store.unreadable.size, { resource });
  }

  #turn(): void {
    this.#lastTurn = this.#options.clock.monotonic();
  }
}

/** Key and UID as far as they can be read; undefined where there is not even a name. */
function named(object: JsonObject): { key: string; uid: string | undefined } | undefined {
  const { namespace, name, uid } = metadataOf(object);
  if (typeof name !== 'string' || name === '') return undefined;
  const key = typeof namespace === 'string' && namespace !== '' ? `${namespace}/${name}` : name;
  return { key, uid: typeof uid === 'string' && uid !== '' ? uid : undefined };
}
