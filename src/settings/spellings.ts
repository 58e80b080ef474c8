import { asLbError } from '../errors.ts';
import { canonicalJson } from '../model/digest.ts';
import { fieldPath, type FieldPath } from '../model/ids.ts';
import type { Refusal } from '../model/plan.ts';
import { isOpen, restOf } from './open-key.ts';
import { parseText } from './parse.ts';
import type { SettingRow } from './row.ts';

/** A value and the annotation that said it. */
export interface Said<T> {
  readonly value: T;
  readonly from: FieldPath;
}

/** What all spellings of one row say. Bad values go to `refusals` and say nothing. */
export function spellingsOf(row: SettingRow, annotations: Readonly<Record<string, string>>, refusals: Refusal[]): readonly Said<unknown>[] {
  const said: Said<unknown>[] = [];
  for (const key of row.annotations ?? []) {
    if (isOpen(key)) {
      said.push(...openSpelling(row, key, annotations, refusals));
      continue;
    }
    const value = parsed(row, key, annotations[key], refusals);
    if (value !== undefined) said.push({ value, from: fieldPath(key) });
  }
  return said;
}

/** The keys of one beginning are one spelling, named by the first of them. */
function openSpelling(
  row: SettingRow,
  annotation: string,
  annotations: Readonly<Record<string, string>>,
  refusals: Refusal[],
): readonly Said<unknown>[] {
  const maps: [rest: string, value: unknown][] = [];
  const keys = Object.keys(annotations).sort();
  const read = keys.filter((key) => restOf(annotation, key) !== undefined);
  for (const key of read) {
    const value = parsed(row, key, annotations[key], refusals);
    if (value !== undefined) maps.push([restOf(annotation, key) ?? '', value]);
  }
  return read[0] === undefined || maps.length === 0 ? [] : [{ value: Object.freeze(Object.fromEntries(maps)), from: fieldPath(read[0]) }];
}

/** Undefined where there is no such annotation, or it is refused. */
function parsed(row: SettingRow, key: string, text: string | undefined, refusals: Refusal[]): unknown {
  if (text === undefined) return undefined;
  try {
    return parseText(row, text, key);
  } catch (thrown) {
    const error = asLbError(thrown);
    refusals.push({ reason: error.code, text: error.text, field: fieldPath(key) });
    return undefined;
  }
}

/** The one thing they all say. Two that disagree are refused, both named; the first still counts, for the other checks. */
export function agreed<T>(said: readonly Said<T>[], refusals: Refusal[]): Said<T> | undefined {
  const [first, ...others] = said;
  if (first === undefined) return undefined;
  const other = others.find(({ value }) => canonicalJson(value) !== canonicalJson(first.value));
  if (other !== undefined) refusals.push(conflict(first.from, other.from));
  return first;
}

export const conflict = (a: FieldPath, b: FieldPath): Refusal => ({
  reason: 'ConflictingSettings',
  text: `${a} and ${b} say different things`,
  field: a,
  remedy: `Remove ${a} or ${b}`,
});
