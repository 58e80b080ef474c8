import { LbError } from '../../../src/errors.ts';
import type { ReachCheckpoint } from '../../../src/model/checkpoint.ts';
import type { StateFile, StateLock } from '../api/state-file.ts';
import type { SimulatedProcess } from './simulated-process.ts';

/** What survives a process. */
export interface MemoryDisk {
  readonly files: Map<string, string>;
  readonly locks: Map<string, SimulatedProcess>;
  /** How often a file was replaced. */
  writes: number;
  /** True = every write fails, as on a full disk. */
  full: boolean;
}

export const memoryDisk = (): MemoryDisk => ({ files: new Map(), locks: new Map(), writes: 0, full: false });

/** The state file of one process on a disk in memory; goes through the same instants as the real one. */
export class MemoryStateFile implements StateFile {
  readonly path: string;
  readonly #disk: MemoryDisk;
  readonly #process: SimulatedProcess;
  readonly #reach: ReachCheckpoint;

  constructor(path: string, disk: MemoryDisk, process: SimulatedProcess, reach: ReachCheckpoint) {
    this.path = path;
    this.#disk = disk;
    this.#process = process;
    this.#reach = reach;
  }

  async read(): Promise<string | undefined> {
    return this.#disk.files.get(this.path);
  }

  async write(text: string, lastCheck?: () => void): Promise<void> {
    const next = `${this.path}.next`;
    await this.#instant('state/before-write');
    if (this.#disk.full) throw new LbError('CloudUnavailable', `${this.path} cannot be written (ENOSPC)`);
    this.#disk.files.set(next, text.slice(0, text.length >> 1));
    await this.#instant('state/half-written');
    this.#disk.files.set(next, text);
    await this.#instant('state/before-rename');
    lastCheck?.();
    this.#disk.files.delete(next);
    this.#disk.files.set(this.path, text);
    this.#disk.writes++;
    await this.#instant('state/after-rename');
  }

  async lock(): Promise<StateLock> {
    const holder = this.#disk.locks.get(this.path);
    if (holder?.alive === true)
      throw new LbError('StateFileLocked', `the state file is in use by process ${holder.pid} (${this.path}.lock)`);
    this.#disk.locks.set(this.path, this.#process);
    return {
      release: async () => {
        if (this.#disk.locks.get(this.path) === this.#process) this.#disk.locks.delete(this.path);
      },
    };
  }

  /** A killed process gets no further. */
  async #instant(name: Parameters<ReachCheckpoint>[0]): Promise<void> {
    this.#reach(name);
    if (!this.#process.alive) await new Promise<never>(() => {});
  }
}
