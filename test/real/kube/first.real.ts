import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { LbError } from '../../../src/errors.ts';
import { KubeClient } from '../../../src/kube/client.ts';
import { connect, type Connection } from '../../../src/kube/connection.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { valueAt } from '../bed/value-at.ts';
import { missingForControlPlane, portBase, startControlPlane, type ControlPlane } from '../control-plane.ts';
import { controllerHome } from '../controller-process.ts';
import { realSuite } from '../real-suite.ts';

const fixtures = join(import.meta.dirname, '../../fixtures/kube');
const signal = new AbortController().signal;
const missing = missingForControlPlane();

realSuite('the recordings of a real kube-apiserver', missing, () => {
  test('are what it answers today, to the byte', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'portolan-recorded-'));
    try {
      const recorder = join(import.meta.dirname, '../record-kube.ts');
      await promisify(execFile)(process.execPath, [recorder, '--into', folder, '--port', String(portBase(0))]);
      const areas = (await readdir(fixtures)).filter((file) => file.endsWith('.json'));

      expect((await readdir(folder)).sort()).toEqual(areas.sort());
      for (const area of areas) {
        expect(await readFile(join(folder, area), 'utf8'), area).toBe(await readFile(join(fixtures, area), 'utf8'));
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

realSuite('portolan controller on a real kube-apiserver', missing, () => {
  // Runs side by side take networks of their own of the loopback range.
  const network = `127.93.${process.pid % 256}`;
  const [nodeAddress, range] = [`${network}.10`, `${network}.128/25`];
  const services = '/api/v1/namespaces/shop/services';
  const lease = '/apis/coordination.k8s.io/v1/namespaces/portolan-system/leases/portolan';
  let kube: ControlPlane;
  let connection: Connection;
  let client: KubeClient;
  let home: Awaited<ReturnType<typeof controllerHome>>;

  beforeAll(async () => {
    kube = await startControlPlane(portBase(1));
    connection = await connect({ kubeconfig: kube.kubeconfig }, {});
    client = new KubeClient({ transport: connection.transport, clock: systemClock });
    for (const name of ['shop', 'portolan-system']) await client.create('/api/v1/namespaces', { metadata: { name } }, signal);
    await addNode('n1', nodeAddress);
    home = await controllerHome(
      (folder) => `apiVersion: portolan.dev/v1
kind: Config
providers:
  - { name: here, kind: local, connection: { ranges: { public: [${range}] }, stateFile: ${folder}/state.json, probeInterval: 200ms } }
classes:
  - { id: local, name: portolan.dev/local, default: true, provider: here }
serving: { address: 127.0.0.1, port: 0 }
`,
    );
  });

  afterAll(async () => {
    await connection.transport.close();
    await home.remove();
    await kube.wipe();
  });

  async function addNode(name: string, address: string): Promise<void> {
    await client.create('/api/v1/nodes', { metadata: { name }, spec: {} }, signal);
    const conditions = [{ type: 'Ready', status: 'True', reason: 'KubeletReady', message: '' }];
    const status = { addresses: [{ type: 'InternalIP', address }], conditions };
    await client.patch(`/api/v1/nodes/${name}/status`, 'merge', { status }, signal);
  }

  const read = (path: string) => client.get(path, signal);
  const eventually = <T>(look: () => Promise<T>): Promise<T> => vi.waitFor(look, { timeout: 30_000, interval: 50 });

  const gone = (path: string) =>
    eventually(async () => {
      const code = await read(path).then(
        () => 'there',
        (thrown: unknown) => (thrown instanceof LbError ? thrown.code : String(thrown)),
      );
      expect(code).toBe('ApiNotFound');
    });

  test('a Service gets an address, carries traffic, follows an edit, survives a crash and goes', async () => {
    const controller = home.start(kube.kubeconfig);
    try {
      const made = await client.create(
        services,
        { metadata: { name: 'web' }, spec: { type: 'LoadBalancer', ports: [{ port: 8080 }] } },
        signal,
      );
      const nodePort = Number(valueAt(made, 'spec', 'ports', 0, 'nodePort'));
      using endpoint = await answering(nodeAddress, nodePort, 'hello from the node');

      const served = await eventually(async () => {
        const service = await read(`${services}/web`);
        expect(valueAt(service, 'status', 'loadBalancer', 'ingress', 0, 'ip'), controller.log()).toMatch(`${network}.`);
        expect(conditionsOf(service)).toMatchObject({
          'portolan.dev/Accepted': 'True',
          'portolan.dev/Programmed': 'True',
          'portolan.dev/Applied': 'True',
        });
        return service;
      });
      const address = String(valueAt(served, 'status', 'loadBalancer', 'ingress', 0, 'ip'));
      expect(valueAt(served, 'metadata', 'finalizers')).toEqual(['portolan.dev/lb.local']);
      await eventually(async () => expect(await answerOf(address, 8080)).toBe(endpoint.says));

      await client.patch(`${services}/web`, 'merge', { spec: { ports: [{ port: 9090, nodePort }] } }, signal);
      await eventually(async () => expect(await answerOf(address, 9090)).toBe(endpoint.says));
      await eventually(() => expect(answerOf(address, 8080)).rejects.toThrow('ECONNREFUSED'));

      expect(await eventReasons()).toContain('EnsuredLoadBalancer');
      expect(String(valueAt(await read(lease), 'spec', 'holderIdentity'))).not.toBe('');
      await controller.kill();
      expect(valueAt(await read(`${services}/web`), 'status', 'loadBalancer', 'ingress', 0, 'ip')).toBe(address);
    } finally {
      await controller.kill();
    }

    // What a crash left behind waits for the lease of the dead process to run out.
    const next = home.start(kube.kubeconfig);
    try {
      await client.delete(`${services}/web`, signal);
      await gone(`${services}/web`);

      expect(await next.stop(), next.log()).toBe(0);
      expect(valueAt(await read(lease), 'spec', 'holderIdentity') ?? '').toBe('');
    } finally {
      await next.kill();
    }
  });

  async function eventReasons(): Promise<readonly unknown[]> {
    const { items } = await read('/api/v1/namespaces/shop/events');
    return Array.isArray(items) ? items.map((event) => valueAt(event as JsonObject, 'reason')) : []; // events are objects
  }
});

function conditionsOf(service: JsonObject): Readonly<Record<string, unknown>> {
  const list = valueAt(service, 'status', 'conditions');
  const conditions = Array.isArray(list) ? (list as JsonObject[]) : []; // conditions are objects
  return Object.fromEntries(conditions.map(({ type, status }) => [typeof type === 'string' ? type : '', status]));
}

/** A server that says one thing to whoever connects. */
async function answering(host: string, port: number, says: string): Promise<Disposable & { readonly says: string }> {
  const server = createServer((socket) => {
    // A health check opens a connection and resets it.
    socket.on('error', () => socket.destroy());
    socket.end(says);
  });
  server.listen(port, host);
  await once(server, 'listening');
  return { says, [Symbol.dispose]: () => void server.close() };
}

async function answerOf(host: string, port: number): Promise<string> {
  const socket = createConnection({ host, port });
  let text = '';
  for await (const part of socket.setEncoding('utf8')) text += String(part);
  return text;
}
