import type { Clock } from '../../../src/clock.ts';

/** One run of the controller on the simulated machine. Once killed, nothing it began goes on: no timer, no socket, no lock. */
export class SimulatedProcess {
  readonly pid: number;
  readonly #onKill = new Set<() => void>();
  #alive = true;

  constructor(pid: number) {
    this.pid = pid;
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** Runs when the process is killed, unless the returned function was called before. */
  onKill(callback: () => void): () => void {
    this.#onKill.add(callback);
    return () => void this.#onKill.delete(callback);
  }

  kill(): void {
    this.#alive = false;
    for (const callback of this.#onKill) callback();
    this.#onKill.clear();
  }

  /** The clock as this process sees it. */
  clock(clock: Clock): Clock {
    return {
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      after: (ms, callback) => clock.after(ms, () => this.#alive && callback()),
    };
  }
}
