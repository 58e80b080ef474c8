import type { JsonObject } from '../model/json.ts';

/** One event of a watch, as it goes over the wire. */
export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: JsonObject;
}

/**
 * The events of one watch, from the server to one reader. Events wait here while the reader is busy or the stream is
 * paused; after `end` what waits is still read, unless the stream was paused: then it is lost with the connection.
 */
export class WatchStream implements AsyncIterable<WatchEvent> {
  readonly #waiting: WatchEvent[] = [];
  readonly #onEnd: () => void;
  readonly #forget: (() => void)[] = [];
  #wake: (() => void) | undefined;
  #ended = false;
  #paused = false;

  /** @param onEnd called once, when either side has ended the stream. */
  constructor(onEnd: () => void) {
    this.#onEnd = onEnd;
  }

  push(event: WatchEvent): void {
    if (this.#ended) return;
    this.#waiting.push(event);
    this.#wake?.();
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#paused) this.#waiting.length = 0;
    this.#paused = false;
    this.#onEnd();
    for (const forget of this.#forget) forget();
    this.#wake?.();
  }

  /** Ends the stream when the reader goes. */
  endWith(signal: AbortSignal): void {
    if (signal.aborted) this.end();
    if (this.#ended) return;
    const end = (): void => this.end();
    signal.addEventListener('abort', end, { once: true });
    this.#forget.push(() => signal.removeEventListener('abort', end));
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<WatchEvent> {
    try {
      for (;;) {
        const next = this.#paused ? undefined : this.#waiting.shift();
        if (next !== undefined) yield next;
        else if (this.#ended) return;
        else await this.#somethingNew();
      }
    } finally {
      this.end();
    }
  }

  async #somethingNew(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#wake = undefined;
  }
}
