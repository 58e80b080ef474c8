import { projectService } from '../kube/projection.ts';
import { serviceLoadBalancer, serviceUid, type ClusterId, type LoadBalancerKey } from '../model/ids.ts';
import type { JsonObject } from '../model/json.ts';
import type { ServiceView } from '../model/service-view.ts';
import type { NodeSetup } from './case.ts';
import type { ClusterApi } from './cluster-api.ts';
import { valueAt } from './json-pointer.ts';

const content = { create: 'application/json', merge: 'application/merge-patch+json' };

/** What the API server said: an object, or a Status. */
export interface Said {
  readonly status: number;
  readonly object: JsonObject;
}

/** What stands behind the nodes of a cluster, by index from 0. */
export interface Machines {
  /** As a Node's status lists them. */
  addresses(index: number): readonly JsonObject[];
  /** Undefined where the cloud has no machines of its own. */
  providerId(index: number): string | undefined;
}

/** One Kubernetes cluster of a story: its API server, and what users and machines do to it. */
export class Cluster {
  readonly api: ClusterApi;
  readonly id: ClusterId;
  readonly #machines: Machines;
  /** By name, in the order they were made: an address is never given twice. */
  readonly #nodes: string[] = [];
  /** UID by `namespace/name` of each Service that was made, also where it is gone. */
  readonly #made = new Map<string, string>();

  constructor(api: ClusterApi, id: ClusterId, machines: Machines) {
    this.api = api;
    this.id = id;
    this.#machines = machines;
  }

  async create(namespace: string, name: string, over: { readonly metadata?: JsonObject; readonly spec?: JsonObject }): Promise<Said> {
    const said = await this.#send('POST', `/api/v1/namespaces/${namespace}/services`, content.create, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, ...over.metadata },
      spec: { type: 'LoadBalancer', selector: { app: name }, ports: [{ port: 80, protocol: 'TCP' }], ...over.spec },
    });
    const uid = valueAt(said.object, '/metadata/uid');
    if (said.status < 300 && typeof uid === 'string') this.#made.set(`${namespace}/${name}`, uid);
    return said;
  }

  /** The UID that a Service of this name was given last; undefined where there never was one. */
  uidOf(namespace: string, name: string): string | undefined {
    return this.#made.get(`${namespace}/${name}`);
  }

  patch(namespace: string, name: string, patch: JsonObject, sub?: 'status'): Promise<Said> {
    return this.#send('PATCH', `${pathOf(namespace, name)}${sub === undefined ? '' : `/${sub}`}`, content.merge, patch);
  }

  delete(namespace: string, name: string): Promise<Said> {
    return this.#send('DELETE', pathOf(namespace, name), content.create);
  }

  async addNamespace(name: string): Promise<void> {
    await this.#must('POST', '/api/v1/namespaces', content.create, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  }

  async deleteNamespace(name: string): Promise<void> {
    await this.#must('DELETE', `/api/v1/namespaces/${name}`, content.create);
  }

  async addNode(node: NodeSetup): Promise<void> {
    const { name, labels = {}, taints, unschedulable, ready, addresses } = node;
    if (!this.#nodes.includes(name)) this.#nodes.push(name);
    const index = this.#nodes.indexOf(name);
    const providerId = node.providerId === undefined ? this.#machines.providerId(index) : (node.providerId ?? undefined);
    const conditions = [{ type: 'Ready', status: ready === false ? 'False' : 'True' }];
    await this.#must('POST', '/api/v1/nodes', content.create, {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, labels },
      spec: {
        ...(taints === undefined ? {} : { taints }),
        ...(unschedulable === undefined ? {} : { unschedulable }),
        ...(providerId === undefined ? {} : { providerID: providerId }),
      },
      status: { addresses: addresses ?? this.#machines.addresses(index), conditions },
    });
  }

  async patchNode(name: string, patch: JsonObject, sub?: 'status'): Promise<void> {
    await this.#must('PATCH', `/api/v1/nodes/${name}${sub === undefined ? '' : `/${sub}`}`, content.merge, patch);
  }

  async deleteNode(name: string): Promise<void> {
    await this.#must('DELETE', `/api/v1/nodes/${name}`, content.create);
  }

  /** The Service as the API server has it; undefined where it is gone. Not a copy: read only. */
  object(namespace: string, name: string): JsonObject | undefined {
    return this.api.get('', 'v1', 'services', namespace, name);
  }

  view(namespace: string, name: string): ServiceView | undefined {
    const object = this.object(namespace, name);
    return object === undefined ? undefined : projectService(structuredClone(object));
  }

  services(): readonly ServiceView[] {
    return this.api.list('', 'v1', 'services').map((object) => projectService(structuredClone(object)));
  }

  nodeObjects(): readonly JsonObject[] {
    return this.api.list('', 'v1', 'nodes');
  }

  /** Events about a Service, oldest first. */
  events(namespace: string, name: string): readonly { readonly reason: string; readonly message: string; readonly count: number }[] {
    const all = this.api.list('', 'v1', 'events').map((event) => event as unknown as EventObject); // written by the recorder of src/kube
    return all
      .filter(({ involvedObject }) => involvedObject.name === name && involvedObject.namespace === namespace)
      .map(({ reason, message, count }) => ({ reason, message, count: count ?? 1 }));
  }

  async #must(method: string, path: string, type: string, body?: JsonObject): Promise<void> {
    const { status, object } = await this.#send(method, path, type, body);
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(object['message'])}`);
  }

  async #send(method: string, path: string, type: string, body?: JsonObject): Promise<Said> {
    const headers = { 'content-type': type, 'user-agent': 'kit' };
    const answer = await this.api.request({ method, path, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    return { status: answer.status, object: JSON.parse(answer.body) as JsonObject }; // API servers answer these requests with objects
  }
}

interface EventObject {
  readonly involvedObject: { readonly namespace?: string; readonly name?: string };
  readonly reason: string;
  readonly message: string;
  readonly count?: number;
}

const pathOf = (namespace: string, name: string): string => `/api/v1/namespaces/${namespace}/services/${name}`;

/** The key of a Service's load balancer, while load balancers and Services are one to one. */
export const keyOf = (service: ServiceView): LoadBalancerKey => serviceLoadBalancer(serviceUid(service.uid));
