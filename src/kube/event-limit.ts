import { RecentMap } from './recent-map.ts';

const burst = 25;
const refillMs = 300_000;
const objects = 4_096;

/** How many events one object may have: 25 at once, then one every 5 minutes, as client-go's recorder allows. */
export class EventLimit {
  readonly #buckets = new RecentMap<{ tokens: number; at: number }>(objects);

  /** Takes one; false where none is left. `nowMs` is monotonic. */
  allows(object: string, nowMs: number): boolean {
    const bucket = this.#buckets.get(object) ?? { tokens: burst, at: nowMs };
    const tokens = Math.min(burst, bucket.tokens + (nowMs - bucket.at) / refillMs);
    const allowed = tokens >= 1;
    this.#buckets.set(object, { tokens: allowed ? tokens - 1 : tokens, at: nowMs });
    return allowed;
  }
}
