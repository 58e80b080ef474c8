import { vi } from 'vitest';
import type { KubeClient } from '../../../src/kube/client.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { valueAt } from './value-at.ts';

export const servicesPath = '/api/v1/namespaces/default/services';
/** Where the Pods `echo-I` answer. */
export const web = { port: 80, targetPort: 8080 } as const;

/** A Service that has an address. */
export interface Served {
  readonly name: string;
  readonly object: JsonObject;
  /** All of the status; `vip` is the first. */
  readonly vips: readonly string[];
  readonly vip: string;
  readonly healthCheckNodePort: number;
}

const signal = new AbortController().signal;

/** Tries again until it holds. */
export const eventually = <T>(look: () => Promise<T>): Promise<T> => vi.waitFor(look, { timeout: 60_000, interval: 100 });

/** The Services of type LoadBalancer that one test makes, in front of the Pods of the bed. */
export class Services {
  readonly #client: KubeClient;
  readonly #made: string[] = [];

  constructor(client: KubeClient) {
    this.#client = client;
  }

  /** Port 80, unless `spec` says otherwise; answers its name. */
  async create(spec: JsonObject, annotations: Readonly<Record<string, string>> = {}): Promise<string> {
    const defaults = { type: 'LoadBalancer', selector: { app: 'echo' }, ports: [web] };
    const body = { metadata: { generateName: 'web-', annotations }, spec: { ...defaults, ...spec } };
    const name = String(valueAt(await this.#client.create(servicesPath, body, signal), 'metadata', 'name'));
    this.#made.push(name);
    return name;
  }

  get(name: string): Promise<JsonObject> {
    return this.#client.get(`${servicesPath}/${name}`, signal);
  }

  /** What it is once it has an address. */
  served(name: string): Promise<Served> {
    return eventually(async () => {
      const object = await this.get(name);
      const ingress = valueAt(object, 'status', 'loadBalancer', 'ingress');
      const vips = Array.isArray(ingress) ? (ingress as { ip: string }[]).map(({ ip }) => ip) : []; // the local provider gives addresses
      const [vip] = vips;
      if (vip === undefined) throw new Error(`${name} has no address yet`);
      return { name, object, vips, vip, healthCheckNodePort: Number(valueAt(object, 'spec', 'healthCheckNodePort')) };
    });
  }

  /** Both. */
  async serve(spec: JsonObject = {}, annotations: Readonly<Record<string, string>> = {}): Promise<Served> {
    return this.served(await this.create(spec, annotations));
  }

  /** Deletes those that are left. */
  async clear(): Promise<void> {
    for (const name of this.#made.splice(0)) await this.#client.delete(`${servicesPath}/${name}`, signal);
  }

  /** Deletes them and waits until the API server has none of them any more. */
  async gone(): Promise<void> {
    const names = [...this.#made];
    await this.clear();
    await eventually(async () => {
      const { items } = await this.#client.list(servicesPath, signal, (object) => String(valueAt(object, 'metadata', 'name')));
      if (names.some((name) => items.includes(name))) throw new Error(`${names.join(', ')}: not all are gone`);
    });
  }
}
