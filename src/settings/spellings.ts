import { asLbError } from '../errors.ts';
import { canonicalJson } from '../model/digest.ts';
import { fieldPath, type FieldPath } from '../model/ids.ts';
import type { Refusal } from '../model/plan.ts';
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
    const text = annotations[key];
    if (text === undefined) continue;
    try {
      said.push({ value: parseText(row, text, key), from: fieldPath(key) });
    } catch (thrown) {
      const error = asLbError(thrown);
      refusals.push({ reason: error.code, text: error.text, field: fieldPath(key) });
    }
  }
  return said;
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
