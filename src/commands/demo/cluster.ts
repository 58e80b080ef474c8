import type { Clock } from '../../clock.ts';
import { EmbeddedApi } from '../../embedded/api.ts';
import { serveHttp } from '../../embedded/http-door.ts';
import { ToyNodes } from '../../embedded/toy-nodes.ts';
import type { Log } from '../../log.ts';
import type { JsonObject } from '../../model/json.ts';
import type { DemoRange } from './address-range.ts';

/** A Kubernetes of three nodes in this process. */
export interface DemoCluster {
  readonly api: EmbeddedApi;
  readonly toyNodes: ToyNodes;
  /** Where the API server listens. */
  readonly url: string;
  close(): Promise<void>;
}

/** So wide that the cluster IPs in people's manifests are valid. */
const serviceCidrs = ['10.0.0.0/8'];
/** Where controllers keep their Lease unless told otherwise. */
const leaseNamespace = 'portolan-system';

/** @throws Error when the API server cannot listen. */
export async function startCluster(range: DemoRange, clock: Clock, log: Log): Promise<DemoCluster> {
  const api = new EmbeddedApi({ clock, serviceCidrs });
  const toyNodes = new ToyNodes({ door: api, clock, log });
  const door = await serveHttp(api, { host: range.api, port: 0 });
  const close = async () => {
    await toyNodes.close();
    await door.close();
    api.close();
  };
  const make = async (path: string, manifest: JsonObject) => {
    const headers = { 'content-type': 'application/json' };
    const answer = await api.request({ method: 'POST', path, headers, body: JSON.stringify(manifest) });
    if (answer.status === 201) return;
    await close();
    throw new Error(`the embedded API server refused ${path}: ${answer.body}`);
  };
  await make('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: leaseNamespace } });
  for (const { name, address } of range.nodes) await make('/api/v1/nodes', nodeManifest(name, address));
  await toyNodes.start();
  return { api, toyNodes, url: door.url, close };
}

function nodeManifest(name: string, address: string): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'kubernetes.io/hostname': name, 'topology.kubernetes.io/zone': `zone-${name.slice(-1)}` } },
    spec: { providerID: `toy://${name}` },
    status: {
      addresses: [
        { type: 'InternalIP', address },
        { type: 'Hostname', address: name },
      ],
      conditions: [{ type: 'Ready', status: 'True', reason: 'ToyNodeReady', message: 'this node is a few sockets' }],
    },
  };
}
