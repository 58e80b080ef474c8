import { systemClock } from '../../../src/clock.ts';
import type { DemoRange } from '../../../src/commands/demo/address-range.ts';
import { EmbeddedApi } from '../../../src/embedded/api.ts';
import { serveHttp, type HttpDoor } from '../../../src/embedded/http-door.ts';
import { ToyNodes } from '../../../src/embedded/toy-nodes.ts';
import { projectNode, projectService } from '../../../src/kube/projection.ts';
import { silentLog } from '../../../src/log.ts';
import type { ServiceUid } from '../../../src/model/ids.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import type { NodeView, ServiceView } from '../../../src/model/service-view.ts';
import { until } from './until.ts';

const user = 'somebody';
const services = '/api/v1/namespaces/default/services';
const leaseFolder = '/apis/coordination.k8s.io/v1/namespaces/portolan-system/leases';
const epochAnnotation = 'portolan.dev/epoch';
const contentTypes = {
  POST: 'application/json',
  PUT: 'application/json',
  PATCH: 'application/merge-patch+json',
  DELETE: 'application/json',
};

/** A Kubernetes of a few toy nodes with its user at a keyboard, who outlives every controller. */
export class Cluster {
  readonly api: EmbeddedApi;
  /** Every address a Service had in its status since it is of type LoadBalancer, in that order. */
  readonly published = new Map<ServiceUid, string[]>();
  /** How often somebody approved another address. */
  readonly approved = new Map<ServiceUid, number>();
  readonly #range: DemoRange;
  readonly #nodes: ToyNodes;
  readonly #door: HttpDoor;
  readonly #end = new AbortController();

  private constructor(range: DemoRange, api: EmbeddedApi, nodes: ToyNodes, door: HttpDoor) {
    this.#range = range;
    this.api = api;
    this.#nodes = nodes;
    this.#door = door;
    void this.#follow();
  }

  static async start(range: DemoRange): Promise<Cluster> {
    const api = new EmbeddedApi({ clock: systemClock });
    const nodes = new ToyNodes({ door: api, clock: systemClock, log: silentLog });
    const cluster = new Cluster(range, api, nodes, await serveHttp(api, { host: range.api, port: 0 }));
    await cluster.do('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'portolan-system' } });
    for (const number of [1, 2, 3]) await cluster.addNode(number);
    await nodes.start();
    return cluster;
  }

  get url(): string {
    return this.#door.url;
  }

  services(): readonly ServiceView[] {
    return this.api.list('', 'v1', 'services').map((object) => projectService(structuredClone(object)));
  }

  service(name: string): ServiceView | undefined {
    return this.services().find((service) => service.namespace === 'default' && service.name === name);
  }

  nodes(): readonly NodeView[] {
    return this.api.list('', 'v1', 'nodes').map((object) => projectNode(structuredClone(object)));
  }

  /** `node-<number>` at the /24's address of that number, from 11 on. */
  async addNode(number: number): Promise<void> {
    const name = `node-${number}`;
    const address = this.#range.api.replace(/\d+$/, String(10 + number));
    await this.do('POST', '/api/v1/nodes', {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name },
      spec: { providerID: `toy://${name}` },
      status: { addresses: [{ type: 'InternalIP', address }] },
    });
  }

  removeNode(number: number): Promise<void> {
    return this.do('DELETE', `/api/v1/nodes/node-${number}`);
  }

