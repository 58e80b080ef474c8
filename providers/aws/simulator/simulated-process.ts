import type { Clock } from '../../../src/clock.ts';

/** One run of a controller that calls Amazon. Once killed, nothing it began goes on; what Amazon was asked already is done. */
export class SimulatedProcess {
  #alive = true;

  kill(): void {
    this.#alive = false;
  }

  /** The clock as this process sees it. */
  clock(clock: Clock): Clock {
    return {
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      after: (ms, callback) => clock.after(ms, () => this.#alive && callback()),
    };
  }

  /** An API whose methods are asked for nothing by a dead process, and tell it nothing. */
  mortal<Api extends object>(api: Api): Api {
    return new Proxy(api, {
      get: (target, property) => {
        const member: unknown = Reflect.get(target, property, target);
        if (typeof member !== 'function') return member;
        return (...given: unknown[]) => this.#during(() => Promise.resolve((member as Method).apply(target, given))); // just checked
      },
    });
  }

  async #during<T>(call: () => Promise<T>): Promise<T> {
    if (!this.#alive) return never();
    try {
      const answer = await call();
      return this.#alive ? answer : await never();
    } catch (thrown) {
      if (!this.#alive) return never();
      throw thrown;
    }
  }
}

type Method = (...given: unknown[]) => unknown;
const never = (): Promise<never> => new Promise(() => {});
