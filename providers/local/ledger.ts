import { LbError } from '../../src/errors.ts';
import type { StateFile, StateLock } from './api/state-file.ts';
import { emptyState, type State } from './state.ts';
import { changed, type Changed } from './state-change.ts';
import { parseState, printState } from './state-text.ts';
import type { Operation } from './operation.ts';

/**
 * The state in memory and in its file. Invariant: memory never says more than the file, so that whatever was answered
 * from memory is still true after a crash. Changes are written one after the other, in the order they came.
 */
export class Ledger {
  readonly #file: StateFile;
  #lock: StateLock | undefined;
  #state: State = emptyState;
  #text: string | undefined;
  /** Nobody could tell what became of a write: the file may say more than memory. */
  #unsure = false;
  /** Settles when the last change asked for is written; never rejects. */
  #tail: Promise<unknown> = Promise.resolve();

  constructor(file: StateFile) {
    this.#file = file;
  }

  get state(): State {
    return this.#state;
  }

  /** Locks the file for as long as this ledger is open, and reads it. @throws LbError StateFileLocked, StateFileInvalid */
  async open(): Promise<void> {
    const lock = await this.#file.lock();
    try {
      await this.load();
    } catch (error) {
      await lock.release();
      throw error;
    }
    this.#lock = lock;
  }

  /** Reads the file as another process left it. @throws LbError StateFileInvalid */
  async load(): Promise<void> {
    const text = await this.#file.read();
    this.#state = text === undefined ? emptyState : parseState(text, this.#file.path);
    this.#text = text;
    this.#unsure = false;
  }

  /**
   * Carries out one operation and resolves when it is in the file.
   * @param lastCheck as the file's @throws LbError of `changed` and of the file
   */
  commit(operation: Operation, lastCheck?: () => void): Promise<Changed> {
    const done = this.#tail.then(() => this.#write(operation, lastCheck));
    this.#tail = done.catch(() => undefined); // whoever asked for it gets the error
    return done;
  }

  /** Waits for what is being written and lets others have the file. */
  async close(): Promise<void> {
    await this.#tail;
    await this.#lock?.release();
    this.#lock = undefined;
  }

  async #write(operation: Operation, lastCheck: (() => void) | undefined): Promise<Changed> {
    if (this.#lock === undefined) throw new LbError('ProviderBug', `${this.#file.path} is not open for writing`);
    if (this.#unsure) await this.load();
    const next = changed(this.#state, operation);
    const text = printState(next.state);
    if (text !== this.#text) await this.#replace(text, lastCheck);
    this.#state = next.state;
    this.#text = text;
    return next;
  }

  /** A write that failed may have been done all the same: the file itself says so. */
  async #replace(text: string, lastCheck: (() => void) | undefined): Promise<void> {
    try {
      await this.#file.write(text, lastCheck);
    } catch (error) {
      // Only a file fails with one; anything else is none of its words.
      if (!(error instanceof LbError)) throw error;
      this.#unsure = true;
      // Where it cannot be read either, the error of the write is the one to tell.
      const there = await this.#file.read().catch(() => undefined);
      if (there !== text) throw error;
      this.#unsure = false;
    }
  }
}
