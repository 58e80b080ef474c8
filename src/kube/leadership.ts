/** Whether this process may act, and for how long that is sure. */
export interface Leadership {
  readonly isLeader: boolean;
  /**
   * For how many milliseconds leadership is surely still ours; 0 when it is not. It must exceed the deadline of a request
   * before that request is sent: a boolean says nothing about the moment the request arrives.
   */
  remainingMs(): number;
  /** It led, and the Lease has run out or is somebody else's: nothing may be written any more, not even what was true. */
  readonly isLost: boolean;
  /**
   * Number of this term, one more than that of whoever led before; 0 where there is no Lease. What the last term kept on the
   * Lease is of the term before this one, or somebody else led in between.
   */
  readonly term: number;
  /** Something kept on the Lease, as of its last reading or writing; undefined where it is not set or there is no Lease. */
  annotation(name: string): string | undefined;
  /**
   * Sets an annotation of the Lease, or removes it with undefined. Resolves when it is written.
   * @param was only where it still says this: another process may set it at the same moment
   * @throws LbError `LeaseLost` when this process does not lead, else why it was not written.
   */
  setAnnotation(name: string, value: string | undefined, was?: string): Promise<void>;
  /**
   * Campaigns until it leads, leads until the signal aborts or leadership is lost, and says which it was. To be called
   * again only after it ended.
   * @throws what `onStartedLeading` throws, after leadership was given up.
   */
  run(signal: AbortSignal): Promise<'stopped' | 'lost'>;
  /** For `/readyz`: why this process cannot even campaign. */
  problem(): string | undefined;
  /** For `/healthz`: it leads by its own account, or has not ended what it did as leader, and the Lease is out of date. */
  stuck(): string | undefined;
}

/** What leading is. The signal aborts when it must end; what it returns is waited for before the Lease is let go. */
export type OnStartedLeading = (signal: AbortSignal) => void | Promise<void>;

/** One process alone by configuration (`leaderElection.enabled: false`): always leads, keeps nothing. */
export class NoElection implements Leadership {
  readonly #onStartedLeading: OnStartedLeading;
  #leading = false;

  constructor(onStartedLeading: OnStartedLeading) {
    this.#onStartedLeading = onStartedLeading;
  }

  readonly term = 0;

  get isLeader(): boolean {
    return this.#leading;
  }

  get isLost(): boolean {
    return false;
  }

  remainingMs(): number {
    return this.#leading ? Number.POSITIVE_INFINITY : 0;
  }

  annotation(): undefined {
    return undefined;
  }

  setAnnotation(): Promise<void> {
    return Promise.resolve();
  }

  async run(signal: AbortSignal): Promise<'stopped'> {
    this.#leading = true;
    try {
      await this.#onStartedLeading(signal);
      if (!signal.aborted) await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    } finally {
      this.#leading = false;
    }
    return 'stopped';
  }

  problem(): undefined {
    return undefined;
  }

  stuck(): undefined {
    return undefined;
  }
}
