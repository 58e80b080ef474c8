import type { Json } from '../../model/json.ts';

/** What a flag of a cloud-controller-manager takes, in Go's notation. */
export interface FlagValues {
  string: string;
  boolean: boolean;
  integer: number;
  number: number;
  /** `15s`, `12h0m0s`; parsed to milliseconds. */
  duration: number;
  /** Split at commas; given again, it goes on. */
  list: readonly string[];
  /** `A=true,B=false`. */
  gates: Readonly<Record<string, boolean>>;
}
export type FlagType = keyof FlagValues;

export interface FlagRow<Type extends FlagType = FlagType> {
  readonly type: Type;
  readonly group: string;
  readonly default: FlagValues[Type] & Json;
  /** One line for people. */
  readonly text: string;
  /** Upstream knows it, and here it does nothing: why. Who sets it is told so once. */
  readonly idle?: string;
  /** One letter. */
  readonly short?: string;
}

type Rest = Omit<FlagRow, 'type' | 'group' | 'default' | 'text'>;

/** Rows of one group, in the order of the help text. */
export function rowsOf(group: string) {
  return <Type extends FlagType>(type: Type, preset: FlagValues[Type] & Json, text: string, rest: Rest = {}): FlagRow<Type> => ({
    type,
    group,
    default: preset,
    text,
    ...rest,
  });
}
