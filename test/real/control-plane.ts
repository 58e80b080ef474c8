import { execFile, spawn, spawnSync, type ChildProcessByStdio } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { promisify } from 'node:util';

const script = join(import.meta.dirname, 'kube-up.sh');
const run = promisify(execFile);

/** A real etcd, kube-apiserver and kube-controller-manager on loopback. */
export interface ControlPlane {
  /** Its state; goes with it. */
  readonly folder: string;
  readonly kubeconfig: string;
  /** One command of kube-up.sh: `restart apiserver`, `freeze etcd` … Answers what it printed. */
  command(...args: readonly string[]): Promise<string>;
  /** One that goes on: `client CMD`, `on 1 CMD`. */
  start(...args: readonly string[]): ChildProcessByStdio<Writable, Readable, Readable>;
  /** Stops it and removes its state. */
  wipe(): Promise<void>;
}

/** Why no control plane can be had here; undefined where one can. */
export function missingForControlPlane(): string | undefined {
  for (const tool of ['openssl', 'curl', 'setsid']) if (!onPath(tool)) return `there is no ${tool}`;
  return onPath('go') || isBuilt() ? undefined : 'there is neither Go to build kube-apiserver with nor one that was built before';
}

const onPath = (tool: string): boolean => spawnSync('sh', ['-c', `command -v ${tool}`]).status === 0;

function isBuilt(): boolean {
  const cache = process.env['PORTOLAN_CACHE'] ?? join(homedir(), '.cache/portolan-testbed');
  return existsSync(cache) && readdirSync(cache).some((folder) => existsSync(join(cache, folder, 'kube-apiserver')));
}

/** Four loopback ports that runs of this machine do not share. */
export const portBase = (slot: number): number => 26_400 + (process.pid % 500) * 12 + slot * 4;

/**
 * It wipes itself should this process end before it does.
 * @param settings more variables of kube-up.sh
 */
export async function startControlPlane(port: number, settings: Readonly<Record<string, string>> = {}): Promise<ControlPlane> {
  const folder = await mkdtemp(join(tmpdir(), 'portolan-kube-'));
  const own = { KUBE_UP_DIR: folder, KUBE_UP_PORT: String(port), KUBE_UP_OWNER: String(process.pid) };
  const env = { ...process.env, ...own, ...settings };
  const command = async (...args: readonly string[]): Promise<string> => {
    try {
      return (await run(script, args, { env })).stdout;
    } catch (thrown) {
      const { stderr } = thrown as { stderr: string }; // how execFile tells a failure
      throw new Error(`kube-up.sh ${args.join(' ')}: ${stderr}`, { cause: thrown });
    }
  };
  const wipe = async () => {
    await command('wipe');
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await command('up');
  } catch (thrown) {
    await wipe();
    throw thrown;
  }
  const start = (...args: readonly string[]) => spawn(script, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
  return { folder, kubeconfig: join(folder, 'kubeconfig'), command, start, wipe };
}
