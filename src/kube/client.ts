import type { Clock } from '../clock.ts';
import { LbError } from '../errors.ts';
import type { JsonObject } from '../model/json.ts';
import { withDeadline } from './deadline.ts';
import { errorOfFailure } from './network-error.ts';
import { errorOfAnswer, errorOfStatusObject } from './status-error.ts';
import type { KubeRequest, KubeResponse, KubeTransport } from './transport.ts';

export interface KubeClientOptions {
  readonly transport: KubeTransport;
  readonly clock: Clock;
  /** Deadline of a call that names none, in milliseconds; 15 s by default. */
  readonly timeoutMs?: number;
  /** `leader` for the client of the Lease, whose renewals must never queue behind others. */
  readonly lane?: KubeRequest['lane'];
}

/** `merge`: RFC 7386. `strategic`: Kubernetes' own, lists merged by key. `json`: RFC 6902, a list of operations. */
export type PatchKind = 'merge' | 'strategic' | 'json';

export interface CallOptions {
  readonly timeoutMs?: number;
  /** Called when the request leaves, after every wait; the call rejects with what it throws, and nothing has left. */
  readonly lastCheck?: () => void;
}

export interface WatchOptions {
  /** Absent: what there is comes first, as `ADDED`, and a `SYNCED` after the last of it (WatchList). */
  readonly resourceVersion?: string;
  /** When the server is to end the stream. */
  readonly timeoutSeconds: number;
  /** Called when the server has agreed. */
  readonly opened?: () => void;
}

export interface WatchEvent {
  /** `SYNCED` is the bookmark at the end of what there was when the watch began. */
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'SYNCED';
  readonly object: JsonObject;
}

const pageSize = 500;
/** A server ends a watch at its timeout; silence for so long after that means a dead connection. */
const watchGraceMs = 30_000;
/** How long a server may take to agree to a watch, and to go on while it still says what there is. */
const openMs = 30_000;
const endOfInitialEvents = 'k8s.io/initial-events-end';
const fieldManager = 'fieldManager=portolan';

/**
 * The verbs of the Kubernetes API on plain JSON. Every call has a deadline by the clock and rejects with an LbError
 * (`ApiUnavailable`, `ApiThrottled`, `ApiConflict`, `ApiForbidden`, `ApiRejected`, `ApiExpired`, `ApiNotFound`), or with
 * the signal's reason when that aborts. Nothing is retried here.
 */
export class KubeClient {
  readonly #transport: KubeTransport;
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #lane: NonNullable<KubeRequest['lane']>;

  constructor(options: KubeClientOptions) {
    this.#transport = options.transport;
    this.#clock = options.clock;
    this.#timeoutMs = options.timeoutMs ?? 15_000;
    this.#lane = options.lane ?? 'calls';
  }

  get(path: string, signal: AbortSignal, options: CallOptions = {}): Promise<JsonObject> {
    return this.#call('GET', path, signal, options);
  }

  /**
   * Everything of a collection, in pages, as of one resource version. `take` turns each object into what is kept, so that a
   * big cluster is never held twice. Where the snapshot expires between two pages, the whole is read again in one answer.
   */
  async list<T>(path: string, signal: AbortSignal, take: (object: JsonObject) => T): Promise<{ items: T[]; resourceVersion: string }> {
    let items: T[] = [];
    let more = `limit=${pageSize}`;
    for (;;) {
      try {
        const page = await this.#call('GET', withQuery(path, more), signal, {});
        for (const item of itemsOf(page, path)) items.push(take(item));
        const next = metadataOf(page)['continue'];
        if (typeof next !== 'string' || next === '') return { items, resourceVersion: versionOf(page) ?? '' };
        more = `limit=${pageSize}&continue=${encodeURIComponent(next)}`;
      } catch (error) {
        if (!(error instanceof LbError && error.code === 'ApiExpired') || more === '') throw error;
        items = [];
        more = '';
      }
    }
  }

  create(path: string, body: JsonObject, signal: AbortSignal, options: CallOptions = {}): Promise<JsonObject> {
    return this.#call('POST', withQuery(path, fieldManager), signal, options, 'application/json', body);
  }

  patch(
    path: string,
    kind: PatchKind,
    body: JsonObject | readonly JsonObject[],
    signal: AbortSignal,
    options: CallOptions = {},
  ): Promise<JsonObject> {
    const type = `application/${kind === 'json' ? 'json' : kind === 'merge' ? 'merge' : 'strategic-merge'}-patch+json`;
    return this.#call('PATCH', withQuery(path, fieldManager), signal, options, type, body);
  }

  /** Only for objects read as plain JSON and given back whole: a field unknown here must survive. */
  replace(path: string, body: JsonObject, signal: AbortSignal, options: CallOptions = {}): Promise<JsonObject> {
    return this.#call('PUT', withQuery(path, fieldManager), signal, options, 'application/json', body);
  }

