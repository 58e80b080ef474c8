import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KubeClient } from '../../src/kube/client.ts';
import { usageOf, type Usage } from './usage.ts';

/** Which controller is looked at: upstream's service controller, `portolan ccm` in its place, or `portolan controller` with a class. */
export type SubjectKind = 'upstream' | 'ccm' | 'class';

/** What runs: files on this machine. */
export interface Programs {
  /** Arguments follow. */
  readonly portolan: readonly string[];
  readonly toyProvider: readonly string[];
  /** Where upstream's is not looked at, there may be none. */
  readonly serviceController?: string;
}

export interface Surroundings {
  readonly kubeconfig: string;
  /** URL of the toy cloud. */
  readonly backend: string;
  /** The id both put into marks: the UID of kube-system, which is Portolan's default. */
  readonly clusterId: string;
}

/** How fast it may be; without it, as it comes. */
export interface Limits {
  readonly workers: number;
  readonly qps: number;
  readonly burst: number;
}

/** A controller at work. */
export interface Subject {
  readonly log: () => string;
  /** With its children: a provider in another process is part of it. */
  usage(): Usage;
  /** Without them. */
  usageAlone(): Usage;
  /** Asks it to end, as a kubelet does; resolves to its exit code. */
  stop(): Promise<number | null>;
  /** Ends it as a crash would; one that has ended stays so. */
  kill(): Promise<void>;
}

export function startSubject(
  kind: SubjectKind,
  programs: Programs,
  { kubeconfig, backend, clusterId }: Surroundings,
  limits?: Limits,
  port = 0,
): Subject {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-subject-'));
  const connection = `{ command: ${JSON.stringify(programs.toyProvider)}, backend: "${backend}" }`;
  const file = join(folder, 'config.yaml');
  const common = ['--kubeconfig', kubeconfig, '--secure-port', '0', ...limitFlags(limits)];
  switch (kind) {
    case 'upstream': {
      const flags = [
        '--cloud-provider',
        'toy',
        '--controllers',
        'service-lb-controller',
        '--configure-cloud-routes=false',
        '--cert-dir',
        folder,
      ];
      if (programs.serviceController === undefined) throw new Error("there is no service controller of upstream's");
      return run([programs.serviceController, ...flags, ...common], folder, { TOY_BACKEND: backend, TOY_CLUSTER: clusterId });
    }
    case 'ccm':
      writeFileSync(file, `connection: ${connection}\n`);
      return run([...programs.portolan, 'ccm', '--cloud-provider', 'external', '--cloud-config', file, ...common], folder, {});
    case 'class':
      writeFileSync(file, configOf('external', connection, port, limits?.workers));
      return run([...programs.portolan, 'controller', '--config', file, '--kubeconfig', kubeconfig], folder, {});
  }
}

/** `portolan controller` with one class by a provider of its own. */
export function startController(
  { portolan }: Pick<Programs, 'portolan'>,
  provider: { readonly kind: string; readonly connection: string },
  kubeconfig: string,
): Subject {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-subject-'));
  const file = join(folder, 'config.yaml');
  writeFileSync(file, configOf(provider.kind, provider.connection, 0, undefined));
  return run([...portolan, 'controller', '--config', file, '--kubeconfig', kubeconfig], folder, {});
}

/** Where each takes its Lease. */
export const leaseOf: Readonly<Record<SubjectKind, { readonly namespace: string; readonly name: string }>> = {
  upstream: { namespace: 'kube-system', name: 'cloud-controller-manager' },
  ccm: { namespace: 'kube-system', name: 'cloud-controller-manager' },
  class: { namespace: 'portolan-system', name: 'portolan' },
};

/** Gives up the Lease for one that ended without doing so, as upstream's does: nobody measures how long that takes to run out. */
export async function freeLease(client: KubeClient, kind: SubjectKind, signal: AbortSignal): Promise<void> {
  const { namespace, name } = leaseOf[kind];
  const path = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/${name}`;
  await client.patch(path, 'merge', { spec: { holderIdentity: '' } }, signal);
}

const limitFlags = (limits: Limits | undefined): readonly string[] =>
  limits === undefined
    ? []
    : ['--concurrent-service-syncs', limits.workers, '--kube-api-qps', limits.qps, '--kube-api-burst', limits.burst].map(String);

const configOf = (kind: string, connection: string, port: number, workers: number | undefined): string => `apiVersion: portolan.dev/v1
kind: Config
providers:
  - { name: toy, kind: ${kind}, connection: ${connection} }
classes:
  - { id: toy, name: portolan.dev/toy, default: true, provider: toy }
${workers === undefined ? '' : `workers: ${workers}\n`}serving: { address: 127.0.0.1, port: ${port} }
`;

/** Ended with this process, however that ends. */
const living = new Set<() => void>();
process.on('exit', () => {
  for (const kill of living) kill();
});

function run([program = '', ...args]: readonly string[], folder: string, variables: Readonly<Record<string, string>>): Subject {
  const child = spawn(program, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...variables } });
  const ended = once(child, 'exit');
  const kill = (): void => void child.kill('SIGKILL');
  living.add(kill);
  let text = '';
  // The end says why it ended; all of it would be what is measured.
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (part: string) => (text = (text + part).slice(-20_000)));
  }
  const whenEnded = async (): Promise<number | null> => {
    await ended;
    living.delete(kill);
    rmSync(folder, { recursive: true, force: true });
    return child.exitCode;
  };
  return {
    log: () => text,
    usage: () => usageOf(child.pid ?? 0),
    usageAlone: () => usageOf(child.pid ?? 0, false),
    stop() {
      child.kill('SIGTERM');
      return whenEnded();
    },
    async kill() {
      kill();
      await whenEnded();
    },
  };
}
