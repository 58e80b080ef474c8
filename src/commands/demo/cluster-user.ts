import { LbError } from '../../errors.ts';
import type { KubeClient } from '../../kube/client.ts';
import type { JsonObject } from '../../model/json.ts';

/** Which object is meant. */
export interface ObjectRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

/** Kinds the demo writes, and their plurals. */
const plurals: Readonly<Record<string, string>> = {
  Deployment: 'deployments',
  Endpoints: 'endpoints',
  Ingress: 'ingresses',
  Namespace: 'namespaces',
  Node: 'nodes',
  Secret: 'secrets',
  Service: 'services',
};

export const service = (namespace: string, name: string): ObjectRef => ({ apiVersion: 'v1', kind: 'Service', namespace, name });

/** Somebody at a keyboard: what kubectl would be used for. */
export class ClusterUser {
  readonly #client: KubeClient;
  readonly #signal: AbortSignal;

  constructor(client: KubeClient, signal: AbortSignal) {
    this.#client = client;
    this.#signal = signal;
  }

  /** Creates an object; with a namespace, in that one instead of its own, which is made if need be. */
  async create(manifest: JsonObject, namespace?: string): Promise<ObjectRef> {
    const ref = refOf(manifest, namespace);
    if (ref.namespace !== undefined) await this.#makeNamespace(ref.namespace);
    const body = {
      ...manifest,
      metadata: { ...metadataOf(manifest), ...(ref.namespace === undefined ? {} : { namespace: ref.namespace }) },
    };
    await this.#client.create(collectionOf(ref), body, this.#signal);
    return ref;
  }

  /** Edits an object by a JSON merge patch: lists are replaced as a whole. */
  async edit(ref: ObjectRef, change: JsonObject): Promise<void> {
    await this.#client.patch(pathOf(ref), 'merge', change, this.#signal);
  }

  async remove(ref: ObjectRef): Promise<void> {
    await this.#client.delete(pathOf(ref), this.#signal);
  }

  /** The events of a namespace, one line each. */
  async events(namespace: string): Promise<readonly string[]> {
    const { items } = await this.#client.list(`/api/v1/namespaces/${namespace}/events`, this.#signal, (event) =>
      JSON.stringify(event['reason']),
    );
    return items;
  }

  async #makeNamespace(name: string): Promise<void> {
    try {
      await this.#client.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }, this.#signal);
    } catch (error) {
      if (!(error instanceof LbError && error.code === 'ApiConflict')) throw error;
    }
  }
}

/** @throws Error for a manifest without what every object has: a slip in this program. */
function refOf(manifest: JsonObject, namespace: string | undefined): ObjectRef {
  const { apiVersion, kind } = manifest;
  const { name, namespace: own } = metadataOf(manifest);
  if (typeof apiVersion !== 'string' || typeof kind !== 'string' || typeof name !== 'string') throw new Error('a manifest has no name');
  const where = namespace ?? (typeof own === 'string' ? own : undefined);
  return { apiVersion, kind, name, ...(where === undefined ? {} : { namespace: where }) };
}

function metadataOf(manifest: JsonObject): JsonObject {
  return (manifest['metadata'] ?? {}) as JsonObject; // manifests here are written in this program
}

function collectionOf({ apiVersion, kind, namespace }: ObjectRef): string {
  const plural = plurals[kind];
  if (plural === undefined) throw new Error(`the demo does not know the plural of ${kind}`);
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return namespace === undefined ? `${root}/${plural}` : `${root}/namespaces/${namespace}/${plural}`;
}

const pathOf = (ref: ObjectRef): string => `${collectionOf(ref)}/${ref.name}`;
