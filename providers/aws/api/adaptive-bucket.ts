import type { Clock } from '../../../src/clock.ts';
import { LbError } from '../../../src/errors.ts';

/** What one class of requests may do while nothing is throttled, and how it waits. */
export interface BucketOptions {
  /** For people: `changes of load balancers`. */
  readonly of: string;
  readonly perSecond: number;
  readonly burst: number;
  /** Longest time `take` waits, in milliseconds; what would wait longer is sent away with the time to come back. */
  readonly patienceMs: number;
}

/** Slower than this it never gets, so that it always finds out when the cloud has recovered. */
const slowestPerSecond = 0.2;
const firstHoldMs = 1_000;
const longestHoldMs = 60_000;
/** Share of the full rate that each success gives back: twenty make good for a standstill. */
const recoveryPerSuccess = 1 / 20;
/** Nobody is told to come back later than this: by then the rate may be another. */
const longestPromiseMs = 60_000;

interface Waiter {
  /** Monotonic; later than this it waits for nobody. */
  readonly until: number;
  readonly serve: () => void;
  readonly sendAway: (error: LbError) => void;
}

/**
 * Token bucket that learns the cloud's rate: a throttled answer halves its own and holds everything back for a time that
 * doubles from one such answer to the next, a success raises the rate by a little. First come, first served. Over any time
 * it lets through no more than `burst + perSecond × time`.
 */
export class AdaptiveBucket {
  readonly #clock: Clock;
  readonly #options: BucketOptions;
  readonly #waiting = new Set<Waiter>();
  #perSecond: number;
  #tokens: number;
  /** Up to when tokens have been added; in the future while held. */
  #filledAt: number;
  #nextHoldMs = firstHoldMs;
  /** The moment the last one sent away was told; the next is told a later one, so that a crowd does not come back as one. */
  #promised = 0;
  #cancelTimer: (() => void) | undefined;

  constructor(clock: Clock, options: BucketOptions) {
    this.#clock = clock;
    this.#options = options;
    this.#perSecond = options.perSecond;
    this.#tokens = options.burst;
    this.#filledAt = clock.monotonic();
  }

  /** Requests a second that it lets through now. */
  get perSecond(): number {
    return this.#perSecond;
  }

  /**
   * Resolves when one request may be sent; rejects when the signal aborts.
   * @throws LbError `CloudThrottled` with `retryAfterMs` where that would take longer than `patienceMs`
   */
  async take(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.#fill();
    if (this.#waiting.size === 0 && this.#has()) {
      this.#tokens -= 1;
      return;
    }
    const waitMs = this.#waitMsBehind(this.#waiting.size);
    if (waitMs > this.#options.patienceMs) throw this.#comeBack(waitMs);
    await this.#turn(signal);
  }

  /** The cloud answered that there were too many. Returns for how long nothing more is sent, in milliseconds. */
  throttled(): number {
    const now = this.#clock.monotonic();
    this.#fill();
    // What was sent before the hold began tells the same story once more.
    if (this.#isHeld()) return Math.ceil(this.#filledAt - now);
    const holdMs = this.#nextHoldMs;
    this.#nextHoldMs = Math.min(holdMs * 2, longestHoldMs);
    this.#perSecond = Math.max(this.#perSecond / 2, Math.min(slowestPerSecond, this.#options.perSecond));
    // After the hold one request goes to see whether the cloud has recovered.
    this.#tokens = 1;
    this.#filledAt = now + holdMs;
    this.#sendAwayTheImpatient(now);
    this.#schedule();
    return holdMs;
  }

  /** The cloud did what was asked. */
  succeeded(): void {
    this.#fill();
    // Sent before the hold began: it says nothing about the time since.
    if (this.#isHeld()) return;
    this.#nextHoldMs = firstHoldMs;
    this.#perSecond = Math.min(this.#options.perSecond, this.#perSecond + this.#options.perSecond * recoveryPerSuccess);
    this.#schedule();
  }

  #turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#waiting.delete(waiter);
        signal.removeEventListener('abort', abort);
      };
      const abort = () => {
        leave();
        this.#schedule();
        reject(signal.reason as Error); // an abort reason is an Error throughout this project
      };
      const waiter: Waiter = {
        until: this.#clock.monotonic() + this.#options.patienceMs,
        serve: () => {
          leave();
          resolve();
        },
        sendAway: (error) => {
          leave();
          reject(error);
        },
      };
      signal.addEventListener('abort', abort, { once: true });
      this.#waiting.add(waiter);
      this.#schedule();
    });
  }

  #isHeld(): boolean {
    return this.#filledAt > this.#clock.monotonic();
  }

  #has(): boolean {
    return this.#tokens >= 1 && !this.#isHeld();
  }

  #fill(): void {
    const now = this.#clock.monotonic();
    if (now <= this.#filledAt) return;
    this.#tokens = Math.min(this.#options.burst, this.#tokens + ((now - this.#filledAt) / 1_000) * this.#perSecond);
    this.#filledAt = now;
  }

  /** How long one waits who has so many before them; counted after `#fill`. */
  #waitMsBehind(others: number): number {
    const heldMs = this.#filledAt - this.#clock.monotonic();
    const missing = Math.max(others + 1 - this.#tokens, 0);
    return Math.ceil(heldMs + (missing / this.#perSecond) * 1_000);
  }

  #comeBack(waitMs: number): LbError {
    const now = this.#clock.monotonic();
    const at = Math.min(Math.max(now + waitMs, this.#promised + 1_000 / this.#perSecond), now + longestPromiseMs);
    this.#promised = at;
    return new LbError('CloudThrottled', `${this.#options.of} are slowed down to what Amazon allows`, {
      retryAfterMs: Math.ceil(at - now),
    });
  }

  #sendAwayTheImpatient(now: number): void {
    let before = 0;
    for (const waiter of this.#waiting) {
      const waitMs = this.#waitMsBehind(before);
      if (now + waitMs > waiter.until) waiter.sendAway(this.#comeBack(waitMs));
      else before += 1;
    }
  }

  #schedule(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    if (this.#waiting.size === 0) return;
    this.#cancelTimer = this.#clock.after(this.#waitMsBehind(0), () => {
      this.#fill();
      this.#serve();
      this.#schedule();
    });
  }

  #serve(): void {
    for (const waiter of this.#waiting) {
      if (!this.#has()) return;
      this.#tokens -= 1;
      waiter.serve();
    }
  }
}
