import type { ConformanceCase } from '../case.ts';
import type { SuiteResult } from '../result.ts';
import { contractRows } from '../rows/contract.ts';
import { countsOf, totalOf } from './counts.ts';
import { failuresOf } from './failures.ts';
import { standingsOf } from './standing.ts';

/** The whole run for programs: `failures` is what is wrong, `rows` how each row of the contract stands. */
export function jsonReport(result: SuiteResult, cases: readonly ConformanceCase[] = []): string {
  const failures = failuresOf(result, cases);
  const answer = {
    provider: result.provider,
    kit: result.kit,
    seed: result.seed,
    conforms: failures.length === 0,
    counts: { all: totalOf(result), areas: countsOf(result) },
    failures,
    rows: standingsOf(result, contractRows).map(({ row, standing }) => ({
      id: row.id,
      section: row.section,
      title: row.title,
      ...standing,
      ...('proves' in row.standing && row.standing.note !== undefined ? { note: row.standing.note } : {}),
    })),
    cases: result.cases,
    passes: result.passes,
  };
  return `${JSON.stringify(answer, undefined, 2)}\n`;
}
