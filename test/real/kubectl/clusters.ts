import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../src/clock.ts';
import { KubeClient } from '../../../src/kube/client.ts';
import { connect } from '../../../src/kube/connection.ts';
import type { Json, JsonObject } from '../../../src/model/json.ts';
import { portBase, startControlPlane } from '../control-plane.ts';
import { controllerHome } from '../controller-process.ts';

/** A cluster kubectl can be pointed at. */
export interface Cluster {
  readonly kubeconfig: string;
  close(): Promise<void>;
}

/** `portolan demo --empty`, as a user starts it. */
export async function startDemo(): Promise<Cluster> {
  const folder = await mkdtemp(join(tmpdir(), 'portolan-kubectl-'));
  const kubeconfig = join(folder, 'kubeconfig');
  const program = join(import.meta.dirname, '../../../bin/portolan.mjs');
  const child = spawn(process.execPath, [program, 'demo', '--empty', '--kubeconfig', kubeconfig], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'exit');
  let heard = '';
  const up = new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (part: string) => {
        heard += part;
        if (heard.includes('stays up until Ctrl-C')) resolve();
      });
    }
  });
  const close = async () => {
    child.kill('SIGINT');
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  await Promise.race([up, ended]);
  if (child.exitCode === null) return { kubeconfig, close };
  await close();
  throw new Error(`the demo did not come up: ${heard}`);
}

/** A real control plane with the demo's nodes and a controller of the demo's class. */
export async function startReal(demo: Cluster): Promise<Cluster> {
  const kube = await startControlPlane(portBase(0));
  const closing: (() => Promise<unknown>)[] = [() => kube.wipe()];
  const close = async () => {
    for (const each of closing.splice(0).reverse()) await each();
  };
  try {
    await copyNodes(demo.kubeconfig, kube.kubeconfig);
    const network = `127.93.${process.pid % 256}`;
    const home = await controllerHome(
      (folder) => `apiVersion: portolan.dev/v1
kind: Config
providers:
  - name: here
    kind: local
    connection: { ranges: { public: [${network}.128/25], internal: [${network}.64/26] }, stateFile: ${folder}/state.json }
classes:
  - { id: local, name: portolan.dev/local, default: true, provider: here, handover: 2s }
nodeDebounce: 200ms
leaderElection: { enabled: false }
serving: { address: 127.0.0.1, port: 0 }
`,
    );
    closing.push(() => home.remove());
    const controller = home.start(kube.kubeconfig);
    closing.push(() => controller.stop());
    return { kubeconfig: kube.kubeconfig, close };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

/** Nodes of the same names, marks and addresses. Their sockets are the demo's, too. */
async function copyNodes(from: string, to: string): Promise<void> {
  const signal = new AbortController().signal;
  const [source, target] = await Promise.all([from, to].map((kubeconfig) => connect({ kubeconfig }, {})));
  if (source === undefined || target === undefined) throw new Error('there are two kubeconfigs');
  try {
    const { items } = await new KubeClient({ transport: source.transport, clock: systemClock }).get('/api/v1/nodes', signal);
    const client = new KubeClient({ transport: target.transport, clock: systemClock });
    for (const { metadata, spec, status } of items as unknown as readonly Node[]) {
      // a list of Nodes
      const { name, labels } = metadata;
      await client.create('/api/v1/nodes', { metadata: { name, labels }, spec }, signal);
      const { addresses, conditions } = status;
      await client.patch(`/api/v1/nodes/${name}/status`, 'merge', { status: { addresses, conditions } }, signal);
    }
  } finally {
    await source.transport.close();
    await target.transport.close();
  }
}

interface Node {
  readonly metadata: { readonly name: string; readonly labels: JsonObject };
  readonly spec: JsonObject;
  readonly status: { readonly addresses: Json; readonly conditions: Json };
}
