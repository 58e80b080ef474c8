import type { Clock } from '../clock.ts';
import type { JsonObject } from '../model/json.ts';
import { expired, type StatusError } from './status-object.ts';
import type { Change, Collection, Store } from './store.ts';
import { WatchStream } from './watch-stream.ts';
import type { KubeObject } from './kube-object.ts';
import type { ListOptions } from './list-options.ts';

/** How often a watch that allows them gets a bookmark, and how long before its end it gets the last one. */
const bookmarkEveryMs = 60_000;
const lastBookmarkBeforeMs = 2_000;
/** How long a watch lasts that does not say. */
const defaultTimeoutMs = 1_800_000;

export interface WatchRequest {
  readonly collection: string;
  /** Only keys with this prefix. */
  readonly prefix: string;
  readonly options: ListOptions;
  /** How clients see a stored object. */
  readonly show: (object: KubeObject) => JsonObject;
  /** An empty object of the watched kind, for bookmarks. */
  readonly bookmark: (metadata: JsonObject) => JsonObject;
}

interface Watcher extends WatchRequest {
  readonly stream: WatchStream;
}

/** All watches that are open: passes on every change of the store, sends bookmarks, ends those whose time is over. */
export class Watches {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #open = new Map<string, Set<Watcher>>();

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
    store.onChange((collection, change) => {
      for (const watcher of this.#open.get(collection) ?? []) send(watcher, change);
    });
  }

  /**
   * Opens a watch. Without a version, or from 0, it begins with an ADDED for what there is; from a version on, with what
   * happened after it; where that is forgotten, it is one ERROR with a 410 and ends.
   */
  open(request: WatchRequest): WatchStream {
    const timers = new Map<string, () => void>();
    const stream = new WatchStream(() => {
      for (const cancel of timers.values()) cancel();
      this.#open.get(request.collection)?.delete(watcher);
    });
    const watcher: Watcher = { ...request, stream };
    if (!this.#catchUp(watcher)) return stream;
    const open = this.#open.get(request.collection) ?? new Set();
    this.#open.set(request.collection, open.add(watcher));
    this.#setTimers(watcher, timers);
    return stream;
  }

  /** Ends every watch, as a restarting server does. */
  drop(): void {
    for (const watcher of this.#all()) watcher.stream.end();
  }

  /** Ends every watch with a 410. */
  expire(): void {
    for (const watcher of this.#all()) fail(watcher.stream, watchExpired());
  }

  pause(): void {
    for (const watcher of this.#all()) watcher.stream.pause();
  }

  resume(): void {
    for (const watcher of this.#all()) watcher.stream.resume();
  }

  get count(): number {
    return this.#all().length;
  }

  #all(): readonly Watcher[] {
    return [...this.#open.values()].flatMap((watchers) => [...watchers]);
  }

  #catchUp(watcher: Watcher): boolean {
    const collection = this.#store.collection(watcher.collection);
    const { version = 0, initialEvents } = watcher.options;
    if (version > 0 && initialEvents !== true) return replay(watcher, collection, version);
    if (initialEvents === false) return true;
    for (const key of collection.keys(watcher.prefix, watcher.prefix)) {
      const object = collection.get(key);
      if (object !== undefined && watcher.options.matches(object)) watcher.stream.push({ type: 'ADDED', object: watcher.show(object) });
    }
    if (initialEvents === true && watcher.options.bookmarks) {
      this.#sendBookmark(watcher, { annotations: { 'k8s.io/initial-events-end': 'true' } });
    }
    return true;
  }

  #setTimers(watcher: Watcher, timers: Map<string, () => void>): void {
    const timeoutMs = watcher.options.timeoutSeconds === undefined ? defaultTimeoutMs : watcher.options.timeoutSeconds * 1000;
    timers.set(
      'end',
      this.#clock.after(timeoutMs, () => watcher.stream.end()),
    );
    if (!watcher.options.bookmarks) return;
    const last = timeoutMs - lastBookmarkBeforeMs;
    if (last > 0)
      timers.set(
        'last',
        this.#clock.after(last, () => this.#sendBookmark(watcher)),
      );
    const tick = (): void => {
      this.#sendBookmark(watcher);
      timers.set('tick', this.#clock.after(bookmarkEveryMs, tick));
    };
    timers.set('tick', this.#clock.after(bookmarkEveryMs, tick));
  }

  #sendBookmark(watcher: Watcher, more: JsonObject = {}): void {
    const object = watcher.bookmark({ resourceVersion: String(this.#store.version), ...more });
    watcher.stream.push({ type: 'BOOKMARK', object });
  }
}

const watchExpired = (): StatusError => expired('The resourceVersion for the provided watch is too old.');

function replay(watcher: Watcher, collection: Collection, version: number): boolean {
  const changes = collection.changesAfter(version);
  if (changes === undefined) {
    fail(watcher.stream, watchExpired());
    return false;
  }
  for (const change of changes) send(watcher, change);
  return true;
}

function fail(stream: WatchStream, error: StatusError): void {
  stream.push({ type: 'ERROR', object: error.body });
  stream.end();
}

/** An object that enters the selection is new to the reader, one that leaves it is gone. */
function send(watcher: Watcher, change: Change): void {
  if (!change.key.startsWith(watcher.prefix)) return;
  const { matches } = watcher.options;
  const was = change.previous !== undefined && matches(change.previous);
  const is = change.type !== 'DELETED' && matches(change.object);
  if (!was && !is) return;
  watcher.stream.push({ type: is ? (was ? 'MODIFIED' : 'ADDED') : 'DELETED', object: watcher.show(seenAs(change, is)) });
}

/** What a deletion shows is the state the reader knew, under the version of the change. */
function seenAs(change: Change, stays: boolean): KubeObject {
  if (stays || change.type === 'DELETED' || change.previous === undefined) return change.object;
  const version = change.object.metadata.resourceVersion;
  return { ...change.previous, metadata: { ...change.previous.metadata, ...(version === undefined ? {} : { resourceVersion: version }) } };
}
