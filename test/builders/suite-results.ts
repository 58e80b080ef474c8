import type { CaseResult, CheckResult, Outcome, PassResult, SuiteResult } from '../../src/conformance/result.ts';
import type { RowId } from '../../src/conformance/rows/row.ts';

/** A check of a case that the builder below puts in. */
export interface Planned {
  readonly row: RowId;
  readonly outcome?: Outcome;
  readonly reason?: string;
}

export function caseResult(id: string, checks: readonly Planned[], patch: Partial<CaseResult> = {}): CaseResult {
  return {
    id,
    area: id.split('/', 1)[0] ?? '',
    title: `what ${id} promises`,
    checks: checks.map(
      ({ row, outcome = 'passed', reason }): CheckResult => ({ caseId: id, row, outcome, ...(reason === undefined ? {} : { reason }) }),
    ),
    cloudCalls: { observe: 1 },
    ...patch,
  };
}

export const suiteResult = (cases: readonly CaseResult[], passes: readonly PassResult[] = []): SuiteResult => ({
  provider: 'toy',
  kit: '1.2.3',
  seed: 7,
  cases,
  passes,
});

/** A run with one failure of each kind there is, each with a text of its own. */
export const planted: SuiteResult = suiteResult(
  [
    caseResult('life/good', [{ row: 'B2' }, { row: 'F1' }]),
    caseResult(
      'life/broken',
      [
        { row: 'B1' },
        { row: 'C1', outcome: 'failed', reason: 'the finalizer <lb> is "still" there & ]]> stays\u0007' },
        { row: 'C9', outcome: 'failed', reason: 'the finalizer <lb> is "still" there & ]]> stays\u0007' },
      ],
      {
        failure: {
          step: 3,
          text: 'the finalizer <lb> is "still" there & ]]> stays\u0007',
          trace: Array.from({ length: 30 }, (_, line) => `happened ${line}.`),
        },
      },
    ),
    caseResult('life/unsaid', [{ row: 'A1', outcome: 'failed', reason: 'a check that failed beside its case' }]),
    caseResult('life/thrown', [], { failure: { step: 0, text: 'the step itself threw', trace: [] } }),
    caseResult('life/hollow', []),
    caseResult('ports/sctp', [{ row: 'J8', outcome: 'refused-visibly', reason: 'no SCTP in this cloud' }]),
    caseResult('ports/path', [{ row: 'S3', outcome: 'not-applicable', reason: 'no data path is simulated' }]),
    caseResult('ports/silent', [{ row: 'S4', outcome: 'not-applicable' }]),
  ],
  [
    {
      pass: 'crash',
      lines: ['12 boundaries recorded, 11 hit'],
      violations: [{ where: 'create, 3rd call', text: 'an orphan stays: lb-9' }],
      runs: 11,
      expectedRuns: 12,
    },
    { pass: 'fuzz', lines: ['2000 edits'], violations: [], runs: 5 },
  ],
);

/** A sign of each failure in `planted`; a report that lacks one has dropped it. */
export const signs: readonly string[] = [
  'the finalizer',
  'a check that failed beside its case',
  'the step itself threw',
  'checked nothing',
  'left out without a reason',
  'an orphan stays: lb-9',
  '11 runs where 12 were to be made',
];
