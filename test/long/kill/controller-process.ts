import { fork, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { doomText, type Doom, type Order, type Reached, type Told } from './doom.ts';

export interface ControllerFiles {
  /** The bundled child. */
  readonly program: string;
  readonly config: string;
  readonly kubeconfig: string;
  /** Where Node keeps compiled code between starts. */
  readonly compileCache: string;
}

/** How a process ended. */
export interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const rememberedLines = 60;

/** One life of a controller process. */
export class ControllerProcess {
  readonly ended: Promise<End>;
  readonly #child: ChildProcess;
  readonly #lines: string[] = [];
  readonly #answers = new Map<number, (reached: Reached) => void>();
  #orders = 0;
  #isOver = false;

  constructor({ program, config, kubeconfig, compileCache }: ControllerFiles, doom?: Doom) {
    this.#child = fork(program, [config, kubeconfig, ...(doom === undefined ? [] : [doomText(doom)])], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { PATH: process.env['PATH'], NODE_COMPILE_CACHE: compileCache },
      execArgv: [],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream !== null) createInterface(stream).on('line', (line) => this.#remember(line));
    }
    this.#child.on('message', ({ told, reached }: Told) => {
      this.#answers.get(told)?.(reached);
      this.#answers.delete(told);
    });
    this.ended = new Promise((resolve) => {
      this.#child.once('exit', (code, signal) => {
        this.#isOver = true;
        resolve({ code, signal });
      });
    });
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** The last lines it wrote, for whoever must find out why. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  /** From now on it counts anew, and dies there, or nowhere. What it has reached until then; undefined where it died before. */
  async arm(doom?: Doom): Promise<Reached | undefined> {
    const tell = ++this.#orders;
    const order: Order = { tell, ...(doom === undefined ? {} : { doom }) };
    const answered = new Promise<Reached>((resolve) => this.#answers.set(tell, resolve));
    this.#child.send(order, () => {}); // a process that is gone does not answer: `ended` says so
    return await Promise.race([answered, this.ended.then(() => undefined)]);
  }

  /** Sends a signal to this one process; does nothing once it is over. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<End> {
    if (!this.#isOver) this.#child.kill(signal);
    return await this.ended;
  }

  #remember(line: string): void {
    this.#lines.push(line);
    if (this.#lines.length > rememberedLines) this.#lines.shift();
  }
}
