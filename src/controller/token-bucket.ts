import type { Clock } from '../clock.ts';
import type { Budget } from '../provider.ts';
import type { Lane } from './lane-queue.ts';

interface Waiter {
  readonly resolve: () => void;
}

/** The call budget of one credential: so many calls at once, so many a second, foreground first. */
export class TokenBucket implements Budget {
  readonly #clock: Clock;
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #waiting: Record<Lane, Set<Waiter>> = { foreground: new Set(), background: new Set() };
  #tokens: number;
  #filledAt: number;
  #timer: (() => void) | undefined;

  constructor(clock: Clock, options: { readonly perSecond: number; readonly burst: number }) {
    this.#clock = clock;
    this.#perSecond = options.perSecond;
    this.#burst = options.burst;
    this.#tokens = options.burst;
    this.#filledAt = clock.monotonic();
  }

  take(lane: Lane, signal: AbortSignal): Promise<void> {
    this.#fill();
    const nobodyWaits = this.#waiting.foreground.size === 0 && (lane === 'foreground' || this.#waiting.background.size === 0);
    if (this.#tokens >= 1 && nobodyWaits) {
      this.#tokens -= 1;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const waiter = {
        resolve: () => {
          signal.removeEventListener('abort', abort);
          resolve();
        },
      };
      const abort = () => {
        this.#waiting[lane].delete(waiter);
        reject(signal.reason as Error); // an abort reason is an Error throughout this project
      };
      if (signal.aborted) return abort();
      signal.addEventListener('abort', abort, { once: true });
      this.#waiting[lane].add(waiter);
      this.#schedule();
    });
  }

  #fill(): void {
    const now = this.#clock.monotonic();
    this.#tokens = Math.min(this.#burst, this.#tokens + ((now - this.#filledAt) / 1000) * this.#perSecond);
    this.#filledAt = now;
  }

  #schedule(): void {
    if (this.#timer !== undefined || this.#waiting.foreground.size + this.#waiting.background.size === 0) return;
    const waitMs = Math.max(((1 - this.#tokens) / this.#perSecond) * 1000, 0);
    this.#timer = this.#clock.after(Math.ceil(waitMs), () => {
      this.#timer = undefined;
      this.#fill();
      this.#serve();
      this.#schedule();
    });
  }

  #serve(): void {
    for (const lane of ['foreground', 'background'] as const) {
      for (const waiter of this.#waiting[lane]) {
        if (this.#tokens < 1) return;
        this.#tokens -= 1;
        this.#waiting[lane].delete(waiter);
        waiter.resolve();
      }
    }
  }
}
