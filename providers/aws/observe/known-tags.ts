import type { Clock } from '../../../src/clock.ts';
import type { Marks } from '../../../src/model/owner.ts';
import type { Arn, ElbReads } from '../api/elb.ts';

/** DescribeTags takes so many (facts §3C). */
const atOnce = 20;
/** What is to go and could not is tried again within this time: Amazon limits how many go at once. */
const triedAgainMs = 60_000;

export interface KnownTagsParts {
  readonly elb: Pick<ElbReads, 'tags'>;
  readonly clock: Clock;
  /** For how long an answer may lack what was written. */
  readonly settleMs: number;
  /** As far as is known it stands at Amazon. */
  readonly isThere: (arn: Arn) => boolean;
  /** Ends with the provider: a read that many wait for is not one caller's to end. */
  readonly signal: AbortSignal;
}

/**
 * The tags of load balancers and target groups, as they were written or read last. All that ask while a request is under way
 * share the next ones. What is left of the room in a request is for those that are to go and wait for their turn.
 */
export class KnownTags {
  readonly #parts: KnownTagsParts;
  readonly #tags = new Map<Arn, Marks>();
  /** When this process last wrote those of each. */
  readonly #writtenAt = new Map<Arn, number>();
  /** When those of each were last asked for, as far as that counts. */
  readonly #readAt = new Map<Arn, number>();
  /** What is to go, and since when; who asked last is last. */
  readonly #going = new Map<Arn, number>();
  readonly #wanted = new Set<Arn>();
  /** The read of all that is wanted, which has not begun. */
  #next: Promise<void> | undefined;
  #running: Promise<void> = Promise.resolve();
  /** How often all that was read has stopped counting. */
  #era = 0;

  constructor(parts: KnownTagsParts) {
    this.#parts = parts;
  }

  /** Empty where it has none, or is not known. */
  of(arn: Arn): Marks {
    return this.#tags.get(arn) ?? {};
  }

  has(arn: Arn): boolean {
    return this.#tags.has(arn);
  }

  keys(): readonly Arn[] {
    return [...this.#tags.keys()];
  }

  written(arn: Arn, tags: Marks): void {
    this.#tags.set(arn, tags);
    this.#writtenAt.set(arn, this.#parts.clock.monotonic());
  }

  /** Asks for the tags of these; of those that were written a moment ago, an answer may not have them yet. @throws LbError of the reads */
  async read(arns: readonly Arn[]): Promise<void> {
    const settled = arns.filter((arn) => this.#isSettled(arn));
    if (settled.length === 0) return;
    for (const arn of settled) this.#wanted.add(arn);
    this.#next ??= this.#begin();
    await this.#next;
  }

  /** The same of what is about to go, unless that was asked for no longer than `maxAgeMs` ago. @throws LbError of the reads */
  async readOfGoing(arns: readonly Arn[], maxAgeMs: number): Promise<void> {
    const now = this.#parts.clock.monotonic();
    for (const arn of arns) {
      this.#going.delete(arn);
      this.#going.set(arn, now);
    }
    await this.read(arns.filter((arn) => (this.#readAt.get(arn) ?? Number.NEGATIVE_INFINITY) < now - maxAgeMs));
  }

  /** A write met something that is not as it is known here: what was asked for by now is older than any age. */
  forget(): void {
    this.#era += 1;
    this.#readAt.clear();
  }

  /** The thing is gone. */
  gone(arn: Arn): void {
    for (const known of [this.#tags, this.#writtenAt, this.#readAt, this.#going]) known.delete(arn);
  }

  async #begin(): Promise<void> {
    // Whoever waits for it is told by the one who began it.
    await this.#running.catch(() => {});
    const arns = [...this.#wanted];
    this.#wanted.clear();
    this.#next = undefined;
    this.#running = this.#ask([...arns, ...this.#alsoGoing(arns)]);
    await this.#running;
  }

  async #ask(arns: readonly Arn[]): Promise<void> {
    const { elb, clock, signal } = this.#parts;
    for (let first = 0; first < arns.length; first += atOnce) {
      const [asked, era, askedAt] = [arns.slice(first, first + atOnce), this.#era, clock.monotonic()];
      const tags = await elb.tags(asked, { signal });
      for (const arn of asked) {
        // Written meanwhile, or so shortly before that the answer may not have it.
        if (!this.#isSettled(arn)) continue;
        this.#tags.set(arn, tags.get(arn) ?? {});
        if (era === this.#era) this.#readAt.set(arn, askedAt);
      }
    }
  }

  /** As many as there is room for, those first that have waited longest: they are the next to be tried. */
  #alsoGoing(arns: readonly Arn[]): readonly Arn[] {
    const since = this.#parts.clock.monotonic() - triedAgainMs;
    for (const [arn, askedAt] of this.#going) if (askedAt < since || !this.#parts.isThere(arn)) this.#going.delete(arn);
    const room = (atOnce - (arns.length % atOnce)) % atOnce;
    return [...this.#going.keys()].filter((arn) => !arns.includes(arn) && this.#isSettled(arn)).slice(0, room);
  }

  #isSettled(arn: Arn): boolean {
    const { clock, settleMs } = this.#parts;
    return (this.#writtenAt.get(arn) ?? Number.NEGATIVE_INFINITY) <= clock.monotonic() - settleMs;
  }
}
