import type { ConformanceCase } from '../case.ts';
import type { PassResult, SuiteResult } from '../result.ts';
import { contractRows, titleOf } from '../rows/contract.ts';
import { countsOf, many, outcomes, outcomeWords, totalOf, type AreaCount } from './counts.ts';
import { failuresOf, type Failure } from './failures.ts';
import { standingsOf, standingStates, standingWords, whyOf, type StandingRow } from './standing.ts';

export interface TextReportOptions {
  /** The command line that made this run, without what chooses cases: `portolan conformance --provider local --seed 1`. */
  readonly command: string;
  /** Whether every case was run: only then may a row that nothing proved be called not covered. */
  readonly whole: boolean;
  /** The cases of the run, so that a step that failed is told in words. */
  readonly cases?: readonly ConformanceCase[];
}

/** So much of what happened before a failure is shown. */
const traceLines = 20;

/** For people: failures first, then the table of counts, then how the contract stands. */
export function textReport(result: SuiteResult, { command, whole, cases = [] }: TextReportOptions): string {
  const failures = failuresOf(result, cases);
  const parts = [
    `Conformance of ${result.provider} (kit ${result.kit}, seed ${result.seed})`,
    ...failures.map((failure) => failureText(failure, command)),
    ...(result.cases.length === 0 ? [] : [countsTable(result)]),
    ...(result.passes.length === 0 ? [] : [result.passes.map(passText).join('\n')]),
    ...(result.cases.length === 0 ? [] : [contractText(standingsOf(result, contractRows), whole)]),
    verdict(result, failures),
  ];
  return `${parts.join('\n\n')}\n`;
}

function failureText({ where, caseId, pass, step, expected, text, rows, trace }: Failure, command: string): string {
  const shown = trace.slice(-traceLines);
  const left = trace.length - shown.length;
  const [first = '', ...more] = text.split('\n');
  return [
    `FAILED ${where}${step === undefined ? '' : `, step ${step}`}: ${first}`,
    ...more.map((line) => `  ${line}`),
    ...(expected === undefined ? [] : [`  expected ${expected}`]),
    ...rows.map((row) => `  proves   ${row}: ${titleOf(row) ?? 'unknown row'}`),
    ...(shown.length === 0 ? [] : [`  before that${left === 0 ? '' : ` (${left} lines left out)`}:`]),
    ...shown.map((line) => `    ${line}`),
    `  only this: ${command} ${caseId === undefined ? `--pass ${pass}` : `--case ${caseId}`}`,
  ].join('\n');
}

function countsTable(result: SuiteResult): string {
  const counts = countsOf(result);
  const line = ({ area, cases, checks, outcomes: counted }: AreaCount): readonly string[] => [
    area,
    ...[cases, checks, ...outcomes.map((outcome) => counted[outcome])].map(String),
  ];
  return aligned([
    ['area', 'cases', 'checks', ...outcomes.map((outcome) => outcomeWords[outcome])],
    ...counts.map(line),
    ...(counts.length > 1 ? [line(totalOf(result))] : []),
  ]);
}

/** First column to the left, numbers to the right. */
function aligned(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) => row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  '))
    .join('\n');
}

function passText({ pass, lines, violations, runs, expectedRuns }: PassResult): string {
  const made = expectedRuns === undefined || expectedRuns === runs ? many(runs, 'run') : `${runs} of ${many(expectedRuns, 'run')}`;
  return [`pass ${pass}: ${made}, ${many(violations.length, 'violation')}`, ...lines.map((line) => `  ${line}`)].join('\n');
}

function contractText(standings: readonly StandingRow[], whole: boolean): string {
  if (!whole) {
    const touched = standings.filter(({ standing }) => 'cases' in standing);
    return [
      `contract: ${touched.length} of ${standings.length} rows were asked for (not every case was run)`,
      ...touched.map(({ row, standing }) => `  ${row.id.padEnd(4)} ${standingWords[standing.state]}: ${row.title}`),
    ].join('\n');
  }
  const counts = standingStates.map(
    (state) => `${standings.filter((each) => each.standing.state === state).length} ${standingWords[state]}`,
  );
  const open = standings.filter(({ standing }) => standing.state !== 'proved');
  return [
    `contract: ${standings.length} rows, ${counts.join(', ')}`,
    ...open.map((each) => {
      const why = whyOf(each);
      return `  ${each.row.id.padEnd(4)} ${standingWords[each.standing.state]}: ${each.row.title}${why === '' ? '' : ` (${why})`}`;
    }),
  ].join('\n');
}

function verdict(result: SuiteResult, failures: readonly Failure[]): string {
  const { cases, checks } = totalOf(result);
  const runs = result.passes.map(({ pass, runs: made }) => `, ${many(made, 'run')} of pass ${pass}`).join('');
  const ran = `${many(cases, 'case')}, ${many(checks, 'check')}${runs}`;
  return failures.length === 0
    ? `${result.provider} conforms: ${ran}`
    : `${result.provider} does not conform: ${failures.length} failed; ${ran}`;
}
