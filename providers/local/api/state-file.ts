/** The file that holds the truth, as text. Two implementations: `disk-state-file.ts` and the twin in `../simulator`. */
export interface StateFile {
  /** For messages. */
  readonly path: string;
  /**
   * The whole text, or undefined where there is no file.
   * @throws LbError StateFileInvalid where it cannot be read
   */
  read(): Promise<string | undefined>;
  /**
   * Replaces the text: after a crash at any instant the file holds the old text or the new one, whole.
   * @param lastCheck called when nothing but the replacing itself is left to do; where it throws, the old text stays
   * @throws LbError CloudUnavailable where it cannot be written
   */
  write(text: string, lastCheck?: () => void): Promise<void>;
  /**
   * Keeps other processes from writing until it is released or this process is dead.
   * @throws LbError StateFileLocked, StateFileInvalid
   */
  lock(): Promise<StateLock>;
}

export interface StateLock {
  release(): Promise<void>;
}
