import type { Clock } from '../../../src/clock.ts';
import type { Log } from '../../../src/log.ts';

const longestLine = 2_000;
const linesPerSecond = 20;
const burst = 100;

/** What a provider writes to stderr, as lines of the log: cut when long, counted instead of shown when there are too many. */
export class StderrLog {
  readonly #log: Log;
  readonly #clock: Clock;
  #line = '';
  #skipping = false;
  #tokens = burst;
  #refilledAt: number;
  #dropped = 0;
  /** The last line, for the message about an end nobody expected. */
  last = '';

  constructor(log: Log, clock: Clock) {
    this.#log = log;
    this.#clock = clock;
    this.#refilledAt = clock.monotonic();
  }

  push(piece: Buffer): void {
    let text = piece.toString('utf8');
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
      this.#add(text.slice(0, end));
      this.#flush();
      text = text.slice(end + 1);
    }
    this.#add(text);
  }

  end(): void {
    this.#flush();
    this.#tellDropped();
  }

  #add(text: string): void {
    if (this.#skipping) return;
    this.#line += text.slice(0, longestLine - this.#line.length);
    this.#skipping = this.#line.length >= longestLine;
  }

  #flush(): void {
    const line = printable(this.#line).trimEnd();
    this.#line = '';
    this.#skipping = false;
    if (line === '') return;
    this.last = line;
    const now = this.#clock.monotonic();
    this.#tokens = Math.min(burst, this.#tokens + ((now - this.#refilledAt) / 1_000) * linesPerSecond);
    this.#refilledAt = now;
    if (this.#tokens < 1) {
      this.#dropped++;
      return;
    }
    this.#tokens--;
    this.#tellDropped();
    this.#log.info({ stderr: line }, 'the provider says');
  }

  #tellDropped(): void {
    if (this.#dropped > 0) this.#log.warn({ lines: this.#dropped }, 'the provider said too much; lines were left out');
    this.#dropped = 0;
  }
}

/** Without control characters: what a provider writes must not steer a terminal. */
export const printable = (text: string): string => text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ');
