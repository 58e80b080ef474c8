import { open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { LbError } from '../../../src/errors.ts';
import type { ReachCheckpoint } from '../../../src/model/checkpoint.ts';
import { errorCode } from './error-code.ts';
import { takeLock } from './process-lock.ts';
import type { StateFile, StateLock } from './state-file.ts';

/** A file on disk, replaced whole: a new one is written beside it, flushed, and renamed over it. */
export class DiskStateFile implements StateFile {
  readonly path: string;
  /** Always the same name: what a crash left half-written is overwritten or removed by the next process. */
  readonly #next: string;
  readonly #reach: ReachCheckpoint;

  constructor(path: string, reach: ReachCheckpoint) {
    this.path = resolve(path);
    this.#next = `${this.path}.next`;
    this.#reach = reach;
  }

  async read(): Promise<string | undefined> {
    try {
      return await readFile(this.path, 'utf8');
    } catch (cause) {
      const code = errorCode(cause);
      if (code === 'ENOENT') return undefined;
      const remedy = 'Name a file that this process may read.';
      throw new LbError('StateFileInvalid', `${this.path} cannot be read (${code})`, { cause, remedy });
    }
  }

  async write(text: string, lastCheck?: () => void): Promise<void> {
    const next = this.#next;
    const bytes = Buffer.from(text);
    const middle = bytes.length >> 1;
    this.#reach('state/before-write');
    try {
      const file = await open(next, 'w', 0o600);
      try {
        await file.writeFile(bytes.subarray(0, middle));
        this.#reach('state/half-written');
        await file.writeFile(bytes.subarray(middle));
        await file.sync();
      } finally {
        await file.close();
      }
      this.#reach('state/before-rename');
      lastCheck?.();
      await rename(next, this.path);
      this.#reach('state/after-rename');
      await flushFolder(dirname(this.path));
    } catch (cause) {
      if (cause instanceof LbError) throw cause;
      const remedy = 'See that there is room on the disk and that this process may write to the folder.';
      throw new LbError('CloudUnavailable', `${this.path} cannot be written (${errorCode(cause)})`, { cause, remedy });
    }
  }

  async lock(): Promise<StateLock> {
    const lock = await takeLock(`${this.path}.lock`);
    await rm(this.#next, { force: true });
    return lock;
  }
}

/** Without it a power cut may bring the old file back. */
async function flushFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
