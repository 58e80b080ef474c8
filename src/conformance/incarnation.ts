import type { Clock } from '../clock.ts';
import type { KubeTransport } from '../kube/transport.ts';

/** A place where a process can die: around one request to the API server or one call to the provider. */
export interface Crossing {
  readonly install: string;
  readonly kind: 'api' | 'call';
  /** `PATCH /api/v1/…/status`, `apply pool/TCP/80/members`. */
  readonly what: string;
}

/** Told of each crossing, before it and after it; may kill the incarnation there. */
export type OnCrossing = (crossing: Crossing, side: 'before' | 'after', incarnation: Incarnation) => void;

/**
 * One life of a controller. Once dead, nothing it began goes on: its timers do not fire, its requests are not sent and
 * their answers reach nobody. What had left it already happens all the same, as after `kill -9`.
 */
export class Incarnation {
  readonly install: string;
  readonly #onCrossing: OnCrossing;
  #alive = true;

  constructor(install: string, onCrossing: OnCrossing) {
    this.install = install;
    this.#onCrossing = onCrossing;
  }

  get alive(): boolean {
    return this.#alive;
  }

  die(): void {
    this.#alive = false;
  }

  clock(clock: Clock): Clock {
    return {
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      after: (ms, callback) => clock.after(ms, () => this.#alive && callback()),
    };
  }

  /** Mutating requests are crossings; of the others only that they end with the process. */
  transport(inner: KubeTransport): KubeTransport {
    return {
      request: (request) => {
        const call = () => inner.request(request);
        if (request.method === 'GET') return this.guard(call);
        return this.cross({ kind: 'api', what: `${request.method} ${request.path.split('?')[0]}` }, call);
      },
      watch: (watch) => this.#stream(inner.watch(watch)),
      close: () => inner.close(),
    };
  }

  /** Makes a call that the process may die at. */
  async cross<T>(crossing: Omit<Crossing, 'install'>, call: () => Promise<T>): Promise<T> {
    const at = { ...crossing, install: this.install };
    if (this.#alive) this.#onCrossing(at, 'before', this);
    return this.guard(async () => {
      try {
        return await call();
      } finally {
        if (this.#alive) this.#onCrossing(at, 'after', this);
      }
    });
  }

  /** Makes a call unless the process is dead; a dead one never learns how it went. */
  async guard<T>(call: () => Promise<T>): Promise<T> {
    if (!this.#alive) return never();
    try {
      const result = await call();
      return this.#alive ? result : await never();
    } catch (thrown) {
      return this.#alive ? Promise.reject(thrown) : never();
    }
  }

  async *#stream(lines: AsyncIterable<string>): AsyncGenerator<string> {
    for await (const line of lines) {
      if (!this.#alive) return;
      yield line;
    }
    if (!this.#alive) await never();
  }
}

const never = (): Promise<never> => new Promise(() => {});
