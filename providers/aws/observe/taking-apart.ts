import type { Clock } from '../../../src/clock.ts';
import type { LoadBalancerKey } from '../../../src/model/ids.ts';

/** What a load balancer had is held for about a minute after it is gone; nobody is told when it is free. */
const tryEveryMs = 20_000;
/** What is held for longer is held by something else. */
const patienceMs = 600_000;

/** Whose load balancers Amazon may still be taking apart, and when to try what that stands in the way of. */
export class TakingApart {
  readonly #clock: Clock;
  readonly #known = new Map<LoadBalancerKey, { readonly since: number; readonly until: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A load balancer of this owner's is gone since now. */
  begun(key: LoadBalancerKey): void {
    const now = this.#clock.monotonic();
    for (const [other, { since }] of this.#known) if (now - since > 2 * patienceMs) this.#known.delete(other);
    this.#known.set(key, { since: now, until: now + tryEveryMs });
  }

  /** Something that belonged to it is held still. False where that has lasted for too long to be Amazon's doing. */
  isStill(key: LoadBalancerKey): boolean {
    const now = this.#clock.monotonic();
    const since = this.#known.get(key)?.since ?? now;
    if (now - since > patienceMs) return false;
    this.#known.set(key, { since, until: now + tryEveryMs });
    return true;
  }

  /** For how many milliseconds more nothing is to be tried; undefined: it may be. */
  leftMs(key: LoadBalancerKey): number | undefined {
    const left = (this.#known.get(key)?.until ?? 0) - this.#clock.monotonic();
    return left > 0 ? left : undefined;
  }
}
