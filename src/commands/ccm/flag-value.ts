import type { FlagType, FlagValues } from './flag-row.ts';

const unitMs: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1, us: 0.001, µs: 0.001, ns: 0.000_001 };
const durationParts = /^(?:(?:\d+(?:\.\d*)?|\.\d+)(?:h|ms|m|s|us|µs|ns))+$/;
const booleans: Readonly<Record<string, boolean>> = {
  1: true,
  t: true,
  T: true,
  true: true,
  True: true,
  TRUE: true,
  0: false,
  f: false,
  F: false,
  false: false,
  False: false,
  FALSE: false,
};

/** What is expected, for people. */
const expected: Readonly<Record<FlagType, string>> = {
  string: 'a text',
  boolean: 'true or false',
  integer: 'a whole number',
  number: 'a number',
  duration: 'a duration such as 15s or 1m30s',
  list: 'a list with commas',
  gates: 'a list such as A=true,B=false',
};

/** A value as Go's flags write it; a text for people where it is none. */
export function parseFlagValue<Type extends FlagType>(
  type: Type,
  text: string,
): { readonly value: FlagValues[Type] } | { readonly problem: string } {
  const value = parsers[type](text);
  return value === undefined ? { problem: `${JSON.stringify(text)} is not ${expected[type]}` } : { value };
}

const parsers: { readonly [Type in FlagType]: (text: string) => FlagValues[Type] | undefined } = {
  string: (text) => text,
  boolean: (text) => booleans[text],
  integer: (text) => (/^[+-]?\d+$/.test(text) ? Number(text) : undefined),
  number: (text) => (/^[+-]?\d+(\.\d*)?$/.test(text) ? Number(text) : undefined),
  duration: parseDuration,
  list: (text) => (text === '' ? [] : text.split(',')),
  gates: parseGates,
};

function parseDuration(text: string): number | undefined {
  if (text === '0') return 0;
  if (!durationParts.test(text)) return undefined;
  let ms = 0;
  for (const [, count = '0', unit = 'ms'] of text.matchAll(/([\d.]+)([a-zµ]+)/g)) ms += Number(count) * (unitMs[unit] ?? 0);
  return ms;
}

function parseGates(text: string): Readonly<Record<string, boolean>> | undefined {
  const gates: Record<string, boolean> = {};
  for (const part of text.split(',').filter((each) => each.trim() !== '')) {
    const [name = '', said = ''] = part.trim().split('=', 2);
    const value = booleans[said];
    if (value === undefined) return undefined;
    gates[name] = value;
  }
  return gates;
}
