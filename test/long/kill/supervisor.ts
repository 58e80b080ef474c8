import type { Cluster } from './cluster.ts';
import { ControllerProcess, type ControllerFiles } from './controller-process.ts';
import type { Doom, Reached } from './doom.ts';

/** Keeps one controller running: whoever dies by SIGKILL is followed by another one, as a Deployment would see to. */
export class Supervisor {
  readonly #files: ControllerFiles;
  readonly #cluster: Cluster;
  readonly #waitsForLease: boolean;
  #process: ControllerProcess | undefined;
  /** Ends when the successor of the last dead one is there. */
  #following: Promise<void> = Promise.resolve();
  #surprise: string | undefined;
  #deaths = 0;

  /** @param waitsForLease a successor waits until the dead holder's Lease has run out by itself */
  constructor(files: ControllerFiles, cluster: Cluster, waitsForLease: boolean) {
    this.#files = files;
    this.#cluster = cluster;
    this.#waitsForLease = waitsForLease;
  }

  /** How many died by SIGKILL and were followed by another one. */
  get deaths(): number {
    return this.#deaths;
  }

  /** How a process ended that nobody killed. */
  get surprise(): string | undefined {
    return this.#surprise;
  }

  /** The last lines of the present process. */
  get lines(): readonly string[] {
    return this.#process?.lines ?? [];
  }

  start(doom?: Doom): void {
    const process = new ControllerProcess(this.#files, doom);
    this.#process = process;
    this.#following = process.ended.then(async ({ code, signal }) => {
      if (this.#process !== process) return;
      if (signal !== 'SIGKILL') {
        this.#surprise = `the controller ended by itself (${signal ?? `code ${code}`}):\n${process.lines.join('\n')}`;
        return;
      }
      this.#deaths++;
      if (!this.#waitsForLease) await this.#cluster.expireLease();
      this.start();
    });
  }

  /** Tells where to die from now on, or nowhere. What was reached until then; undefined where it died before. */
  async arm(doom?: Doom): Promise<Reached | undefined> {
    return await this.#process?.arm(doom);
  }

  /** `kill -9` now; the successor has been started when it resolves. */
  async kill(): Promise<void> {
    const following = this.#following;
    await this.#process?.end('SIGKILL');
    await following;
  }

  /** Ends the present process for good. */
  async stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const process = this.#process;
    this.#process = undefined;
    await process?.end(signal);
    await this.#cluster.expireLease();
  }
}
