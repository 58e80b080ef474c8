/**
 * What is known of the things of one kind, by id: what was listed last, and over it what was written since. A list may be
 * older than a write that was made before it was asked for (the cloud is eventually consistent): for `settleMs` after a
 * write the write is believed, not the list. What the cloud itself changes is always the list's to say.
 */
export class SettledMap<V extends object> {
  readonly #settleMs: number;
  /** The fields that nobody but a writer changes. */
  readonly #own: readonly (keyof V)[];
  readonly #listed = new Map<string, V>();
  readonly #written = new Map<string, Write<V>>();
  #listedAt = Number.NEGATIVE_INFINITY;

  constructor(settleMs: number, own: readonly (keyof V)[]) {
    this.#settleMs = settleMs;
    this.#own = own;
  }

  get(id: string): V | undefined {
    const write = this.#written.get(id);
    const listed = this.#listed.get(id);
    if (write === undefined) return listed;
    if (write.kind === 'gone') return undefined;
    if (write.kind === 'fields') return listed === undefined ? undefined : { ...listed, ...write.fields };
    return listed === undefined ? write.value : { ...listed, ...this.#ownOf(write.value), ...write.changed };
  }

  /** All there is, sorted by id. */
  values(): readonly V[] {
    const ids = new Set([...this.#listed.keys(), ...this.#written.keys()]);
    return [...ids].sort().flatMap((id) => this.get(id) ?? []);
  }

  /** Which of those that are known, and nobody here has removed, such a list lacks. */
  lackedBy(things: ReadonlyMap<string, V>): readonly string[] {
    return [...this.#listed.keys()].filter((id) => !things.has(id) && this.#written.get(id)?.kind !== 'gone');
  }

  /** A complete list that was asked for at `askedAt`. A list that was asked for before the one that is known says nothing new. */
  list(things: ReadonlyMap<string, V>, askedAt: number): void {
    if (askedAt < this.#listedAt) return;
    this.#listedAt = askedAt;
    this.#listed.clear();
    for (const [id, value] of things) this.#listed.set(id, value);
    for (const [id, { at }] of this.#written) if (askedAt - at >= this.#settleMs) this.#written.delete(id);
  }

  /** One of the list, as it was asked for by itself a moment ago. */
  seen(id: string, value: V): void {
    this.#listed.set(id, value);
  }

  /** It was made at `at`, as the answer told it. */
  made(id: string, value: V, at: number): void {
    this.#written.set(id, { kind: 'whole', value, changed: {}, at });
  }

  /** These fields of it were set. */
  changed(id: string, fields: Partial<V>, at: number): void {
    const before = this.#written.get(id);
    if (before?.kind === 'gone') return;
    if (before?.kind === 'whole')
      this.#written.set(id, { kind: 'whole', value: { ...before.value, ...fields }, changed: { ...before.changed, ...fields }, at });
    else this.#written.set(id, { kind: 'fields', fields: before?.kind === 'fields' ? { ...before.fields, ...fields } : fields, at });
  }

  removed(id: string, at: number): void {
    this.#written.set(id, { kind: 'gone', at });
  }

  /** Nobody knows what a write of it has done: lists are believed. */
  doubted(id: string): void {
    this.#written.delete(id);
  }

  #ownOf(value: V): Partial<V> {
    const fields: Partial<V> = {};
    for (const name of this.#own) fields[name] = value[name];
    return fields;
  }
}

type Write<V> =
  /** `changed`: what was set since it was made. */
  | { readonly kind: 'whole'; readonly value: V; readonly changed: Partial<V>; readonly at: number }
  | { readonly kind: 'fields'; readonly fields: Partial<V>; readonly at: number }
  | { readonly kind: 'gone'; readonly at: number };
