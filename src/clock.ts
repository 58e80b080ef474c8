/**
 * Time as a dependency. Everything that waits or stamps takes a Clock, so that tests and the conformance kit move time
 * by hand and no test sleeps.
 */
export interface Clock {
  /** Wall time in milliseconds since the epoch: for what is shown to people and written to objects. */
  now(): number;
  /** Milliseconds on a clock that never jumps: for measuring and for leases. */
  monotonic(): number;
  /** Runs `callback` once after `ms`; returns the cancel function, which may be called any number of times. */
  after(ms: number, callback: () => void): () => void;
}

/** The real clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, callback) {
    // Node clamps delays above 2^31-1 ms to 1 ms; nothing here waits for more than a day.
    const timer = setTimeout(callback, Math.min(Math.max(ms, 0), 86_400_000));
    return () => clearTimeout(timer);
  },
};

/** Resolves after `ms`, or rejects with the signal's reason as soon as it aborts. */
export function sleep(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason as Error); // an abort reason is an Error throughout this project
      return;
    }
    const abort = () => {
      cancel();
      reject(signal?.reason as Error); // as above
    };
    const cancel = clock.after(ms, () => {
      signal?.removeEventListener('abort', abort);
      resolve();
    });
    signal?.addEventListener('abort', abort, { once: true });
  });
}

/** A clock that stands still until told to move: for tests, simulators and the conformance kit. */
export class ManualClock implements Clock {
  #now: number;
  #sequence = 0;
  /** Pending timers; the earliest due one fires first, equal ones in the order they were set. */
  readonly #timers = new Map<number, { at: number; callback: () => void }>();

  constructor(startMs = Date.UTC(2026, 0, 1)) {
    this.#now = startMs;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now;
  }

  after(ms: number, callback: () => void): () => void {
    const id = this.#sequence++;
    this.#timers.set(id, { at: this.#now + Math.max(ms, 0), callback });
    return () => void this.#timers.delete(id);
  }

  /** When the next timer is due, in milliseconds from now; undefined when none is set. */
  nextDueMs(): number | undefined {
    const next = this.#next();
    return next === undefined ? undefined : Math.max(next.at - this.#now, 0);
  }

  /** Moves time on by `ms`, firing every timer that falls due on the way at its own moment. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (let next = this.#next(); next !== undefined && next.at <= end; next = this.#next()) {
      this.#timers.delete(next.id);
      this.#now = Math.max(this.#now, next.at);
      next.callback();
    }
    this.#now = end;
  }

  /** As `advance`, but lets promises settle after each timer, so that what a timer starts may set the next one. */
  async advanceAsync(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settle();
    for (let next = this.#next(); next !== undefined && next.at <= end; next = this.#next()) {
      this.#timers.delete(next.id);
      this.#now = Math.max(this.#now, next.at);
      next.callback();
      await settle();
    }
    this.#now = end;
    await settle();
  }

  #next(): { id: number; at: number; callback: () => void } | undefined {
    let best: { id: number; at: number; callback: () => void } | undefined;
    for (const [id, timer] of this.#timers) {
      if (best === undefined || timer.at < best.at || (timer.at === best.at && id < best.id)) best = { id, ...timer };
    }
    return best;
  }
}

/** Lets everything run that waits for nothing but promises and the current turn of the event loop. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 4; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}
