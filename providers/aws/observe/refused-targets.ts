import type { Clock } from '../../../src/clock.ts';
import type { Arn } from '../api/elb.ts';

/** After this long one of those that were refused alone is asked for again, by whatever pass comes then. */
const leftOutMs = 600_000;
/** How many parts a refused list is asked for in. Halves would take as many requests, and twice as many passes. */
const parts = 4;

/** What is known of the instances of one target group that Amazon refused, as the next plan needs it. */
export type Refused = {
  /** Each was refused alone: left out, until it is its turn to be tried again. Sorted. */
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
    if (ids.length > 1) {
      this.#set(group, [...others, { ids: ids.toSorted() }]);
      return;
    }
    const until = this.#clock.monotonic() + leftOutMs;
    // The others whose time has come wait on, and the first of them is next.
    const waiting = others.map((one) => (this.#isDue(one) ? { ...one, until } : one));
    this.#set(group, [...waiting, { ids, until }]);
  }

  /** It took all of these. Where one of them was refused alone before, the others that were may be taken by now, too. */
  taken(group: Arn, ids: readonly string[]): void {
    const refusals = this.#of(group);
    const left = refusals.flatMap((one) => without(one, ids));
    const alone = left.filter(isAlone);
    if (!refusals.some((one) => isAlone(one) && one.ids.some((id) => ids.includes(id)))) this.#set(group, left);
    else this.#set(group, [...left.filter((one) => !isAlone(one)), ...together(alone)]);
  }

  /** The target group is gone. */
  gone(group: Arn): void {
    this.#refusals.delete(group);
  }

  /** @param usable of all that are wanted, those that run: a list that another one was in was refused for that one */
  of(group: Arn, usable: readonly string[]): Refused {
    const run = new Set(usable);
    const refusals = this.#of(group).filter(({ ids }) => ids.every((id) => run.has(id)));
    this.#set(group, refusals);
    const tried = refusals.find((one) => this.#isDue(one));
    const leftOut = refusals.filter((one) => isAlone(one) && one !== tried).flatMap(({ ids }) => ids);
    const apart = refusals.filter((one) => !isAlone(one) || one === tried).flatMap(({ ids }) => partsOf(ids));
    const odd = this.odd();
    return { leftOut: leftOut.sort(), apart: odd.length === 0 ? apart : [...apart, odd] };
  }

  /** Those that some target group does not take: another may not, either. Sorted. */
  odd(): readonly string[] {
    const alone = [...this.#refusals.values()].flat().filter(isAlone);
    return [...new Set(alone.flatMap(({ ids }) => ids))].sort();
  }

  #of(group: Arn): readonly Refusal[] {
    return this.#refusals.get(group) ?? [];
  }

  #set(group: Arn, refusals: readonly Refusal[]): void {
    if (refusals.length === 0) this.#refusals.delete(group);
    else this.#refusals.set(group, refusals);
  }

  #isDue({ until }: Refusal): boolean {
    return until !== undefined && until <= this.#clock.monotonic();
  }
}

const isAlone = ({ until }: Refusal): boolean => until !== undefined;

function without(one: Refusal, taken: readonly string[]): readonly Refusal[] {
  const ids = one.ids.filter((id) => !taken.includes(id));
  return ids.length === 0 ? [] : [{ ...one, ids }];
}

const together = (alone: readonly Refusal[]): readonly Refusal[] =>
  alone.length === 0 ? [] : [{ ids: alone.flatMap(({ ids }) => ids).sort() }];

function partsOf(ids: readonly string[]): readonly (readonly string[])[] {
  const size = Math.ceil(ids.length / parts);
  return Array.from({ length: Math.ceil(ids.length / size) }, (_, index) => ids.slice(index * size, (index + 1) * size));
}
