import { checkpoints, type Checkpoint } from '../../../src/model/checkpoint.ts';

/** Where a process is to die: the n-th time, from when it was told, that it reaches a checkpoint. */
export interface Doom {
  readonly at: Checkpoint;
  /** From 1. */
  readonly occurrence: number;
}

/** How often each checkpoint was reached since the process was told to count. */
export type Reached = Readonly<Partial<Record<Checkpoint, number>>>;

/** What the test tells its child; each is answered with what was reached until then. */
export type Order = { readonly doom?: Doom; readonly tell: number };
export type Told = { readonly told: number; readonly reached: Reached };

export const doomText = ({ at, occurrence }: Doom): string => `${at}#${occurrence}`;

/** The opposite of `doomText`; undefined for a text that is none. */
export function parseDoom(text: string): Doom | undefined {
  const [name = '', occurrence = ''] = text.split('#');
  const at = checkpoints.find((checkpoint) => checkpoint === name);
  return at === undefined || !/^[1-9]\d*$/.test(occurrence) ? undefined : { at, occurrence: Number(occurrence) };
}
