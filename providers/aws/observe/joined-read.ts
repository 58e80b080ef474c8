import type { Clock } from '../../../src/clock.ts';

/**
 * One read that many ask for, each with an age of its own: whoever asks while one is under way that is too old for it waits,
 * together with all others, for the one that begins next. Two are never under way at once.
 */
export class JoinedRead {
  readonly #clock: Clock;
  readonly #read: () => Promise<void>;
  /** Undefined: nothing is known that counts. */
  #readAt: number | undefined;
  #running: { readonly askedAt: number; readonly done: Promise<void>; isWorthless: boolean } | undefined;

  /** @param read keeps what it has read itself; when it rejects, all that wait for it do, and what is known is as old as before */
  constructor(clock: Clock, read: () => Promise<void>) {
    this.#clock = clock;
    this.#read = read;
  }

  /** Resolves when what is known was asked for no longer than `maxAgeMs` before this call. */
  async atMost(maxAgeMs: number): Promise<void> {
    const oldest = this.#clock.monotonic() - maxAgeMs;
    while (this.#readAt === undefined || this.#readAt < oldest) {
      const running = this.#running;
      if (running === undefined) return await this.#begin();
      if (!running.isWorthless && running.askedAt >= oldest) return await running.done;
      await running.done.catch(() => {}); // its own callers are told
    }
  }

  /** What is known, and what was asked for by now, is older than any age. */
  forget(): void {
    this.#readAt = undefined;
    if (this.#running !== undefined) this.#running.isWorthless = true;
  }

  #begin(): Promise<void> {
    const askedAt = this.#clock.monotonic();
    const done = this.#read().then(
      () => {
        if (this.#running?.isWorthless === false) this.#readAt = askedAt;
        this.#running = undefined;
      },
      (error: unknown) => {
        this.#running = undefined;
        throw error;
      },
    );
    this.#running = { askedAt, done, isWorthless: false };
    return done;
  }
}
