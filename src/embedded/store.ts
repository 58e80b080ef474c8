import type { KubeObject } from './kube-object.ts';
import { frozen, withMetadata } from './kube-object.ts';

/** One committed write. */
export interface Change {
  readonly version: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly key: string;
  /** The object as stored; of a deletion the last stored state, with the version of the deletion. */
  readonly object: KubeObject;
  /** The state before; absent for an object that was added. */
  readonly previous?: KubeObject;
}

/** `namespace/name`, or the name alone. */
export const storeKey = (namespace: string | undefined, name: string): string => (namespace === undefined ? name : `${namespace}/${name}`);

/**
 * One resource's objects and its recent history. Objects are frozen; a write replaces one, it never changes one.
 * Invariants: `#keys` holds exactly the keys of `#objects`, sorted; `#history` is ascending in version and complete from
 * `compactedAt` (exclusive) on.
 */
export class Collection {
  readonly #objects = new Map<string, KubeObject>();
  readonly #keys: string[] = [];
  #history: Change[] = [];
  #compactedAt: number;
  readonly #keep: number;

  constructor(keep: number, bornAt: number) {
    this.#keep = keep;
    this.#compactedAt = bornAt;
  }

  /** Changes up to this version are forgotten. */
  get compactedAt(): number {
    return this.#compactedAt;
  }

  get(key: string): KubeObject | undefined {
    return this.#objects.get(key);
  }

  /** Keys with this prefix that are not before `from`, ascending. */
  keys(prefix: string, from: string): readonly string[] {
    const start = this.#position(from > prefix ? from : prefix);
    return this.#keys.slice(start, prefix === '' ? undefined : this.#position(`${prefix}\uffff`));
  }

  /** Changes after `version`; undefined where they are not all known any more. */
  changesAfter(version: number): readonly Change[] | undefined {
    if (version < this.#compactedAt) return undefined;
    let [low, high] = [0, this.#history.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#history[middle]?.version ?? 0) > version) high = middle;
      else low = middle + 1;
    }
    return this.#history.slice(low);
  }

  compact(at: number): void {
    this.#history = [];
    this.#compactedAt = at;
  }

  apply(change: Change): void {
    if (change.type === 'DELETED') {
      this.#objects.delete(change.key);
      this.#keys.splice(this.#position(change.key), 1);
    } else {
      if (change.type === 'ADDED') this.#keys.splice(this.#position(change.key), 0, change.key);
      this.#objects.set(change.key, change.object);
    }
    this.#history.push(change);
    if (this.#history.length < this.#keep * 2) return;
    this.#history = this.#history.slice(-this.#keep);
    this.#compactedAt = (this.#history[0]?.version ?? change.version) - 1;
  }

  /** Where `key` is or would be. */
  #position(key: string): number {
    let [low, high] = [0, this.#keys.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#keys[middle] ?? '') < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

type Listener = (collection: string, change: Change) => void;

/** All collections under one counter of versions. Writes are synchronous; listeners hear of each in order. */
export class Store {
  readonly #collections = new Map<string, Collection>();
  readonly #listeners: Listener[] = [];
  readonly #keep: number;
  #version = 0;

  /** @param keep how many changes each collection remembers at least. */
  constructor(keep: number) {
    this.#keep = keep;
  }

  get version(): number {
    return this.#version;
  }

  collection(name: string): Collection {
    const known = this.#collections.get(name);
    if (known !== undefined) return known;
    const made = new Collection(this.#keep, 0);
    this.#collections.set(name, made);
    return made;
  }

  /** Every collection there is, by name. */
  get collections(): ReadonlyMap<string, Collection> {
    return this.#collections;
  }

  onChange(listener: Listener): void {
    this.#listeners.push(listener);
  }

  /** Stores the object under the next version and returns it as stored. */
  put(collection: string, key: string, object: KubeObject): KubeObject {
    const previous = this.collection(collection).get(key);
    const version = ++this.#version;
    const stored = frozen(withMetadata(object, { resourceVersion: String(version) }));
    const change = { version, type: previous === undefined ? 'ADDED' : 'MODIFIED', key, object: stored } as const;
    this.#commit(collection, previous === undefined ? change : { ...change, previous });
    return stored;
  }

  /** Removes the object; returns its last state under the version of the deletion. */
  remove(collection: string, key: string): KubeObject | undefined {
    const previous = this.collection(collection).get(key);
    if (previous === undefined) return undefined;
    const version = ++this.#version;
    const object = frozen(withMetadata(previous, { resourceVersion: String(version) }));
    this.#commit(collection, { version, type: 'DELETED', key, object, previous });
    return object;
  }

  /** Forgets all history: watches from before and continue tokens end with 410. */
  compact(): void {
    for (const collection of this.#collections.values()) collection.compact(this.#version);
  }

  #commit(collection: string, change: Change): void {
    this.collection(collection).apply(change);
    for (const listener of this.#listeners) listener(collection, change);
  }
}
