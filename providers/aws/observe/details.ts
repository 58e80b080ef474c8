import type { Clock } from '../../../src/clock.ts';
import type { Arn } from '../api/elb.ts';
import type { Unread } from './have.ts';
import { SettledMap } from './settled-map.ts';

export interface DetailsParts<V extends object> {
  readonly clock: Clock;
  /** For how long an answer may lack what was written. */
  readonly settleMs: number;
  /** The fields that nobody but a writer changes. */
  readonly own: readonly (keyof V)[];
  /** All that hangs on one thing, by id. @throws LbError */
  readonly read: (parent: Arn, signal: AbortSignal) => Promise<ReadonlyMap<string, V>>;
}

interface Kept<V extends object> {
  readonly values: SettledMap<V>;
  /** Undefined: what is known does not count. */
  readAt: number | undefined;
}

/**
 * What hangs on things one by one: listeners on a load balancer, targets in a target group. Asked for when somebody needs it
 * of this thing, then known: from what this process wrote, and from the last answer. Only one caller at a time asks for one
 * thing, as the contract promises of a key.
 */
export class Details<V extends object> {
  readonly #parts: DetailsParts<V>;
  readonly #kept = new Map<Arn, Kept<V>>();

  constructor(parts: DetailsParts<V>) {
    this.#parts = parts;
  }

  /** Sorted by id. */
  of(parent: Arn): readonly V[] | Unread {
    const kept = this.#kept.get(parent);
    return kept?.readAt === undefined ? 'unread' : kept.values.values();
  }

  /**
   * Reads what is older than that. At an age of `Infinity` what nobody has asked for since the start stays unread, unless
   * something was written in doubt.
   * @throws LbError of the read
   */
  async atMost(parent: Arn, maxAgeMs: number, signal: AbortSignal): Promise<void> {
    const kept = this.#kept.get(parent);
    const now = this.#parts.clock.monotonic();
    if (kept === undefined ? maxAgeMs === Number.POSITIVE_INFINITY : kept.readAt !== undefined && now - kept.readAt <= maxAgeMs) return;
    await this.read(parent, signal);
  }

  /** Whatever is known. @throws LbError of the read */
  async read(parent: Arn, signal: AbortSignal): Promise<void> {
    const askedAt = this.#parts.clock.monotonic();
    const values = await this.#parts.read(parent, signal);
    const kept = this.#keep(parent);
    kept.values.list(values, askedAt);
    kept.readAt = askedAt;
  }

  /** The thing was made a moment ago, and this is what it is born with. */
  born(parent: Arn, values: ReadonlyMap<string, V> = new Map()): void {
    const kept = { values: new SettledMap<V>(this.#parts.settleMs, this.#parts.own), readAt: this.#parts.clock.monotonic() };
    kept.values.list(values, kept.readAt);
    this.#kept.set(parent, kept);
  }

  /** These were made, or set, there. */
  made(parent: Arn, values: Iterable<readonly [id: string, V]>): void {
    for (const [id, value] of values) this.#keep(parent).values.made(id, value, this.#parts.clock.monotonic());
  }

  changed(parent: Arn, id: string, fields: Partial<V>): void {
    this.#keep(parent).values.changed(id, fields, this.#parts.clock.monotonic());
  }

  removed(parent: Arn, ids: Iterable<string>): void {
    for (const id of ids) this.#keep(parent).values.removed(id, this.#parts.clock.monotonic());
  }

  /** Nobody knows how it stands: it is read before it is believed again. */
  doubted(parent: Arn): void {
    const { settleMs, own } = this.#parts;
    this.#kept.set(parent, { values: new SettledMap(settleMs, own), readAt: undefined });
  }

  /** The thing is gone, and all that hung on it. */
  gone(parent: Arn): void {
    this.#kept.delete(parent);
  }

  #keep(parent: Arn): Kept<V> {
    const { settleMs, own } = this.#parts;
    const kept = this.#kept.get(parent) ?? { values: new SettledMap<V>(settleMs, own), readAt: undefined };
    this.#kept.set(parent, kept);
    return kept;
  }
}
