import type { RowId } from '../rows/row.ts';

/** A promise that is looked after in every run, whatever its story; pure over what was seen. */
export interface Oracle<Seen> {
  readonly name: string;
  /** What of the contract it stands for. */
  readonly rows: readonly RowId[];
  /** The promise in one line. */
  readonly promise: string;
  /** Each violation as one line for people. */
  readonly violations: (seen: Seen) => readonly string[];
}

/** What all of them have to say, each line with the name of its oracle. */
export function verdicts<Seen>(oracles: readonly Oracle<Seen>[], seen: Seen): readonly string[] {
  return oracles.flatMap(({ name, violations }) => violations(seen).map((text) => `${name}: ${text}`));
}
