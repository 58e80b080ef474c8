import type { Clock } from '../clock.ts';
import type { Metrics } from '../metrics.ts';

/** `foreground`: new and edited Services. `background`: node epochs, class changes, drift, restarts. */
export type Lane = 'foreground' | 'background';

export interface QueueOptions {
  readonly clock: Clock;
  readonly metrics: Metrics;
  /** The label of its metrics. */
  readonly name: string;
  /** First and longest delay after a failure, in milliseconds (contract L2: 5 s doubling to 300 s). */
  readonly backoffMs?: { readonly first: number; readonly longest: number };
}

interface Entry {
  lane: Lane;
  /** Monotonic time it was asked for. */
  readonly since: number;
}

/** After so many picks in a row from the foreground the background gets one, so that it never starves. */
const foregroundRun = 8;

/**
 * A keyed queue with two lanes. A key is in it once; it never runs twice at the same time; asked for while it runs, it
 * runs once more. A delayed add keeps the earlier of two times; a lane is only ever raised.
 */
export class LaneQueue<Key extends string> {
  readonly #options: QueueOptions;
  readonly #ready: Record<Lane, Map<Key, Entry>> = { foreground: new Map(), background: new Map() };
  readonly #running = new Set<Key>();
  /** Asked for while running. */
  readonly #again = new Map<Key, Lane>();
  readonly #delayed = new Map<Key, { at: number; lane: Lane; cancel: () => void }>();
  readonly #failures = new Map<Key, number>();
  readonly #waiters: (() => void)[] = [];
  #foregroundPicks = 0;
  #closed = false;

  constructor(options: QueueOptions) {
    this.#options = options;
  }

  /** Asks for a run as soon as possible; a delayed add of the same key is not needed any more. */
  add(key: Key, lane: Lane): void {
    if (this.#closed) return;
    this.#options.metrics.count('workqueue_adds_total', { name: this.#options.name });
    this.#cancelDelayed(key);
    if (this.#running.has(key)) {
      if (this.#again.get(key) !== 'foreground') this.#again.set(key, lane);
      return;
    }
    const present = this.#ready.foreground.get(key) ?? this.#ready.background.get(key);
    if (present?.lane === 'foreground' || present?.lane === lane) return;
    this.#ready.background.delete(key);
    this.#ready[lane].set(key, { lane, since: present?.since ?? this.#options.clock.monotonic() });
    this.#measure();
    this.#waiters.shift()?.();
  }

  /** Asks for a run in `ms`; does nothing where one is asked for that is not later. */
  addAfter(key: Key, ms: number, lane: Lane): void {
    if (this.#closed) return;
    if (ms <= 0) return this.add(key, lane);
    if (this.#ready.foreground.has(key) || this.#ready.background.has(key) || this.#again.has(key)) return;
    const at = this.#options.clock.monotonic() + ms;
    const present = this.#delayed.get(key);
    if (present !== undefined && present.at <= at) return;
    present?.cancel();
    const cancel = this.#options.clock.after(ms, () => this.add(key, lane));
    this.#delayed.set(key, { at, lane, cancel });
  }

  /** Asks for a run after the key's back-off, which doubles with each failure in a row. Returns the delay in milliseconds. */
  retry(key: Key, lane: Lane): number {
    const { first, longest } = this.#options.backoffMs ?? { first: 5_000, longest: 300_000 };
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    this.#options.metrics.count('workqueue_retries_total', { name: this.#options.name });
    const delay = Math.min(first * 2 ** failures, longest);
    this.addAfter(key, delay, lane);
    return delay;
  }

  /** Ends the back-off of a key. */
  forget(key: Key): void {
    this.#failures.delete(key);
  }

  /** Takes a key out, running or not: a run under way ends, but is not repeated. */
  drop(key: Key): void {
    this.#cancelDelayed(key);
    this.#ready.foreground.delete(key);
    this.#ready.background.delete(key);
    this.#again.delete(key);
    this.#failures.delete(key);
  }

  isRunning(key: Key): boolean {
    return this.#running.has(key);
  }

  /**
   * Runs keys with so many workers until the signal aborts, then waits for those under way. The handler must not throw:
   * it is the last catch.
   */
  async run(workers: number, handle: (key: Key, lane: Lane) => Promise<void>, signal: AbortSignal): Promise<void> {
    const close = () => this.#close();
    if (signal.aborted) return close();
    signal.addEventListener('abort', close);
    await Promise.all(Array.from({ length: workers }, () => this.#work(handle)));
  }

  async #work(handle: (key: Key, lane: Lane) => Promise<void>): Promise<void> {
    for (;;) {
      const picked = this.#pick();
      if (picked === undefined) {
        if (this.#closed) return;
        await new Promise<void>((resolve) => void this.#waiters.push(resolve));
        continue;
      }
      const started = this.#options.clock.monotonic();
      const labels = { name: this.#options.name };
      this.#options.metrics.observe('workqueue_queue_duration_seconds', (started - picked.since) / 1000, labels);
      try {
        await handle(picked.key, picked.lane);
      } finally {
        this.#options.metrics.observe('workqueue_work_duration_seconds', (this.#options.clock.monotonic() - started) / 1000, labels);
        this.#finish(picked.key);
      }
    }
  }

  #pick(): { key: Key; lane: Lane; since: number } | undefined {
    if (this.#closed) return undefined;
    const { foreground, background } = this.#ready;
    const turn = this.#foregroundPicks >= foregroundRun && background.size > 0;
    const lane: Lane = foreground.size > 0 && !turn ? 'foreground' : 'background';
    const next = this.#ready[lane].entries().next();
    if (next.done === true) return undefined;
    const [key, { since }] = next.value;
    this.#ready[lane].delete(key);
    this.#running.add(key);
    this.#foregroundPicks = lane === 'foreground' ? this.#foregroundPicks + 1 : 0;
    this.#measure();
    return { key, lane, since };
  }

  #finish(key: Key): void {
    this.#running.delete(key);
    const again = this.#again.get(key);
    if (again === undefined) return;
    this.#again.delete(key);
    this.add(key, again);
  }

  #cancelDelayed(key: Key): void {
    this.#delayed.get(key)?.cancel();
    this.#delayed.delete(key);
  }

  #measure(): void {
    this.#options.metrics.set('workqueue_depth', this.#ready.foreground.size + this.#ready.background.size, { name: this.#options.name });
  }

  #close(): void {
    this.#closed = true;
    for (const { cancel } of this.#delayed.values()) cancel();
    for (const wake of this.#waiters.splice(0)) wake();
  }
}
