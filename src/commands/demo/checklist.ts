import { sleep, type Clock } from '../../clock.ts';
import type { Failure, Printer } from './printer.ts';

/** What is still wrong, in one line; nothing when all is well. */
export type Look = () => string | undefined | Promise<string | undefined>;

export interface ChecklistOptions {
  readonly clock: Clock;
  readonly printer: Printer;
  readonly signal: AbortSignal;
  /** Resolves when something may have changed: it is looked again at once. */
  readonly changed: () => Promise<void>;
  /** For how long it may be wrong, in milliseconds. */
  readonly patienceMs: number;
}

/** How often it is looked while nothing is known to have changed: sockets send no word. */
const lookMs = 50;

/** What must come true, each within a time; what did not is kept. */
export class Checklist {
  readonly #options: ChecklistOptions;
  readonly #failures: Failure[] = [];

  constructor(options: ChecklistOptions) {
    this.#options = options;
  }

  get failures(): readonly Failure[] {
    return this.#failures;
  }

  /** Looks until all is well, at the latest for `patienceMs`. Says which, and answers whether it is. Rejects when the signal aborts. */
  async expect(title: string, look: Look): Promise<boolean> {
    const { clock, printer, signal, changed, patienceMs } = this.#options;
    const end = clock.monotonic() + patienceMs;
    for (;;) {
      signal.throwIfAborted();
      const change = changed();
      const cause = await look();
      if (cause === undefined) {
        printer.good(title);
        return true;
      }
      if (clock.monotonic() >= end) {
        this.#failures.push({ title, cause });
        printer.bad({ title, cause });
        return false;
      }
      await Promise.race([change, sleep(clock, lookMs, signal)]);
    }
  }
}
