import type { CaseResult, Outcome, SuiteResult } from '../result.ts';

/** What the cases of one area came to, in checks. */
export interface AreaCount {
  readonly area: string;
  readonly cases: number;
  readonly checks: number;
  readonly outcomes: Readonly<Record<Outcome, number>>;
}

export const outcomes = ['passed', 'failed', 'refused-visibly', 'not-applicable'] as const satisfies readonly Outcome[];

export const outcomeWords: Readonly<Record<Outcome, string>> = {
  passed: 'passed',
  failed: 'failed',
  'refused-visibly': 'refused visibly',
  'not-applicable': 'not applicable',
};

/** Cases by area, in the order in which areas are met first. */
export function casesByArea({ cases }: SuiteResult): ReadonlyMap<string, readonly CaseResult[]> {
  const areas = new Map<string, CaseResult[]>();
  for (const result of cases) {
    const list = areas.get(result.area) ?? [];
    list.push(result);
    areas.set(result.area, list);
  }
  return areas;
}

export function countsOf(result: SuiteResult): readonly AreaCount[] {
  return [...casesByArea(result)].map(([area, cases]) => countOf(area, cases));
}

export const totalOf = (result: SuiteResult): AreaCount => countOf('all', result.cases);

export function countOf(area: string, cases: readonly CaseResult[]): AreaCount {
  const checks = cases.flatMap((each) => each.checks);
  const counted: Record<Outcome, number> = { passed: 0, failed: 0, 'refused-visibly': 0, 'not-applicable': 0 };
  for (const { outcome } of checks) counted[outcome]++;
  return { area, cases: cases.length, checks: checks.length, outcomes: counted };
}

/** `1 case`, `2 cases`. */
export const many = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
