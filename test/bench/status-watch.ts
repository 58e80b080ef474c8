import { systemClock } from '../../src/clock.ts';
import type { KubeClient } from '../../src/kube/client.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { namespace } from './load.ts';

/** When each Service of the namespace was first seen, and first seen with an address: by one watch, in monotonic milliseconds. */
export class StatusWatch {
  readonly made = new Map<string, number>();
  readonly served = new Map<string, number>();
  readonly #stop = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #onChange = (): void => {};

  /** Resolves when it watches. What is there already counts as seen now. */
  static async start(client: KubeClient): Promise<StatusWatch> {
    const watch = new StatusWatch();
    const { signal } = watch.#stop;
    const path = `/api/v1/namespaces/${namespace}/services`;
    const { resourceVersion } = await client.list(path, signal, (object) => watch.#see(object));
    await new Promise<void>((resolve, reject) => {
      watch.#running = watch.#follow(client, path, resourceVersion, resolve);
      watch.#running.catch(reject);
    });
    return watch;
  }

  /** Resolves when so many Services of this prefix have an address. One at a time may wait. */
  until(prefix: string, count: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#onChange = () => {
        if (this.#countOf(prefix) >= count) resolve();
      };
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }); // an abort reason is an Error throughout this project
      this.#running.catch(reject);
      this.#onChange();
    });
  }

  /** From the appearance of each Service of this prefix to its address, in milliseconds, sorted. */
  waits(prefix: string): readonly number[] {
    return [...this.served]
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, at]) => at - (this.made.get(name) ?? at))
      .sort((a, b) => a - b);
  }

  async close(): Promise<void> {
    this.#stop.abort(new Error('closed'));
    await this.#running;
  }

  async #follow(client: KubeClient, path: string, from: string, opened: () => void): Promise<void> {
    const { signal } = this.#stop;
    let resourceVersion = from;
    while (!signal.aborted) {
      try {
        for await (const { type, object } of client.watch(path, { resourceVersion, timeoutSeconds: 3_000, opened }, signal)) {
          resourceVersion = metadataOf(object).resourceVersion;
          if (type === 'ADDED' || type === 'MODIFIED') this.#see(object);
        }
      } catch (thrown) {
        if (!signal.aborted) throw thrown;
      }
    }
  }

  #see(object: JsonObject): void {
    const [name, now] = [metadataOf(object).name, systemClock.monotonic()];
    if (!this.made.has(name)) this.made.set(name, now);
    if (this.served.has(name) || !hasAddress(object)) return;
    this.served.set(name, now);
    this.#onChange();
  }

  #countOf(prefix: string): number {
    return this.served
      .keys()
      .filter((name) => name.startsWith(prefix))
      .toArray().length;
  }
}

const metadataOf = ({ metadata }: JsonObject) => metadata as { readonly name: string; readonly resourceVersion: string }; // every object has them

function hasAddress({ status }: JsonObject): boolean {
  const { ingress } = (status as { loadBalancer?: { ingress?: unknown[] } }).loadBalancer ?? {}; // a Service as the API server answers it
  return ingress !== undefined && ingress.length > 0;
}
