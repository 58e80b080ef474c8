/** Keeps "look again" until it is read; a key waits once, however often it is told. For one reader at a time. */
export class ChangeFeed<Key extends string> {
  readonly #waiting = new Set<Key>();
  #wake = () => {};

  tell(key: Key): void {
    this.#waiting.add(key);
    this.#wake();
  }

  /** Ends when the signal aborts. */
  async *read(signal: AbortSignal): AsyncGenerator<Key> {
    const stop = () => this.#wake();
    signal.addEventListener('abort', stop, { once: true });
    try {
      while (!signal.aborted) {
        const [key] = this.#waiting;
        if (key === undefined) await new Promise<void>((resolve) => (this.#wake = resolve));
        else {
          this.#waiting.delete(key);
          yield key;
        }
      }
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }
}