  /** With a resourceVersion: `ApiConflict` when the object moved on. */
  async delete(path: string, signal: AbortSignal, preconditions: { resourceVersion?: string; uid?: string } = {}): Promise<void> {
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions };
    await this.#call('DELETE', path, signal, {}, 'application/json', body);
  }

  /**
   * Changes after `resourceVersion`, bookmarks included, until the server ends the stream after `timeoutSeconds`.
   * @throws LbError `ApiExpired` when the version is too old, also in mid-stream; `InvalidObject` on a line that is no event;
   *   without a resourceVersion `ApiRejected` where the server cannot stream what there is.
   */
  async *watch(path: string, options: WatchOptions, signal: AbortSignal): AsyncIterable<WatchEvent> {
    if (signal.aborted) throw signal.reason as Error; // an abort reason is an Error throughout this project
    const what = `watch ${path}`;
    const { resourceVersion } = options;
    const start =
      resourceVersion === undefined
        ? 'sendInitialEvents=true&resourceVersionMatch=NotOlderThan'
        : `resourceVersion=${encodeURIComponent(resourceVersion)}`;
    const query = `watch=true&allowWatchBookmarks=true&${start}&timeoutSeconds=${options.timeoutSeconds}`;
    const idleMs = options.timeoutSeconds * 1_000 + watchGraceMs;
    const inner = new AbortController();
    const give = (text: string) => () => inner.abort(new LbError('ApiUnavailable', `${what}: ${text}`));
    let cancelStarting = this.#clock.after(openMs, give(`no answer within ${openMs / 1_000} s`));
    const cancelStalled = this.#clock.after(idleMs, give('the stream went silent'));
    const pass = () => inner.abort(signal.reason);
    signal.addEventListener('abort', pass, { once: true });
    const stillComing = () => {
      cancelStarting();
      cancelStarting = this.#clock.after(openMs, give('the server does not say that this was all'));
    };
    let synced = resourceVersion !== undefined;
    const opened = () => {
      if (synced) cancelStarting();
      else stillComing();
      options.opened?.();
    };
    try {
      for await (const line of this.#transport.watch({ path: withQuery(path, query), signal: inner.signal, idleMs, opened })) {
        const event = parseEvent(line, what);
        if (!synced) {
          synced = event.type === 'SYNCED';
          if (synced) cancelStarting();
          else stillComing();
        }
        yield event;
      }
      if (inner.signal.aborted) throw inner.signal.reason as Error; // as above
    } catch (error) {
      if (signal.aborted) throw signal.reason as Error; // as above
      throw errorOfFailure(inner.signal.aborted ? inner.signal.reason : error, what);
    } finally {
      cancelStarting();
      cancelStalled();
      signal.removeEventListener('abort', pass);
    }
  }

  async #call(
    method: string,
    path: string,
    signal: AbortSignal,
    options: CallOptions,
    contentType?: string,
    body?: unknown,
  ): Promise<JsonObject> {
    const what = `${method} ${path.split('?', 1)[0]}`;
    const timeoutMs = options.timeoutMs ?? this.#timeoutMs;
    let answer: KubeResponse;
    try {
      answer = await withDeadline(this.#clock, timeoutMs, signal, what, (inner) =>
        this.#transport.request({
          method,
          path,
          signal: inner,
          timeoutMs,
          lane: this.#lane,
          ...(options.lastCheck === undefined ? {} : { lastCheck: options.lastCheck }),
          headers: { accept: 'application/json', ...(contentType === undefined ? {} : { 'content-type': contentType }) },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        }),
      );
    } catch (error) {
      if (signal.aborted) throw signal.reason as Error; // as above
      throw errorOfFailure(error, what);
    }
    if (answer.status < 200 || answer.status > 299) throw errorOfAnswer(answer, what);
    return parseObject(answer.body, what);
  }
}

/** `metadata` of an object as it came; empty where there is none. */
export function metadataOf(object: JsonObject): JsonObject {
  const metadata = object['metadata'];
  return isObject(metadata) ? metadata : {};
}

/** The resource version of an object or a list. */
export function versionOf(object: JsonObject): string | undefined {
  const version = metadataOf(object)['resourceVersion'];
  return typeof version === 'string' && version !== '' ? version : undefined;
}

const withQuery = (path: string, query: string): string => (query === '' ? path : `${path}${path.includes('?') ? '&' : '?'}${query}`);

function itemsOf(page: JsonObject, path: string): readonly JsonObject[] {
  const items = page['items'] ?? [];
  if (!Array.isArray(items)) throw new LbError('InvalidObject', `GET ${path}: the list has no items`);
  return items.map((item: unknown) => (isObject(item) ? item : {}));
}

function parseEvent(line: string, what: string): WatchEvent {
  const { type, object } = parseObject(line, what);
  if (type === 'ERROR') throw errorOfStatusObject(object, what);
  if (type === 'BOOKMARK' && isObject(object) && isEndOfInitialEvents(object)) return { type: 'SYNCED', object };
  if ((type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED' || type === 'BOOKMARK') && isObject(object)) return { type, object };
  throw new LbError('InvalidObject', `${what}: a line is no watch event`);
}

function isEndOfInitialEvents(bookmark: JsonObject): boolean {
  const annotations = metadataOf(bookmark)['annotations'];
  return isObject(annotations) && annotations[endOfInitialEvents] === 'true';
}

function parseObject(text: string, what: string): JsonObject {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new LbError('InvalidObject', `${what}: the answer is not JSON`, { cause: error });
  }
  if (isObject(parsed)) return parsed;
  throw new LbError('InvalidObject', `${what}: the answer is no JSON object`);
}

const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);
