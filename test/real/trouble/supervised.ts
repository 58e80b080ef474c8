import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const program = join(import.meta.dirname, '../../../bin/portolan.mjs');
/** As a kubelet waits before it starts a container again, only shorter. */
const restartMs = 500;

/** `portolan controller` as a Deployment runs it: started again whenever it ends. */
export class Supervised {
  readonly #args: readonly string[];
  readonly #running: Promise<void>;
  #child: ChildProcess | undefined;
  #log = '';
  #isOver = false;
  #exitCodes: (number | null)[] = [];

  constructor(config: string, kubeconfig: string) {
    this.#args = [program, 'controller', '--config', config, '--kubeconfig', kubeconfig];
    this.#running = this.#run();
  }

  /** All that every process wrote so far. */
  get log(): string {
    return this.#log;
  }

  /** How those ended that did so by themselves. */
  get exitCodes(): readonly (number | null)[] {
    return this.#exitCodes;
  }

  /** Ends it for good; the exit code of the last one. */
  async stop(): Promise<number | null> {
    this.#isOver = true;
    this.#child?.kill('SIGTERM');
    await this.#running;
    return this.#child?.exitCode ?? null;
  }

  async #run(): Promise<void> {
    while (!this.#isOver) {
      const child = spawn('setpriv', ['--pdeathsig', 'KILL', process.execPath, ...this.#args], { stdio: ['ignore', 'pipe', 'pipe'] });
      this.#child = child;
      for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (part: string) => (this.#log += part));
      await once(child, 'exit');
      if (this.#isOver) return;
      this.#exitCodes.push(child.exitCode);
      await pause(restartMs);
    }
  }
}
