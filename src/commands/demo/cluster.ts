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
  for (const { name, address } of range.nodes) {
    const answer = await api.request({ method: 'POST', path: '/api/v1/nodes', body: JSON.stringify(nodeManifest(name, address)) });
    if (answer.status === 201) continue;
    await close();
    throw new Error(`the embedded API server refused ${name}: ${answer.body}`);
  }
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
