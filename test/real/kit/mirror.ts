import { systemClock } from '../../../src/clock.ts';
import { KubeClient } from '../../../src/kube/client.ts';
import type { KubeTransport } from '../../../src/kube/transport.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { metaOf, placed, placeOf, versionOf } from './object-meta.ts';

const collections: Readonly<Record<string, string>> = {
  services: '/api/v1/services',
  nodes: '/api/v1/nodes',
  namespaces: '/api/v1/namespaces',
  events: '/api/v1/events',
  leases: '/apis/coordination.k8s.io/v1/leases',
};
const watchSeconds = 3_600;

/** What a real API server has, in this process, so that stories can look without waiting. Fed by watches of its own. */
export class Mirror {
  readonly #client: KubeClient;
  readonly #onChange: () => void;
  readonly #stop = new AbortController();
  readonly #objects = new Map<string, Map<string, JsonObject>>();
  readonly #versions = new Map<string, number>();
  /** UIDs of what has gone. */
  readonly #gone = new Set<string>();

  constructor(transport: KubeTransport, onChange: () => void) {
    this.#client = new KubeClient({ transport, clock: systemClock });
    this.#onChange = onChange;
  }

  /** Resolves when everything that is there has been read; `failed` is told of what ends a watch afterwards. */
  async start(failed: (error: unknown) => void): Promise<void> {
    for (const [resource, path] of Object.entries(collections)) {
      const { items, resourceVersion } = await this.#client.list(path, this.#stop.signal, (object) => object);
      this.#objects.set(resource, new Map(items.map((object) => [placeOf(object), object])));
      this.#versions.set(resource, Number(resourceVersion));
      this.#follow(resource, path).catch((error: unknown) => {
        if (!this.#stop.signal.aborted) failed(error);
      });
    }
  }

  close(): void {
    this.#stop.abort(new Error('the mirror was closed'));
  }

  has(resource: string): boolean {
    return this.#objects.has(resource);
  }

  version(resource: string): number {
    return this.#versions.get(resource) ?? 0;
  }

  isGone(uid: string): boolean {
    return this.#gone.has(uid);
  }

  get(resource: string, namespace: string | undefined, name: string): JsonObject | undefined {
    return this.#objects.get(resource)?.get(placed(namespace, name));
  }

  /** In the order of a list. */
  list(resource: string): readonly JsonObject[] {
    const objects = [...(this.#objects.get(resource) ?? [])];
    return objects.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object);
  }

  /** Nothing of a resource that is known by now is shown any more. */
  forget(resource: string): void {
    this.#objects.get(resource)?.clear();
  }

  async #follow(resource: string, path: string): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const from = { resourceVersion: String(this.version(resource)), timeoutSeconds: watchSeconds };
      for await (const { type, object } of this.#client.watch(path, from, this.#stop.signal)) {
        // A bookmark comes to each watch at a time of its own: only what happened to objects can be waited for.
        if (type === 'BOOKMARK') continue;
        if (type === 'DELETED') {
          this.#objects.get(resource)?.delete(placeOf(object));
          this.#gone.add(metaOf(object).uid);
        } else this.#objects.get(resource)?.set(placeOf(object), object);
        this.#versions.set(resource, versionOf(object));
        this.#onChange();
      }
    }
  }
}
