import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

/** `portolan controller` as users run it: a process of its own. */
export interface ControllerProcess {
  /** All it wrote so far. */
  readonly log: () => string;
  /** Asks it to end, as a kubelet does; resolves to its exit code. */
  stop(): Promise<number | null>;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
}

/** Where controllers live: beside the tests, unless told otherwise. */
interface Place {
  /** Parent of their folders. */
  readonly parent: string;
  start(command: string, args: readonly string[], cwd: string): ChildProcessByStdio<Writable | null, Readable, Readable>;
}

const beside: Place = {
  parent: tmpdir(),
  start: (command, args, cwd) => spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] }),
};

/** A folder with a configuration and a state file, for one controller after the other. */
export async function controllerHome(config: (folder: string) => string, place: Place = beside) {
  const folder = await mkdtemp(join(place.parent, 'portolan-real-'));
  const file = join(folder, 'portolan.yaml');
  await writeFile(file, config(folder));
  return {
    folder,
    config: file,
    start: (kubeconfig: string): ControllerProcess => startController(file, kubeconfig, folder, place),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

function startController(config: string, kubeconfig: string, cwd: string, place: Place): ControllerProcess {
  const program = join(import.meta.dirname, '../../bin/portolan.mjs');
  const child = place.start(process.execPath, [program, 'controller', '--config', config, '--kubeconfig', kubeconfig], cwd);
  const ended = once(child, 'exit');
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (part: string) => (text += part));
  return {
    log: () => text,
    async stop() {
      child.kill('SIGTERM');
      await ended;
      return child.exitCode;
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
