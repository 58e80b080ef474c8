import type { Clock } from '../clock.ts';

/**
 * Gathers "look again" until somebody reads it. A key waits once, however often it is told. For one reader at a time;
 * what is told while nobody reads is kept.
 */
export class ChangeFeed<Key extends string> {
  readonly #clock: Clock;
  readonly #waiting = new Set<Key>();
  readonly #soon = new Set<Key>();
  #wake = () => {};
  #cancel: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  tell(key: Key): void {
    this.#waiting.add(key);
    this.#wake();
  }

  /** Tells within `ms`, together with all that comes until then: health of many nodes changes in one breath. */
  tellSoon(key: Key, ms: number): void {
    this.#soon.add(key);
    this.#cancel ??= this.#clock.after(ms, () => {
      this.#cancel = undefined;
      for (const each of this.#soon) this.tell(each);
      this.#soon.clear();
    });
  }

  /** Ends when the signal aborts. */
  async *read(signal: AbortSignal): AsyncGenerator<Key> {
    const stop = () => this.#wake();
    signal.addEventListener('abort', stop, { once: true });
    try {
      while (!signal.aborted) {
        const [key] = this.#waiting;
        if (key === undefined) {
          await new Promise<void>((resolve) => (this.#wake = resolve));
          continue;
        }
        this.#waiting.delete(key);
        yield key;
      }
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  close(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#soon.clear();
  }
}
