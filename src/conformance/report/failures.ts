import type { ConformanceCase } from '../case.ts';
import type { CaseResult, CheckResult, PassName, PassResult, SuiteResult } from '../result.ts';
import type { RowId } from '../rows/row.ts';
import { stepText } from './step-text.ts';

/** One thing that is wrong, wherever in a run it was seen. What every reporter tells, and what decides the exit code. */
export interface Failure {
  /** The case's id, or the pass and the place in it. */
  readonly where: string;
  /** Absent where a pass over many cases failed; then `pass` is there. */
  readonly caseId?: string;
  readonly pass?: PassName;
  /** Counted from 1, as people do. */
  readonly step?: number;
  /** The step in words: what was done, or had to be true. Absent where the case is not at hand. */
  readonly expected?: string;
  /** What was seen instead. */
  readonly text: string;
  readonly rows: readonly RowId[];
  /** What happened before, oldest first. */
  readonly trace: readonly string[];
}

/** All that is wrong with a run; empty where the provider conforms. With the cases it also tells the steps in words. */
export function failuresOf(result: SuiteResult, cases: readonly ConformanceCase[] = []): readonly Failure[] {
  return [...result.cases.flatMap((each) => failuresOfCase(each, cases)), ...result.passes.flatMap(failuresOfPass)];
}

export function failuresOfCase({ id, checks, failure }: CaseResult, cases: readonly ConformanceCase[] = []): readonly Failure[] {
  const step = failure === undefined ? undefined : cases.find((of) => of.id === id)?.steps[failure.step];
  const failed = checks.filter(({ outcome }) => outcome === 'failed');
  const told = failed.filter(({ reason }) => failure !== undefined && (reason === undefined || reason === failure.text));
  const first: readonly Failure[] =
    failure === undefined
      ? []
      : [
          {
            where: id,
            caseId: id,
            step: failure.step + 1,
            ...(step === undefined ? {} : { expected: stepText(step) }),
            text: failure.text,
            rows: rowsOf(told),
            trace: failure.trace,
          },
        ];
  const others = failed
    .filter((check) => !told.includes(check))
    .map(({ row, reason }) => ({ where: id, caseId: id, text: reason ?? 'failed, and nobody said why', rows: [row], trace: [] }));
  const silent = checks
    .filter(({ outcome, reason = '' }) => outcome === 'not-applicable' && reason.trim() === '')
    .map(({ row }) => ({ where: id, caseId: id, text: 'left out without a reason', rows: [row], trace: [] }));
  // A case that ran and asserted nothing proves nothing; that must not look like success.
  const empty: readonly Failure[] =
    checks.length === 0 && failure === undefined ? [{ where: id, caseId: id, text: 'checked nothing', rows: [], trace: [] }] : [];
  return [...first, ...others, ...silent, ...empty];
}

const rowsOf = (checks: readonly CheckResult[]): readonly RowId[] => [...new Set(checks.map(({ row }) => row))];

/** Violations, and runs that were not made. */
export function failuresOfPass({ pass, violations, runs, expectedRuns }: PassResult): readonly Failure[] {
  const found = violations.map(({ where, text }) => ({ where: `${pass}: ${where}`, pass, text, rows: [], trace: [] }));
  if (expectedRuns === undefined || expectedRuns === runs) return found;
  return [...found, { where: pass, pass, text: `${runs} runs where ${expectedRuns} were to be made`, rows: [], trace: [] }];
}