  /** A LoadBalancer Service; `ports` as `TCP/8080`. */
  create(name: string, ports: readonly string[], spec: JsonObject = {}, annotations: Readonly<Record<string, string>> = {}): Promise<void> {
    return this.do('POST', services, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, annotations },
      spec: { type: 'LoadBalancer', selector: { app: name }, ports: portsOf(ports), ...spec },
    });
  }

  edit(name: string, spec: JsonObject, annotations: Readonly<Record<string, string | null>> = {}): Promise<void> {
    return this.do('PATCH', `${services}/${name}`, { metadata: { annotations }, spec });
  }

  remove(name: string): Promise<void> {
    return this.do('DELETE', `${services}/${name}`);
  }

  /** Changes the scheme, waits to be told what that would lose, and approves it; however many controllers it takes. */
  async changeScheme(name: string, scheme: 'internal' | 'public'): Promise<void> {
    await this.edit(name, {}, { 'portolan.dev/scheme': scheme });
    const code = await until(() => {
      const said = this.service(name)?.conditions.find(({ reason }) => reason === 'ApprovalRequired')?.message ?? '';
      const shown = /portolan\.dev\/approve: "([0-9a-f]+)"/.exec(said)?.[1];
      return shown === undefined ? { missing: `no code to approve the ${scheme} scheme of ${name}` } : { value: shown };
    }, 20_000);
    const uid = this.service(name)?.uid;
    if (uid !== undefined) this.approved.set(uid, (this.approved.get(uid) ?? 0) + 1);
    await this.edit(name, {}, { 'portolan.dev/approve': code });
  }

  /** The digest of the node set that every pool has, as the Lease says; the term beside it is the controller's business. */
  epochMark(): string | undefined {
    const lease = this.#lease() as { metadata?: { annotations?: Record<string, string> } } | undefined; // the embedded API's own shape
    return lease?.metadata?.annotations?.[epochAnnotation]?.split(' ')[0];
  }

  holder(): string {
    const lease = this.#lease() as { spec?: { holderIdentity?: string } } | undefined; // as above
    return lease?.spec?.holderIdentity ?? '';
  }

  /**
   * What the end of a dead holder's Lease amounts to for its successor, without the wait of 15 s: nobody holds it, and
   * everything else that was kept on it stays.
   */
  async expireLease(): Promise<void> {
    const lease = this.#lease();
    if (lease === undefined || this.holder() === '') return;
    const spec = lease['spec'] as JsonObject; // a Lease with a holder has one
    await this.do('PUT', `${leaseFolder}/portolan`, { ...lease, spec: { ...spec, holderIdentity: '' } });
  }

  /** What controllers changed since the log was cleared: `PATCH /api/…`. */
  writes(): readonly string[] {
    const theirs = this.api.log.filter(({ mutating, userAgent }) => mutating && userAgent !== user);
    return theirs.map(({ method, path }) => `${method} ${path.split('?', 1)[0]}`);
  }

  async close(): Promise<void> {
    this.#end.abort(new Error('the test is over'));
    await this.#nodes.close();
    await this.#door.close();
    this.api.close();
  }

  /** @throws Error where the API server says no. */
  async do(method: keyof typeof contentTypes, path: string, body?: JsonObject): Promise<void> {
    const headers = { 'content-type': contentTypes[method], 'user-agent': user };
    const answer = await this.api.request({ method, path, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.body}`);
  }

  #lease(): JsonObject | undefined {
    const lease = this.api.get('coordination.k8s.io', 'v1', 'leases', 'portolan-system', 'portolan');
    return lease === undefined ? undefined : structuredClone(lease);
  }

  /** Sees every version of every Service's status, also those of a moment. */
  async #follow(): Promise<void> {
    for await (const { type, object } of this.api.watch('/api/v1/services?resourceVersion=0', this.#end.signal)) {
      if (type !== 'ADDED' && type !== 'MODIFIED') continue;
      const { uid, type: kind, ingress } = projectService(structuredClone(object));
      if (kind !== 'LoadBalancer') {
        this.published.delete(uid);
        this.approved.delete(uid);
        continue;
      }
      const addresses = this.published.get(uid) ?? [];
      for (const { ip = '' } of ingress) if (addresses.at(-1) !== ip) addresses.push(ip);
      this.published.set(uid, addresses);
    }
  }
}

/** `TCP/8080`, … as `spec.ports`. */
export const portsOf = (ports: readonly string[]): JsonObject[] =>
  ports.map((text) => {
    const [protocol = '', port = ''] = text.split('/');
    return { name: text.toLowerCase().replace('/', '-'), protocol, port: Number(port) };
  });
