import { sleep, systemClock } from '../../../src/clock.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import type { Mirror } from './mirror.ts';
import { metaOf, resourceOf, versionOf } from './object-meta.ts';
import type { Tap } from './watch-tap.ts';

/** A server that does not come to rest in this time is broken, or our idea of rest is. */
const patienceMs = 30_000;

/** What of a mirror says how far it has got. */
type Seen = Pick<Mirror, 'has' | 'version' | 'isGone'>;

/** What is under way at a server, and how far each watch must have got so that it shows every write that was answered. */
export class Progress {
  #busy = 0;
  readonly #wanted = new Map<string, number>();
  /** UIDs that were deleted, and that no watch has shown as gone yet. */
  readonly #going = new Set<string>();
  #wake: (() => void)[] = [];
  #failure: unknown;

  /** Counts a call as under way until it has been answered. */
  async during<T>(call: () => Promise<T>): Promise<T> {
    this.#busy++;
    try {
      return await call();
    } finally {
      this.#busy--;
      this.changed();
    }
  }

  /** To be told whenever something may have come to rest. */
  changed(): void {
    const waiting = this.#wake;
    this.#wake = [];
    for (const wake of waiting) wake();
  }

  failed(error: unknown): void {
    this.#failure ??= error;
    this.changed();
  }

  /** Remembers what watches must show now that this was answered. */
  written(method: string, path: string, body: string): void {
    const answer = JSON.parse(body) as JsonObject; // API servers answer writes with JSON
    if (answer['kind'] === 'Status') {
      const { details } = answer as { details?: { uid?: string } }; // as every Status of a deletion
      if (method === 'DELETE' && details?.uid !== undefined) this.#going.add(details.uid);
      return;
    }
    const { uid, deletionTimestamp, finalizers = [] } = metaOf(answer);
    // The one answer without a version of its own: the object went with this very write.
    const ends = (method === 'DELETE' || deletionTimestamp !== undefined) && finalizers.length === 0;
    const resource = resourceOf(path);
    if (ends && resource !== 'namespaces') this.#going.add(uid);
    else this.#want(resource, versionOf(answer));
  }

  /** Whether the mirror shows every write that was answered. */
  shownBy(mirror: Seen): boolean {
    for (const uid of this.#going) {
      if (!mirror.isGone(uid)) return false;
      this.#going.delete(uid);
    }
    return [...this.#wanted].every(([resource, version]) => !mirror.has(resource) || mirror.version(resource) >= version);
  }

  /**
   * Resolves when no call is under way, and mirror and taps have shown everything that was written.
   * @throws Error where that takes longer than anything should, or the mirror has failed
   */
  async quiet(mirror: Seen, taps: ReadonlySet<Tap>): Promise<void> {
    await this.until(() => this.awaits(mirror, taps));
  }

  /** What is waited for; undefined where nothing is. */
  awaits(mirror: Seen, taps: ReadonlySet<Tap>): string | undefined {
    if (this.#busy > 0) return `${this.#busy} calls are under way`;
    if (!this.shownBy(mirror)) return `the mirror is behind ${JSON.stringify([...this.#wanted])} or the end of ${[...this.#going].join()}`;
    const slow = [...taps].find((tap) => !tap.paused && tap.delivered < mirror.version(tap.resource));
    return slow === undefined ? undefined : `a controller's watch of ${slow.resource} is at ${slow.delivered}`;
  }

  /** Waits while there is a reason to. */
  async until(reason: () => string | undefined): Promise<void> {
    if (reason() === undefined) return this.#throwFailure();
    const late = new AbortController();
    const end = sleep(systemClock, patienceMs, late.signal).then(
      () => this.changed(),
      () => {}, // it was there in time
    );
    const deadline = performance.now() + patienceMs;
    try {
      for (let why = reason(); why !== undefined; why = reason()) {
        this.#throwFailure();
        if (performance.now() >= deadline) throw new Error(`the API server does not come to rest: ${why}`);
        await new Promise<void>((resolve) => this.#wake.push(resolve));
      }
    } finally {
      late.abort(new Error('it was there in time'));
      await end;
    }
    this.#throwFailure();
  }

  #want(resource: string, version: number): void {
    this.#wanted.set(resource, Math.max(version, this.#wanted.get(resource) ?? 0));
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw new Error('the watches of the mirror have ended', { cause: this.#failure });
  }
}
