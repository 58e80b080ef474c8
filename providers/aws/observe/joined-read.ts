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
  #next: Promise<void> | undefined;

  /** @param read keeps what it has read itself; when it rejects, all that wait for it do, and what is known is as old as before */
  constructor(clock: Clock, read: () => Promise<void>) {
    this.#clock = clock;
    this.#read = read;
  }

  /** Resolves when what is known was asked for no longer than `maxAgeMs` before this call. */
  async atMost(maxAgeMs: number): Promise<void> {
    const oldest = this.#clock.monotonic() - maxAgeMs;
    if (this.#readAt !== undefined && this.#readAt >= oldest) return;
    if (this.#running !== undefined && !this.#running.isWorthless && this.#running.askedAt >= oldest) return await this.#running.done;
    if (this.#running === undefined) return await this.#begin();
    const waited = this.#running.done.catch(() => {}); // its own callers are told
    this.#next ??= waited.then(() => {
      this.#next = undefined;
      return this.#begin();
    });
    return await this.#next;
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
