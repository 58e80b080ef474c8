import type { ConformanceCase } from '../../conformance/case.ts';
import { areaOf } from '../../conformance/run-case.ts';
import { LbError } from '../../errors.ts';
import { nearest } from '../../settings/nearest.ts';

/**
 * The cases that a command line asks for: those of any area and those that match any pattern (`*` stands for any text), in
 * the order of the suite; all where neither is given. @throws LbError `InvalidFlag` for an area or pattern that has no case
 */
export function selectCases(
  cases: readonly ConformanceCase[],
  areas: readonly string[],
  patterns: readonly string[],
): readonly ConformanceCase[] {
  if (areas.length === 0 && patterns.length === 0) return cases;
  const known = new Set(cases.map(areaOf));
  for (const area of areas) {
    if (!known.has(area)) throw unknown('--area', area, known, 'no area');
  }
  const globs = patterns.map((pattern) => ({ pattern, matches: globOf(pattern) }));
  for (const { pattern, matches } of globs) {
    if (!cases.some(({ id }) => matches.test(id))) throw unknown('--case', pattern, new Set(cases.map(({ id }) => id)), 'no case');
  }
  return cases.filter((each) => areas.includes(areaOf(each)) || globs.some(({ matches }) => matches.test(each.id)));
}

const globOf = (pattern: string): RegExp =>
  new RegExp(`^${pattern.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll('*', '.*')}$`);

function unknown(flag: string, value: string, known: ReadonlySet<string>, what: string): LbError {
  const meant = nearest(value, known);
  const hint = meant === undefined ? '' : ` (did you mean ${meant}?)`;
  return new LbError('InvalidFlag', `${flag} ${value}: there is ${what} of that name${hint}`, {
    field: flag,
    remedy: 'portolan conformance --list shows them all',
  });
}
