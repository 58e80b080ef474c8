import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, globSync, openSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { missingForBed } from '../bed/bed.ts';
import { tracesOf } from '../bed/traces.ts';

const script = join(import.meta.dirname, 'kubelets.sh');
const run = promisify(execFile);

/** A real Kubernetes whose nodes run Pods, and a place outside of them. */
export interface E2eBed {
  readonly folder: string;
  readonly kubeconfig: string;
  /** Runs a command to its end, outside of the nodes. Answers what it printed. */
  outside(...command: readonly string[]): Promise<string>;
  /** Starts one there; a file gets all it says. */
  start(log: string, ...command: readonly string[]): ChildProcess;
  /** What there is of it on this machine: folder, namespaces, processes, mounts, control groups of containers. */
  traces(): readonly string[];
  wipe(): Promise<void>;
}

/** Why no such bed can be had here; undefined where one can. */
export function missingForE2e(): string | undefined {
  const onPath = (tool: string) => (process.env['PATH'] ?? '').split(':').some((folder) => existsSync(join(folder, tool)));
  const absent = ['go', 'apt-get', 'dpkg-deb', 'dash', 'flock', 'nsenter', 'setpriv', 'unshare'].find((tool) => !onPath(tool));
  return missingForBed() ?? (absent === undefined ? undefined : `there is no ${absent}`);
}

/**
 * Starts one; minutes where it must be built first. It ends with its owner, a process, however that ends: vitest unless told
 * otherwise, because a worker lives on while it waits for a bed.
 */
export async function startE2eBed(port: number, nodes: number, owner = process.ppid): Promise<E2eBed> {
  const folder = await mkdtemp(join(tmpdir(), 'portolan-e2e-'));
  const env = { ...process.env, KUBE_UP_DIR: folder, KUBE_UP_PORT: String(port), KUBE_UP_OWNER: String(owner) };
  const command = async (...args: readonly string[]): Promise<string> => (await run(script, args, { env })).stdout;
  const containers = () =>
    globSync('node-*/containerd/io.containerd.runtime.v2.task/k8s.io/*', { cwd: folder }).map((path) => basename(path));
  const seen = new Set<string>();
  const look = () => {
    for (const id of containers()) seen.add(id);
  };
  const wipe = async () => {
    look();
    // Without this file it never began, because its ports are taken or a build failed: the folder is all there is.
    if (existsSync(join(folder, '.kube-up'))) await command('wipe');
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await command('up', String(nodes));
  } catch (thrown) {
    await wipe();
    throw thrown;
  }
  return {
    folder,
    kubeconfig: join(folder, 'kubeconfig'),
    outside: (...words) => command('client', ...words),
    start(log, ...words) {
      const file = openSync(log, 'w');
      const child = spawn(script, ['client', ...words], { env, stdio: ['ignore', file, file] });
      closeSync(file);
      return child;
    },
    traces() {
      look();
      return [
        ...tracesOf(folder, port),
        ...readFileSync('/proc/mounts', 'utf8')
          .split('\n')
          .filter((line) => line.includes(folder)),
        ...globSync('/sys/fs/cgroup/**/k8s.io/*').filter((path) => seen.has(basename(path))),
      ];
    },
    wipe,
  };
}
