import type { Clock } from '../clock.ts';
import { RecentMap } from '../kube/recent-map.ts';

const mostKept = 4_096;

/** Answers that hold for a while. One question is asked once at a time, however many wait for it; a failure is never kept. */
export class KeptAnswers<T> {
  readonly #clock: Clock;
  readonly #ttlMs: (answer: T) => number;
  readonly #kept = new RecentMap<{ readonly answer: T; readonly untilMs: number }>(mostKept);
  readonly #asking = new Map<string, Promise<T>>();

  /** @param ttlMs how long an answer holds; 0: not at all */
  constructor(clock: Clock, ttlMs: (answer: T) => number) {
    this.#clock = clock;
    this.#ttlMs = ttlMs;
  }

  async get(key: string, ask: () => Promise<T>): Promise<T> {
    const kept = this.#kept.get(key);
    if (kept !== undefined && this.#clock.monotonic() < kept.untilMs) return kept.answer;
    const underWay = this.#asking.get(key);
    if (underWay !== undefined) return underWay;
    const asked = this.#ask(key, ask);
    this.#asking.set(key, asked);
    return asked;
  }

  async #ask(key: string, ask: () => Promise<T>): Promise<T> {
    try {
      const answer = await ask();
      const ttlMs = this.#ttlMs(answer);
      if (ttlMs > 0) this.#kept.set(key, { answer, untilMs: this.#clock.monotonic() + ttlMs });
      return answer;
    } finally {
      this.#asking.delete(key);
    }
  }
}
