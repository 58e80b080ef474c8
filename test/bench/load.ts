import { sleep, systemClock } from '../../src/clock.ts';
import type { KubeClient } from '../../src/kube/client.ts';

/** Work for a controller, put onto an API server by the one who measures. */
const parallel = 16;
export const namespace = 'bench';
const servicesPath = `/api/v1/namespaces/${namespace}/services`;

export async function makeNamespaces(client: KubeClient, signal: AbortSignal): Promise<void> {
  for (const name of [namespace, 'portolan-system']) await client.create('/api/v1/namespaces', { metadata: { name } }, signal);
}

/** The UID of kube-system. */
export async function clusterIdOf(client: KubeClient, signal: AbortSignal): Promise<string> {
  const { metadata } = await client.get('/api/v1/namespaces/kube-system', signal);
  return (metadata as { readonly uid: string }).uid; // every object has one
}

export function makeServices(client: KubeClient, prefix: string, count: number, signal: AbortSignal): Promise<void> {
  return each(count, async (index) => {
    const spec = { type: 'LoadBalancer', ports: [{ name: 'http', port: 80 }], selector: { app: `${prefix}-${index}` } };
    await client.create(servicesPath, { metadata: { name: `${prefix}-${index}` }, spec }, signal);
  });
}

export const deleteService = (client: KubeClient, name: string, signal: AbortSignal): Promise<void> =>
  client.delete(`${servicesPath}/${name}`, signal);

/** Services that are nobody's load balancer, as most in a big cluster: without a cluster IP, of which a server is slow to give many. */
export function makePlainServices(client: KubeClient, count: number, signal: AbortSignal): Promise<void> {
  return each(count, async (index) => {
    const name = `plain-${index}`;
    const labels = { 'app.kubernetes.io/name': name, 'app.kubernetes.io/part-of': 'shop', 'app.kubernetes.io/managed-by': 'Helm' };
    const annotations = { 'meta.helm.sh/release-name': name, 'prometheus.io/scrape': 'true', 'prometheus.io/port': '9090' };
    const ports = [
      { name: 'http', port: 80, targetPort: 8080 },
      { name: 'metrics', port: 9090, targetPort: 9090 },
    ];
    await client.create(
      servicesPath,
      { metadata: { name, labels, annotations }, spec: { clusterIP: 'None', ports, selector: labels } },
      signal,
    );
  });
}

const nodeName = (index: number): string => `node-${String(index).padStart(4, '0')}`;
export const nodeNames = (from: number, to: number): readonly string[] =>
  Array.from({ length: to - from }, (_, index) => nodeName(from + index));

/** @param spreadMs over how much time */
export async function makeNodes(client: KubeClient, names: readonly string[], signal: AbortSignal, spreadMs = 0): Promise<void> {
  await paced(names, spreadMs, signal, async (name, index) => {
    const labels = { 'kubernetes.io/hostname': name, 'topology.kubernetes.io/zone': `zone-${index % 3}` };
    await client.create('/api/v1/nodes', { metadata: { name, labels }, spec: { providerID: `toy:///${name}` } }, signal);
    const conditions = [{ type: 'Ready', status: 'True', reason: 'KubeletReady', message: '' }];
    const status = { addresses: [{ type: 'InternalIP', address: `192.0.2.${index % 250}` }], conditions };
    await client.patch(`/api/v1/nodes/${name}/status`, 'merge', { status }, signal);
  });
}

export const deleteNodes = (client: KubeClient, names: readonly string[], signal: AbortSignal, spreadMs = 0): Promise<void> =>
  paced(names, spreadMs, signal, async (name) => await client.delete(`/api/v1/nodes/${name}`, signal));

async function each(count: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) await work(index);
  };
  await Promise.all(Array.from({ length: parallel }, worker));
}

/** One after the other, evenly; all at once where there is no time given. */
async function paced(
  names: readonly string[],
  spreadMs: number,
  signal: AbortSignal,
  work: (name: string, index: number) => Promise<void>,
): Promise<void> {
  if (spreadMs === 0) {
    await each(names.length, (index) => work(names[index] ?? '', index));
    return;
  }
  const began = systemClock.monotonic();
  for (const [index, name] of names.entries()) {
    await sleep(systemClock, began + (spreadMs * index) / names.length - systemClock.monotonic(), signal);
    await work(name, index);
  }
}
