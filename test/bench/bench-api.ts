import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readSync, openSync, closeSync, rmSync, writeFileSync, fstatSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/clock.ts';
import { KubeClient } from '../../src/kube/client.ts';
import { connect } from '../../src/kube/connection.ts';
import { portBase, startControlPlane } from '../real/control-plane.ts';
import { kubeconfigText } from '../../src/commands/demo/kubeconfig-file.ts';
import { ApiWrites, measuringVersion as version, type WriteCounts } from './api-writes.ts';

/** An API server in another process, and how often a controller writes to it. */
export interface BenchApi {
  readonly kubeconfig: string;
  /** Of the one who measures; its writes are not counted. */
  readonly client: KubeClient;
  /** What controllers wrote since the last `reset`. */
  writes(): Promise<WriteCounts>;
  reset(): Promise<void>;
  close(): Promise<void>;
}

export const apiKinds = ['real', 'embedded'] as const;
export type ApiKind = (typeof apiKinds)[number];

export const startApi = (kind: ApiKind, slot = 0): Promise<BenchApi> => (kind === 'real' ? realApi(slot) : embeddedApi());

/** kube-apiserver and etcd; its audit log tells who wrote what. */
async function realApi(slot: number): Promise<BenchApi> {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-bench-api-'));
  const [policy, log] = [join(folder, 'policy.yaml'), join(folder, 'audit.log')];
  writeFileSync(policy, auditPolicy);
  writeFileSync(log, '');
  const flags = `--audit-policy-file=${policy} --audit-log-path=${log} --service-node-port-range=20000-32767`;
  const plane = await startControlPlane(portBase(slot), { KUBE_UP_APISERVER_ARGS: flags, KUBE_UP_OWNER: String(process.pid) });
  const connection = await connect({ kubeconfig: plane.kubeconfig, version }, {});
  let counted = new ApiWrites();
  const tail = tailOf(log, (line) => counted.audit(line));
  return {
    kubeconfig: plane.kubeconfig,
    client: new KubeClient({ transport: connection.transport, clock: systemClock, timeoutMs: 60_000 }),
    writes: () => {
      tail.read();
      return Promise.resolve(counted.told());
    },
    reset: () => {
      tail.read();
      counted = new ApiWrites();
      return Promise.resolve();
    },
    async close() {
      tail.close();
      await connection.transport.close();
      await plane.wipe();
      rmSync(folder, { recursive: true });
    },
  };
}

/** Writes only, each once, without bodies. */
const auditPolicy = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
  - { level: None, userGroups: ["system:serviceaccounts"] }
  - { level: None, users: ["system:apiserver", "system:kube-controller-manager"] }
  - { level: Metadata, verbs: [create, update, patch, delete, deletecollection] }
  - { level: None }
`;

/** Hands on each line once it is whole. */
function tailOf(file: string, line: (text: string) => void): { read(): void; close(): void } {
  const handle = openSync(file, 'r');
  let [offset, rest] = [0, ''];
  return {
    read() {
      const size = fstatSync(handle).size;
      const buffer = Buffer.alloc(1 << 20);
      while (offset < size) {
        const length = readSync(handle, buffer, 0, Math.min(buffer.length, size - offset), offset);
        offset += length;
        const lines = (rest + buffer.toString('latin1', 0, length)).split('\n'); // agents and resources are ASCII
        rest = lines.pop() ?? '';
        for (const each of lines) line(each);
      }
    },
    close: () => closeSync(handle),
  };
}

/** The embedded API, over HTTP. */
async function embeddedApi(): Promise<BenchApi> {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-bench-api-'));
  const child = fork(join(import.meta.dirname, 'embedded-process.ts'), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const [url] = (await once(child, 'message')) as [string]; // embedded-process.ts says it first
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, kubeconfigText(url));
  const connection = await connect({ kubeconfig, version }, {});
  const ask = async (what: 'writes' | 'reset'): Promise<WriteCounts> => {
    const answered = once(child, 'message');
    child.send(what);
    const [counts] = (await answered) as [WriteCounts]; // as above
    return counts;
  };
  return {
    kubeconfig,
    client: new KubeClient({ transport: connection.transport, clock: systemClock, timeoutMs: 60_000 }),
    writes: () => ask('writes'),
    reset: async () => void (await ask('reset')),
    async close() {
      await connection.transport.close();
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}
