import type { Log } from '../log.ts';

/** Which object, and which state of it. */
export interface Identity {
  /** `namespace/name`, or the name where there is no namespace. */
  readonly key: string;
  readonly uid: string;
  /** `metadata.resourceVersion`: opaque, equal means the same state. */
  readonly version: string;
}

/** Only `new`: it appeared. Only `old`: it is gone, and this is the last that was seen of it. Both: it changed. */
export interface Change<T> {
  readonly old?: T;
  readonly new?: T;
}

interface Entry<T> {
  readonly identity: Identity;
  readonly item: T;
}

/**
 * What the API server has of one kind. For each UID the changes are a chain: one appearance, then each `old` is the `new`
 * before it, then at most one end. A name used again by another UID is an end and an appearance, never a change.
 */
export class Store<T> {
  readonly #byKey = new Map<string, Entry<T>>();
  readonly #byUid = new Map<string, Entry<T>>();
  readonly #listeners = new Set<(change: Change<T>) => void>();
  readonly #waiting = new Set<() => void>();
  readonly #unreadable = new Map<string, string | undefined>();
  readonly #log: Log;
  #synced = false;

  constructor(log: Log) {
    this.#log = log;
  }

  /** True once a complete list was taken in. It stays true. */
  get synced(): boolean {
    return this.#synced;
  }

  get size(): number {
    return this.#byKey.size;
  }

  /**
   * Objects that exist and could not be read, UID by key. Those read before stay in the store as they were last; of the
   * others nothing is known, so nothing that could be theirs may be called stray.
   */
  get unreadable(): ReadonlyMap<string, string | undefined> {
    return this.#unreadable;
  }

  get(key: string): T | undefined {
    return this.#byKey.get(key)?.item;
  }

  byUid(uid: string): T | undefined {
    return this.#byUid.get(uid)?.item;
  }

  list(): T[] {
    return [...this.#byKey.values()].map((entry) => entry.item);
  }

  /** Calls back on every change from now on, in order, after the store shows it. Returns the way out. */
  onChange(listener: (change: Change<T>) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Calls back once: at once when synced, else right after the changes of the first complete list. */
  onSynced(listener: () => void): () => void {
    if (this.#synced) this.#call(listener);
    else this.#waiting.add(listener);
    return () => void this.#waiting.delete(listener);
  }

  /** Takes in one object as it is now; the same state again is not a change. */
  put(identity: Identity, item: T): void {
    this.#unreadable.delete(identity.key);
    const before = this.#byKey.get(identity.key);
    if (before?.identity.uid === identity.uid && before.identity.version === identity.version) return;
    if (before !== undefined && before.identity.uid !== identity.uid) this.#remove(before);
    const entry = { identity, item };
    this.#byKey.set(identity.key, entry);
    this.#byUid.set(identity.uid, entry);
    const old = before?.identity.uid === identity.uid ? before.item : undefined;
    this.#tell(old === undefined ? { new: item } : { old, new: item });
  }

  /** It is gone. A UID that is not the stored one belongs to an earlier object of that name: nothing happens. */
  delete(key: string, uid: string | undefined): void {
    this.#unreadable.delete(key);
    const entry = this.#byKey.get(key);
    if (entry !== undefined && (uid === undefined || entry.identity.uid === uid)) this.#remove(entry);
  }

  /** It exists and cannot be read: its last readable state stays, unless another UID has its name now. */
  keepUnreadable(key: string, uid: string | undefined): void {
    const entry = this.#byKey.get(key);
    if (entry !== undefined && uid !== undefined && entry.identity.uid !== uid) this.#remove(entry);
    this.#unreadable.set(key, uid);
  }

  /** A complete list: what is not in it is gone. */
  replace(
    complete: readonly { readonly identity: Identity; readonly item: T }[],
    unreadable: ReadonlyMap<string, string | undefined>,
  ): void {
    const present = new Set(complete.map(({ identity }) => identity.key));
    for (const [key, entry] of this.#byKey) if (!present.has(key) && !unreadable.has(key)) this.#remove(entry);
    for (const { identity, item } of complete) this.put(identity, item);
    this.#unreadable.clear();
    for (const [key, uid] of unreadable) this.keepUnreadable(key, uid);
    if (this.#synced) return;
    this.#synced = true;
    for (const listener of this.#waiting) this.#call(listener);
    this.#waiting.clear();
  }

  #remove(entry: Entry<T>): void {
    this.#byKey.delete(entry.identity.key);
    this.#byUid.delete(entry.identity.uid);
    this.#tell({ old: entry.item });
  }

  #tell(change: Change<T>): void {
    for (const listener of this.#listeners) this.#call(() => listener(change));
  }

  /** A listener that throws must not keep the others, or the stream, from going on. */
  #call(listener: () => void): void {
    try {
      listener();
    } catch (error) {
      this.#log.error({ error }, 'a listener of a store failed');
    }
  }
}
