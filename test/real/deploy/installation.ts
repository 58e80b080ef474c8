import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, vi } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { KubeClient } from '../../../src/kube/client.ts';
import { connect } from '../../../src/kube/connection.ts';
import { httpsGet } from '../../fixtures/https-get.ts';
import { portBase, startControlPlane, type ControlPlane } from '../control-plane.ts';
import { auditFlags } from './audit-log.ts';
import { buildImage } from './image.ts';
import { makeOnHost, preparePod, type PreparedPod, type RunningContainer } from './mini-kubelet.ts';
import { probeUrl, type Pod } from './pod.ts';

const signal = new AbortController().signal;
const run = promisify(execFile);
// The real ones make Pods of Deployments and check the types of policies.
const controllers = ['deployment', 'replicaset', 'disruption', 'validatingadmissionpolicy-status'].map((name) => `${name}-controller`);

/** Looks until it is so, or for a while. */
export const eventually = <T>(look: () => Promise<T>): Promise<T> => vi.waitFor(look, { timeout: 40_000, interval: 100 });

/** What is installed. */
export interface Overlay {
  readonly namespace: string;
  /** Its files that say which addresses and ports are used. */
  readonly files: readonly string[];
  /** The port of the node that it takes. */
  readonly port: string;
  /** More flags of kube-apiserver. */
  readonly apiServerFlags?: string;
}

const classMode: Overlay = { namespace: 'portolan-system', files: ['portolan.yaml', 'host-network.yaml'], port: '18080' };

/** A Pod of Portolan that runs. */
export interface RunningPod {
  readonly pod: Pod;
  readonly prepared: PreparedPod;
  container: RunningContainer;
}

/** A cluster of one node, somebody at a shell in a folder with `deploy`, and what the node runs of it. */
export interface Installation {
  readonly kube: ControlPlane;
  /** With all rights. */
  readonly client: KubeClient;
  /** Of the node, and of nobody else who runs this test now. */
  readonly network: string;
  /** What a line of a shell says. A warning is a failure. @throws where it fails */
  shell(line: string): Promise<string>;
  /** The same for a line of a guide; what needs a container engine, or a kubelet, is played. */
  type(line: string): Promise<string>;
  /** Makes the overlay, which the guide just copied, that of this run: free addresses and ports. */
  edit(overlay: string): Promise<void>;
  /** Runs the Pod that the Deployment made, and says that it is Ready when its probes do. */
  playKubelet(): Promise<void>;
  becomesReady(): Promise<void>;
  running(): RunningPod;
}

export async function startInstallation(cleanup: AsyncDisposableStack, plan: Overlay = classMode): Promise<Installation> {
  const podsPath = `/api/v1/namespaces/${plan.namespace}/pods`;
  const network = `127.94.${process.pid % 256}`;
  const kube = await startControlPlane(portBase(2), {
    KUBE_UP_APISERVER_ARGS: `${auditFlags} ${plan.apiServerFlags ?? ''}`,
    KUBE_UP_CONTROLLER_ARGS: `--controllers=${controllers.join(',')}`,
  });
  cleanup.defer(() => kube.wipe());
  const folder = join(dirname(kube.kubeconfig), 'install'); // goes with the control plane
  await mkdir(folder);
  await cp(join(import.meta.dirname, '../../../deploy'), join(folder, 'deploy'), { recursive: true });
  const image = await buildImage(folder);
  const { transport } = await connect({ kubeconfig: kube.kubeconfig }, {});
  cleanup.defer(() => transport.close());
  const client = new KubeClient({ transport, clock: systemClock });
  await addNode(client, 'node-1', `${network}.10`);

  let running: RunningPod | undefined;
  cleanup.defer(async () => await running?.container.kill());
  const theRunning = (): RunningPod => {
    if (running === undefined) throw new Error('no Pod runs yet');
    return running;
  };

  const itsKubectl = await kube.command('up'); // it is up: the line to eval

  async function shell(line: string): Promise<string> {
    const { stdout, stderr } = await run('sh', ['-euc', `${itsKubectl}\n${line}`], { cwd: folder });
    expect(stderr, line).toBe('');
    return stdout;
  }

  async function type(line: string): Promise<string> {
    const [, inPod] = /^kubectl exec .* -- (.*)$/.exec(line) ?? [];
    if (inPod !== undefined) {
      const { code, text } = await theRunning().prepared.run(inPod.split(' '));
      expect(code, text).toBe(0);
      return text;
    }
    if (line.startsWith('docker ')) return ''; // the image is there
    if (line.startsWith('sudo sysctl ')) return ''; // no port below 1024 here
    const [, owner, path] = /^sudo install -d -o (\d+) -g \d+ (\S+)$/.exec(line) ?? [];
    if (owner === undefined || path === undefined) return await shell(line.replaceAll('NODE', 'node-1'));
    await makeOnHost({ folder }, path, Number(owner));
    return '';
  }

  async function edit(overlay: string): Promise<void> {
    const ranges = `ranges: { public: [${network}.128/26], internal: [${network}.192/26] }`;
    for (const name of plan.files) {
      const file = join(folder, overlay, name);
      const text = await readFile(file, 'utf8');
      await writeFile(file, text.replace(/ranges: .*/, ranges).replaceAll(plan.port, String(portBase(1))));
    }
  }

  async function playKubelet(): Promise<void> {
    const pod = await eventually(async () => {
      const { items } = await client.get(podsPath, signal);
      const [first] = items as unknown as Pod[]; // a list of Pods
      if (first === undefined) throw new Error('the Deployment has made no Pod yet');
      return first;
    });
    const server = new URL(await shell("kubectl config view --minify -o jsonpath='{.clusters[0].cluster.server}'"));
    const prepared = await preparePod(pod, { image, folder, client, apiServer: { host: server.hostname, port: server.port } });
    running = { pod, prepared, container: prepared.start() };
    await becomesReady();
    const conditions = ['Ready', 'ContainersReady'].map((condition) => ({ type: condition, status: 'True' }));
    await client.patch(`${podsPath}/${pod.metadata.name}/status`, 'merge', { status: { phase: 'Running', conditions } }, signal);
  }

  async function becomesReady(): Promise<void> {
    const { pod, container } = theRunning();
    const [spec] = pod.spec.containers;
    for (const probe of [spec.livenessProbe, spec.readinessProbe]) {
      await eventually(async () => {
        const answer = await probed(probeUrl(spec, probe, `${network}.10`)).catch(() => undefined);
        expect(answer?.status, `${answer?.body}\n${container.log()}`).toBe(200);
      });
    }
  }

  return { kube, client, network, shell, type, edit, playKubelet, becomesReady, running: theRunning };
}

async function addNode(client: KubeClient, name: string, address: string): Promise<void> {
  await client.create('/api/v1/nodes', { metadata: { name }, spec: {} }, signal);
  const conditions = [{ type: 'Ready', status: 'True', reason: 'KubeletReady', message: '' }];
  const status = { addresses: [{ type: 'InternalIP', address }], conditions };
  await client.patch(`/api/v1/nodes/${name}/status`, 'merge', { status }, signal);
}

/** As a kubelet asks: whatever certificate is shown. */
async function probed(url: string): Promise<{ readonly status: number; readonly body: string }> {
  const { protocol, hostname, port, pathname } = new URL(url);
  if (protocol === 'https:') return await httpsGet(Number(port), pathname, { host: hostname });
  const answer = await fetch(url);
  return { status: answer.status, body: await answer.text() };
}
