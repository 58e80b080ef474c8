import type { Clock } from '../../../src/clock.ts';
import type { Arn } from '../api/elb.ts';

/** An instance that was refused alone is asked for again after this long, by whatever pass comes then. */
const leftOutMs = 600_000;
/** How many parts a refused list is asked for in. Halves would take as many requests, and twice as many passes. */
const parts = 4;

/** What is known of the instances of one target group that Amazon refused, as the next plan needs it. */
export type Refused = {
  /** Each was refused alone: left out for now. Sorted. */
  readonly leftOut: readonly string[];
  /** Each list is asked for by itself: it may hold one that is refused. */
  readonly apart: readonly (readonly string[])[];
};

interface Refusal {
  readonly ids: readonly string[];
  /** Only of one that was refused alone. */
  readonly until?: number;
}

/**
 * Which instances Amazon does not take although they run: it refuses a whole batch for one of them and does not say which. A
 * batch that was refused is asked for in parts, a part that was refused in smaller ones, until each such instance is known.
 * Of each target group by itself, since what an instance lacks may matter to one only (an IPv6 address).
 */
export class RefusedTargets {
  readonly #clock: Clock;
  readonly #refusals = new Map<Arn, readonly Refusal[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** It took none of these. Of those that were refused with them before, nothing is held against the others any more. */
  refused(group: Arn, ids: readonly string[]): void {
    const others = this.#of(group).filter((one) => !one.ids.some((id) => ids.includes(id)));
    const until = ids.length === 1 ? { until: this.#clock.monotonic() + leftOutMs } : {};
    this.#refusals.set(group, [...others, { ids: ids.toSorted(), ...until }]);
  }

  /** It took all of these. */
  taken(group: Arn, ids: readonly string[]): void {
    if (this.#refusals.has(group)) this.#keep(group, (one) => without(one, ids));
  }

  /** The target group is gone. */
  gone(group: Arn): void {
    this.#refusals.delete(group);
  }

  /** @param usable of all that are wanted, those that run: a list that another one was in was refused for that one */
  of(group: Arn, usable: readonly string[]): Refused {
    const run = new Set(usable);
    this.#keep(group, (one) => (one.ids.every((id) => run.has(id)) ? one : undefined));
    const now = this.#clock.monotonic();
    const rests = ({ until }: Refusal): boolean => until !== undefined && until > now;
    const refusals = this.#of(group);
    const leftOut = refusals.filter(rests).flatMap(({ ids }) => ids);
    const apart = refusals.filter((one) => !rests(one)).flatMap(({ ids }) => partsOf(ids));
    const odd = this.odd();
    return { leftOut: leftOut.sort(), apart: odd.length === 0 ? apart : [...apart, odd] };
  }

  /** Those that some target group does not take: another may not, either. Sorted. */
  odd(): readonly string[] {
    const alone = [...this.#refusals.values()].flat().filter(({ until }) => until !== undefined);
    return [...new Set(alone.flatMap(({ ids }) => ids))].sort();
  }

  #of(group: Arn): readonly Refusal[] {
    return this.#refusals.get(group) ?? [];
  }

  #keep(group: Arn, kept: (one: Refusal) => Refusal | undefined): void {
    const refusals = this.#of(group).flatMap((one) => kept(one) ?? []);
    if (refusals.length === 0) this.#refusals.delete(group);
    else this.#refusals.set(group, refusals);
  }
}

function without(one: Refusal, taken: readonly string[]): Refusal | undefined {
  const ids = one.ids.filter((id) => !taken.includes(id));
  return ids.length === 0 ? undefined : { ...one, ids };
}

function partsOf(ids: readonly string[]): readonly (readonly string[])[] {
  const size = Math.ceil(ids.length / parts);
  return Array.from({ length: Math.ceil(ids.length / size) }, (_, index) => ids.slice(index * size, (index + 1) * size));
}
