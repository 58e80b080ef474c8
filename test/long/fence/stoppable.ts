import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Checkpoint } from '../../../src/model/checkpoint.ts';
import { until, type Found } from '../kill/until.ts';

export interface StoppableFiles {
  /** The bundled child. */
  readonly program: string;
  readonly config: string;
  readonly kubeconfig: string;
}

/** One controller process that may stop in the middle of a sentence. */
export class Stoppable {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  readonly lines: string[] = [];

  constructor({ program, config, kubeconfig }: StoppableFiles, stopAt?: Checkpoint) {
    // A stopped process would not see that its test is gone: the kernel ends it then.
    this.#child = spawn('setpriv', ['--pdeathsig', 'KILL', process.execPath, program, config, kubeconfig, stopAt ?? ''], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'] },
    });
    this.#ended = once(this.#child, 'exit');
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream !== null) createInterface(stream).on('line', (line) => this.lines.push(line));
    }
  }

  /** Resolves when it has stopped itself. */
  stopped(): Promise<void> {
    return until(async (): Promise<Found<undefined>> => {
      const { exitCode, signalCode, pid } = this.#child;
      if (exitCode !== null || signalCode !== null) throw new Error(`it ended (${signalCode ?? exitCode}):\n${this.lines.join('\n')}`);
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
      // The second field is the command in parentheses and may hold anything; the state comes after it.
      const state = stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
      return state === 'T' ? { value: undefined } : { missing: `it did not stop:\n${this.lines.join('\n')}` };
    }, 30_000);
  }

  /** Lets it go on where it stopped, and waits for its end; its exit code. */
  async goOn(): Promise<number | null> {
    this.#child.kill('SIGCONT');
    await this.#ended;
    return this.#child.exitCode;
  }

  /** Ends it, whatever it does. */
  async kill(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill('SIGKILL');
    await this.#ended;
  }
}
