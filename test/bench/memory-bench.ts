import { sleep, systemClock } from '../../src/clock.ts';
import { CloudProxy } from '../real/aws/cloud-proxy.ts';
import { startMoto } from '../real/aws/moto.ts';
import { motoAsAmazon } from '../real/aws/moto-as-amazon.ts';
import { credentials, region, seedCloud } from '../real/aws/seed.ts';
import { startApi } from './bench-api.ts';
import { makeNamespaces, makeServices } from './load.ts';
import type { Programs } from './subject.ts';
import { startController } from './subject.ts';
import type { MemoryRow } from './results.ts';
import { StatusWatch } from './status-watch.ts';

export interface MemoryOptions {
  readonly programs: Pick<Programs, 'portolan'>;
  readonly repeat: number;
  readonly small: boolean;
  readonly signal: AbortSignal;
  readonly told: (line: string) => void;
}

/** How long it is left alone before what it holds is read. */
const restMs = 10_000;

/** What a controller holds in memory, by the provider it has: the whole of what loading Amazon's SDK costs, and nobody else pays. */
export async function memoryBench({ programs, repeat, small, signal, told }: MemoryOptions): Promise<readonly MemoryRow[]> {
  const services = small ? 3 : 20;
  const rows: MemoryRow[] = [];
  for (const provider of ['local', 'aws'] as const) {
    const runs: MemoryRow['runs'][number][] = [];
    for (let turn = 0; turn < repeat; turn++) {
      const run = await measured(provider, programs, services, small ? 1_000 : restMs, signal);
      runs.push(run);
      told(
        `${provider}: ${run.startedMiB.toFixed(0)} MiB; with ${services} Services ${run.servingMiB.toFixed(0)}, at most ${run.peakMiB.toFixed(0)}`,
      );
    }
    rows.push({ provider, services, runs });
  }
  return rows;
}

async function measured(
  provider: MemoryRow['provider'],
  programs: Pick<Programs, 'portolan'>,
  services: number,
  ms: number,
  signal: AbortSignal,
): Promise<MemoryRow['runs'][number]> {
  await using stack = new AsyncDisposableStack();
  const api = await startApi('embedded');
  stack.defer(() => api.close());
  await makeNamespaces(api.client, signal);
  const watch = await StatusWatch.start(api.client);
  stack.defer(() => watch.close());
  const { connection, nodes } = provider === 'aws' ? await amazon(stack) : local();
  for (const [index, providerID] of nodes.entries()) {
    await api.client.create('/api/v1/nodes', { metadata: { name: `n${index}` }, spec: { providerID } }, signal);
    const conditions = [{ type: 'Ready', status: 'True', reason: 'KubeletReady', message: '' }];
    const status = { addresses: [{ type: 'InternalIP', address: `192.0.2.${index + 1}` }], conditions };
    await api.client.patch(`/api/v1/nodes/n${index}/status`, 'merge', { status }, signal);
  }
  const controller = startController(programs, { kind: provider, connection }, api.kubeconfig);
  stack.defer(() => controller.kill());
  await sleep(systemClock, ms, signal);
  const startedMiB = controller.usage().rssMiB;
  await makeServices(api.client, 'm', services, signal);
  await watch.until('m-', services, signal);
  await sleep(systemClock, ms, signal);
  const { rssMiB: servingMiB, peakMiB } = controller.usage();
  return { startedMiB, servingMiB, peakMiB };
}

/** Its sockets lead nowhere: they are there, and nobody connects. */
const local = () => ({
  connection: '{ ranges: { public: [127.85.0.0/24] }, stateFile: ./state.json }',
  nodes: ['bench:///0', 'bench:///1'],
});

async function amazon(stack: AsyncDisposableStack) {
  const moto = await startMoto();
  stack.defer(() => moto.stop());
  const { vpcId, instances, subnets } = await seedCloud(moto.url, { clusterName: 'bench', instances: 2 });
  const proxy = await CloudProxy.start(moto.url, motoAsAmazon());
  stack.defer(() => proxy.close());
  process.env['AWS_ACCESS_KEY_ID'] = credentials.accessKeyId; // moto believes everybody
  process.env['AWS_SECRET_ACCESS_KEY'] = credentials.secretAccessKey;
  return {
    connection: `{ region: ${region}, vpcId: ${vpcId}, endpoint: "${proxy.url}", clusterName: bench }`,
    nodes: instances.map((id) => `aws:///${subnets[0]?.zone}/${id}`),
  };
}
