import type { Clock } from '../../../src/clock.ts';
import type { ApiClass } from '../api/limiter.ts';

/** What Amazon lets through of one class of actions: so many at once, and so many a second from then on. */
export interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

/** The token buckets of one account in one region. A class without a rate is not throttled. */
export class Throttle {
  readonly #clock: Clock;
  readonly #rates: Partial<Readonly<Record<ApiClass, Rate>>>;
  readonly #buckets = new Map<ApiClass, { readonly tokens: number; readonly at: number }>();

  constructor(clock: Clock, rates: Partial<Readonly<Record<ApiClass, Rate>>>) {
    this.#clock = clock;
    this.#rates = rates;
  }

  /** Takes a token; false where there is none left. */
  lets(kind: ApiClass): boolean {
    const rate = this.#rates[kind];
    if (rate === undefined) return true;
    const now = this.#clock.monotonic();
    const { tokens, at } = this.#buckets.get(kind) ?? { tokens: rate.burst, at: now };
    const filled = Math.min(tokens + ((now - at) / 1000) * rate.perSecond, rate.burst);
    this.#buckets.set(kind, { tokens: filled < 1 ? filled : filled - 1, at: now });
    return filled >= 1;
  }
}
