/** What the doors need to know of a request to choose a fault for it. */
export interface FaultTarget {
  readonly method: string;
  /** With the query. */
  readonly path: string;
}

export interface FaultMatch {
  /** Absent: every request. A text must be equal, an expression must match. */
  readonly method?: string | RegExp;
  readonly path?: string | RegExp;
  readonly where?: (request: FaultTarget) => boolean;
}

/**
 * What goes wrong with a request.
 * `drop`: the connection closes without an answer, before or after the request was carried out. `freeze`: nothing happens
 * until thaw. `status`: an error instead of the request. `slow`: the request is carried out after `ms` on the clock.
 */
export type FaultKind =
  | { readonly kind: 'drop'; readonly when: 'before' | 'after' }
  | { readonly kind: 'freeze' }
  | {
      readonly kind: 'status';
      readonly code: number;
      readonly reason?: string;
      readonly message?: string;
      readonly retryAfterSeconds?: number;
    }
  | { readonly kind: 'slow'; readonly ms: number };

export type Fault = FaultKind & {
  readonly match?: FaultMatch;
  /** How many requests it hits before it is used up; absent: all. */
  readonly times?: number;
};

interface Armed {
  readonly fault: Fault;
  left: number;
}

interface Effects {
  dropWatches(): void;
  expireWatches(): void;
  freezeWatches(): void;
  thawWatches(): void;
}

/** The switches with which tests make the API server misbehave. The first armed fault that matches a request hits it. */
export class Faults {
  readonly #armed: Armed[] = [];
  readonly #effects: Effects;
  #thawing: (() => void)[] = [];

  constructor(effects: Effects) {
    this.#effects = effects;
  }

  /** Arms a fault; the function returned disarms it. */
  add(fault: Fault): () => void {
    const armed = { fault, left: fault.times ?? Number.POSITIVE_INFINITY };
    this.#armed.push(armed);
    return () => {
      armed.left = 0;
    };
  }

  /** Disarms everything and thaws. */
  clear(): void {
    this.#armed.length = 0;
    this.thaw();
  }

  /** Disarms freezes; frozen requests go on, frozen watches deliver. */
  thaw(): void {
    for (const armed of this.#armed) if (armed.fault.kind === 'freeze') armed.left = 0;
    const thawing = this.#thawing;
    this.#thawing = [];
    for (const go of thawing) go();
    this.#effects.thawWatches();
  }

  /** Watches end without a word, as when the server restarts. */
  dropWatches(): void {
    this.#effects.dropWatches();
  }

  /** Watches end with a 410 in the stream. */
  expireWatches(): void {
    this.#effects.expireWatches();
  }

  /** Open watches fall silent until thaw. */
  freezeWatches(): void {
    this.#effects.freezeWatches();
  }

  /** The fault that hits this request, if any; counts as one use of it. */
  take(request: FaultTarget): Fault | undefined {
    const armed = this.#armed.find((candidate) => candidate.left > 0 && hits(candidate.fault.match ?? {}, request));
    if (armed === undefined) return undefined;
    armed.left -= 1;
    return armed.fault;
  }

  /** Resolves at the next thaw. */
  frozen(): Promise<void> {
    return new Promise((resolve) => this.#thawing.push(resolve));
  }
}

function hits(match: FaultMatch, request: FaultTarget): boolean {
  return like(match.method, request.method) && like(match.path, request.path) && (match.where?.(request) ?? true);
}

function like(pattern: string | RegExp | undefined, text: string): boolean {
  if (pattern === undefined) return true;
  return typeof pattern === 'string' ? pattern === text : text.search(pattern) >= 0;
}
