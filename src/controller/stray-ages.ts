import type { Clock } from '../clock.ts';
import { asLbError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { ProviderName } from '../model/ids.ts';
import { formatStrays, parseStrays, strayDigest } from './stray-mark.ts';

/** Where it is kept over a restart: an annotation of the Lease. Without a Lease nothing is. */
export interface StrayMark {
  read(): string | undefined;
  write(value: string | undefined): Promise<void>;
}

interface Known {
  /** Wall time. */
  readonly since: number;
  /** The same moment on the monotonic clock, which may be before this life. */
  readonly seenAt: number;
}

/**
 * Since when each stray is one. A stray that is none for one round, for whatever reason, begins anew. Only what passed before
 * a restart is taken from the wall clock, all else from the monotonic one: a clock put right by a year makes nothing old.
 */
export class StrayAges {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #mark: StrayMark;
  readonly #known = new Map<ProviderName, Map<string, Known>>();
  /** From an earlier life and not seen in this one yet, by digest. */
  #kept: Map<string, number> | undefined;
  #saved: string | undefined;

  constructor(clock: Clock, log: Log, mark: StrayMark) {
    this.#clock = clock;
    this.#log = log;
    this.#mark = mark;
  }

  /** Takes in the strays of one complete inventory. Gives those not known before. */
  note(provider: ProviderName, keys: readonly string[]): readonly string[] {
    const kept = this.#load();
    const before = this.#known.get(provider) ?? new Map<string, Known>();
    const now = new Map<string, Known>();
    const fresh: string[] = [];
    for (const key of keys) {
      const digest = strayDigest(provider, key);
      const known = before.get(key);
      const wall = this.#clock.now();
      const since = Math.min(kept.get(digest) ?? wall, wall);
      if (known === undefined && !kept.has(digest)) fresh.push(key);
      now.set(key, known ?? { since, seenAt: this.#clock.monotonic() - (wall - since) });
      kept.delete(digest);
    }
    this.#known.set(provider, now);
    return fresh;
  }

  /** Every provider has been looked at: what nobody showed is gone. */
  forgetUnseen(): void {
    this.#kept?.clear();
  }

  /** Wall time since when it is a stray; undefined where it is none. */
  since(provider: ProviderName, key: string): number | undefined {
    return this.#known.get(provider)?.get(key)?.since;
  }

  /** For how many milliseconds it has been a stray; 0 where it is none. */
  ageMs(provider: ProviderName, key: string): number {
    const known = this.#known.get(provider)?.get(key);
    return known === undefined ? 0 : this.#clock.monotonic() - known.seenAt;
  }

  /** Writes down what has changed. A failure costs no more than a count that begins anew after a restart. */
  async save(): Promise<void> {
    const all = new Map(this.#kept);
    for (const [provider, strays] of this.#known) for (const [key, { since }] of strays) all.set(strayDigest(provider, key), since);
    const text = all.size === 0 ? undefined : formatStrays(all);
    if (text === this.#saved) return;
    try {
      await this.#mark.write(text);
      this.#saved = text;
    } catch (thrown) {
      this.#log.warn({ error: asLbError(thrown) }, 'since when strays are known could not be written down');
    }
  }

  #load(): Map<string, number> {
    if (this.#kept === undefined) {
      this.#saved = this.#mark.read();
      this.#kept = new Map(parseStrays(this.#saved));
    }
    return this.#kept;
  }
}
