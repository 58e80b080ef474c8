import { sleep, type Clock } from '../clock.ts';
import { asLbError, isEnding, LbError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { JsonObject } from '../model/json.ts';
import type { Reason } from '../reasons.ts';
import { backoffMs } from './backoff.ts';
import type { KubeClient } from './client.ts';
import { EventLimit } from './event-limit.ts';
import { timestamp } from './patch.ts';
import { eventsPath, objectPath } from './paths.ts';
import { RecentMap } from './recent-map.ts';

/** What an event is about; a ServiceView is one. */
export interface EventObject {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** Service where absent. */
  readonly kind?: string;
  readonly resourceVersion?: string;
}

export interface EventRecorderOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  /** 0 ≤ n < 1. */
  readonly random: () => number;
  /** `source.component`: `portolan`, or `service-controller` where others key on that (contract M10). */
  readonly component?: string;
  /** `source.host`. */
  readonly host?: string;
  /** Called when an event leaves; where it throws `LeaseLost`, this event and what comes after it is not said. */
  readonly lastCheck?: () => void;
}

interface Pending {
  readonly key: string;
  readonly about: EventObject;
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  readonly firstMs: number;
  lastMs: number;
  count: number;
}

const longestQueue = 1_000;
const rememberedEvents = 4_096;
const longestMessage = 1_024;
const attempts = 5;
const backoff = { firstMs: 1_000, longestMs: 30_000 };

/**
 * Events of core/v1. The same said again of the same object is one event with a count; an object that has too much to say
 * is cut off for a while; sending is done behind the caller's back, one after the other, and gives up in the end: nothing
 * may ever wait for, or fail because of, an event (contract P28).
 */
export class EventRecorder {
  readonly #options: EventRecorderOptions;
  readonly #component: string;
  readonly #limit = new EventLimit();
  readonly #sent = new RecentMap<{ path: string; count: number }>(rememberedEvents);
  readonly #queue = new Map<string, Pending>();
  readonly #stop = new AbortController();
  #sending: Promise<void> | undefined;
  #sequence = 0;
  #closed = false;

  constructor(options: EventRecorderOptions) {
    this.#options = options;
    this.#component = options.component ?? 'portolan';
  }

  /** Says something about an object. Returns at once and never throws. */
  record(about: EventObject, type: 'Normal' | 'Warning', reason: string, message: string): void {
    const { clock } = this.#options;
    const kind = about.kind ?? 'Service';
    if (!this.#limit.allows(JSON.stringify([kind, about.namespace, about.name, about.uid]), clock.monotonic())) {
      return this.#count('limited');
    }
    const said = message.slice(0, longestMessage);
    const key = JSON.stringify([kind, about.namespace, about.name, about.uid, type, reason, said]);
    const waiting = this.#queue.get(key);
    if (waiting !== undefined) {
      waiting.count++;
      waiting.lastMs = clock.now();
      return;
    }
    if (this.#closed || this.#queue.size >= longestQueue) return this.#count('dropped');
    this.#queue.set(key, { key, about, type, reason, message: said, firstMs: clock.now(), lastMs: clock.now(), count: 1 });
    this.#sending ??= this.#sendAll();
  }

  /** Takes no more, and gives what waits up to `deadlineMs` to be sent. */
  async close(deadlineMs: number): Promise<void> {
    this.#closed = true;
    const stop = () => this.#stop.abort(new Error('the event recorder was closed'));
    const cancel = this.#options.clock.after(deadlineMs, stop);
    await this.#sending;
    cancel();
    stop();
  }

  async #sendAll(): Promise<void> {
    await Promise.resolve(); // not in the caller's own turn
    for (const pending of this.#queue.values()) {
      this.#queue.delete(pending.key);
      if (this.#stop.signal.aborted) this.#count('dropped');
      else await this.#sendOne(pending);
    }
    this.#sending = undefined;
  }

  async #sendOne(pending: Pending): Promise<void> {
    const { clock, log, random } = this.#options;
    const name = this.#nameFor(pending.about);
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#send(pending, name);
        return this.#count('sent');
      } catch (thrown) {
        const error = asLbError(thrown);
        const mayPass = (error.verdict === 'retry' || error.verdict === 'retry-after') && !isEnding(error);
        const again = mayPass && attempt < attempts && !this.#stop.signal.aborted;
        if (!again) {
          // Forbidden and not found are usual in a namespace that is going away; a lost Lease was said where it was lost.
          const usual = error.code === 'ApiForbidden' || error.code === 'ApiNotFound' || error.code === 'LeaseLost';
          log[usual ? 'debug' : 'warn']({ error, reason: pending.reason, about: pending.about.name }, 'an event was not sent');
          return this.#count('failed');
        }
        const waitMs = backoffMs(backoff, attempt, random, error.retryAfterMs);
        await sleep(clock, waitMs, this.#stop.signal).catch(() => {}); // closing makes the next try the last one
      }
    }
  }

  async #send(pending: Pending, name: string): Promise<void> {
    const { client, lastCheck } = this.#options;
    const options = lastCheck === undefined ? {} : { lastCheck };
    const known = this.#sent.get(pending.key);
    if (known !== undefined) {
      const count = known.count + pending.count;
      const body = { count, lastTimestamp: timestamp(pending.lastMs) };
      const patched = client.patch(known.path, 'strategic', body, this.#stop.signal, options);
      // An event lives for an hour; of one that is gone a new one is made.
      if (await unless('ApiNotFound', patched)) return this.#sent.set(pending.key, { path: known.path, count });
    }
    const collection = eventsPath(pending.about.namespace);
    // One of this name can only be this one, made by a try whose answer was lost.
    await unless('ApiConflict', client.create(collection, this.#body(pending, name), this.#stop.signal, options));
    this.#sent.set(pending.key, { path: objectPath(collection, name), count: pending.count });
  }

  #body(pending: Pending, name: string): JsonObject {
    const { about, type, reason, message, count } = pending;
    const { host } = this.#options;
    return {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name, namespace: about.namespace },
      involvedObject: {
        apiVersion: 'v1',
        kind: about.kind ?? 'Service',
        namespace: about.namespace,
        name: about.name,
        uid: about.uid,
        ...(about.resourceVersion === undefined ? {} : { resourceVersion: about.resourceVersion }),
      },
      type,
      reason,
      message,
      count,
      firstTimestamp: timestamp(pending.firstMs),
      lastTimestamp: timestamp(pending.lastMs),
      source: { component: this.#component, ...(host === undefined ? {} : { host }) },
      reportingComponent: this.#component,
      reportingInstance: host ?? '',
    };
  }

  /** Unlike any other: time, a counter of this process, and chance against other processes. */
  #nameFor(about: EventObject): string {
    const { clock, random } = this.#options;
    this.#sequence = (this.#sequence + 1) % 0x10000;
    const parts = [clock.now().toString(16), this.#sequence.toString(16).padStart(4, '0'), Math.floor(random() * 0x10000).toString(16)];
    return `${about.name}.${parts.join('')}`;
  }

  #count(outcome: 'sent' | 'limited' | 'dropped' | 'failed'): void {
    this.#options.metrics.count('portolan_events_total', { outcome });
  }
}

/** Whether a call was carried out; false where it failed with this code, any other failure is thrown. */
async function unless(code: Reason, call: Promise<unknown>): Promise<boolean> {
  try {
    await call;
    return true;
  } catch (error) {
    if (error instanceof LbError && error.code === code) return false;
    throw error;
  }
}
