/** Which of the calls it is meant for a fault hits. */
interface Counted {
  /** Lets so many calls pass first. */
  readonly skip?: number;
  /** Hits so many calls, then it is used up; absent: all until it is cleared. */
  readonly times?: number;
  /** `times` counts tries: calls of one moment are one, for steps that do not hang on each other are all tried. */
  readonly tries?: true;
}

/** Who armed a fault: what the story does, or a pass over the story, whose faults the story does not take away. */
export type Whose = 'story' | 'pass';

interface Armed<Fault> {
  readonly fault: Fault;
  readonly whose: Whose;
  skip: number;
  left: number;
  hitAt?: number;
}

/** Faults that wait for their calls. The first that matches a call hits it. */
export class ArmedFaults<Fault extends Counted> {
  #armed: readonly Armed<Fault>[] = [];
  readonly #struck = new Set<Fault>();

  add(fault: Fault, whose: Whose): void {
    this.#armed = [...this.#armed, { fault, whose, skip: fault.skip ?? 0, left: fault.times ?? Number.POSITIVE_INFINITY }];
  }

  clear(whose: Whose): void {
    this.#armed = this.#armed.filter((armed) => armed.whose !== whose);
  }

  /** Whether a call was hit by this very fault. */
  struck(fault: Fault): boolean {
    return this.#struck.has(fault);
  }

  /** What hits a call now, by the monotonic clock; counts it for those that let it pass. */
  next(matches: (fault: Fault) => boolean, now: number): Fault | undefined {
    for (const armed of this.#armed) {
      if (armed.fault.tries === true && armed.hitAt === now && matches(armed.fault)) return armed.fault;
      if (armed.left <= 0 || !matches(armed.fault)) continue;
      if (armed.skip > 0) {
        armed.skip--;
        continue;
      }
      armed.left--;
      armed.hitAt = now;
      this.#struck.add(armed.fault);
      return armed.fault;
    }
    return undefined;
  }
}
