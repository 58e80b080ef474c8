import { connect } from '../../../src/kube/connection.ts';
import type { KubeRequest, KubeResponse, KubeTransport } from '../../../src/kube/transport.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { Mirror } from './mirror.ts';
import { metaOf, placeOf } from './object-meta.ts';
import { Progress } from './progress.ts';

const initialNamespaces = ['default', 'kube-node-lease', 'kube-public', 'kube-system'];
/** The only Service that a server makes for itself. */
const own = 'default/kubernetes';
/** Those of kube-controller-manager say things about Services too. */
const ownComponents = ['endpoint-controller', 'endpoint-slice-controller'];
const merge = { 'content-type': 'application/merge-patch+json' };
const never = new AbortController().signal;
const callMs = 30_000;

/** A real API server that stories use one after the other. */
export class RealServer {
  readonly transport: KubeTransport;
  readonly progress = new Progress();
  readonly mirror: Mirror;

  private constructor(transport: KubeTransport) {
    this.transport = transport;
    this.mirror = new Mirror(transport, () => this.progress.changed());
  }

  static async open(kubeconfig: string): Promise<RealServer> {
    const { transport } = await connect({ kubeconfig }, {});
    const server = new RealServer(transport);
    await server.mirror.start((error) => server.progress.failed(error));
    return server;
  }

  async close(): Promise<void> {
    this.mirror.close();
    await this.transport.close();
  }

  /** A call counts until its answer; a write goes on to its end also where nobody waits for it any more, as on any server. */
  send({ signal, ...request }: KubeRequest): Promise<KubeResponse> {
    const writes = request.method !== 'GET';
    return this.progress.during(async () => {
      const answer = await this.transport.request({ ...request, signal: writes ? never : signal });
      if (writes && answer.status < 300) this.progress.written(request.method, request.path, answer.body);
      return answer;
    });
  }

  /** A request of somebody who looks at the mirror afterwards. */
  async ask(method: string, path: string, headers: Readonly<Record<string, string>> = {}, body?: string): Promise<KubeResponse> {
    const answer = await this.send({ method, path, headers, signal: never, timeoutMs: callMs, ...(body === undefined ? {} : { body }) });
    if (method !== 'GET') await this.progress.until(() => (this.progress.shownBy(this.mirror) ? undefined : 'the mirror is behind'));
    const namespace = /^\/api\/v1\/namespaces\/([^/?]+)$/.exec(path)?.[1];
    if (method === 'DELETE' && namespace !== undefined) await this.#namespaceEnding(namespace);
    return answer;
  }

  /** What there is of a resource, but for the server's own. */
  list(resource: string): readonly JsonObject[] {
    return this.mirror.list(resource).filter((object) => !isOwn(resource, object));
  }

  /** Takes away what the story before left behind. */
  async clear(): Promise<void> {
    await this.progress.quiet(this.mirror, new Set());
    const leases = this.list('leases').filter((lease) => metaOf(lease).name.startsWith('portolan'));
    await Promise.all([
      ...this.list('services').map((service) => this.#remove('/api/v1', 'services', service)),
      ...this.list('nodes').map((node) => this.#remove('/api/v1', 'nodes', node)),
      ...leases.map((lease) => this.#remove('/apis/coordination.k8s.io/v1', 'leases', lease)),
    ]);
    await this.#removeNamespaces();
    this.mirror.forget('events');
  }

  async #remove(group: string, resource: string, object: JsonObject): Promise<void> {
    const { namespace, name, finalizers = [] } = metaOf(object);
    const path = `${group}${namespace === undefined ? '' : `/namespaces/${namespace}`}/${resource}/${name}`;
    // One that is going already ends with its last finalizer.
    if (finalizers.length > 0) await this.ask('PATCH', path, merge, '{"metadata":{"finalizers":null}}');
    await this.ask('DELETE', path);
  }

  /** Their end is the work of kube-controller-manager. */
  async #removeNamespaces(): Promise<void> {
    const added = () =>
      this.list('namespaces')
        .map((namespace) => metaOf(namespace).name)
        .filter((name) => !initialNamespaces.includes(name));
    for (const name of added()) await this.ask('DELETE', `/api/v1/namespaces/${name}`);
    await this.progress.until(() => (added().length === 0 ? undefined : `the namespaces ${added().join(', ')} do not go`));
  }

  /** kube-controller-manager marks what is in a namespace that goes. */
  #namespaceEnding(ending: string): Promise<void> {
    const unmarked = () =>
      this.list('services')
        .map(metaOf)
        .filter(({ namespace, deletionTimestamp }) => namespace === ending && deletionTimestamp === undefined);
    return this.progress.until(() => (unmarked().length === 0 ? undefined : `the namespace ${ending} goes, its Services do not`));
  }
}

function isOwn(resource: string, object: JsonObject): boolean {
  if (resource === 'services') return placeOf(object) === own;
  const { source } = object as { source?: { component?: string } }; // an Event's
  return resource === 'events' && ownComponents.includes(source?.component ?? '');
}
