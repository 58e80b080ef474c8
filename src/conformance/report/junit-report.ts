import type { ConformanceCase } from '../case.ts';
import type { CaseResult, CheckResult, PassResult, SuiteResult } from '../result.ts';
import { titleOf } from '../rows/contract.ts';
import { casesByArea } from './counts.ts';
import { failuresOfCase, failuresOfPass, type Failure } from './failures.ts';

/** One `<testcase>`; some readers take one `<failure>` only. */
interface TestCase {
  readonly name: string;
  readonly failure?: Failure;
  /** Why it did not run. */
  readonly skipped?: string;
  readonly out?: string;
}

interface TestSuite {
  readonly name: string;
  readonly cases: readonly TestCase[];
}

/**
 * JUnit XML as CI systems read it: a suite per area, a test case per check, and one per pass over all cases. What is refused
 * visibly has passed; what is not applicable is skipped, with its reason. Without times: the same run gives the same file.
 */
export function junitReport(result: SuiteResult, known: readonly ConformanceCase[] = []): string {
  const suites: readonly TestSuite[] = [
    ...[...casesByArea(result)].map(([area, cases]) => ({
      name: area,
      cases: cases.flatMap((each) => testCasesOf(each, known)),
    })),
    ...result.passes.map((pass) => ({ name: `pass ${pass.pass}`, cases: passCases(pass) })),
  ];
  const all = suites.flatMap(({ cases }) => cases);
  const prefix = `portolan.${result.provider}`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name=${attribute(`conformance of ${result.provider}`)} ${totals(all)}>`,
    ...suites.flatMap((suite) => suiteLines(suite, prefix)),
    '</testsuites>',
    '',
  ].join('\n');
}

/** One per check; and one per failure that no check carries, so that none is lost. */
function testCasesOf(result: CaseResult, known: readonly ConformanceCase[]): readonly TestCase[] {
  const { id, checks } = result;
  const left = new Set(failuresOfCase(result, known));
  const seen = new Map<string, number>();
  const cases = checks.map((check): TestCase => {
    const times = (seen.get(check.row) ?? 0) + 1;
    seen.set(check.row, times);
    const name = `${id} ${check.row}${times === 1 ? '' : ` (${times})`}: ${titleOf(check.row) ?? 'unknown row'}`;
    const failure = [...left].find((each) => tells(each, check));
    if (failure !== undefined) left.delete(failure);
    if (failure !== undefined || check.outcome === 'failed') return { name, failure: failure ?? againOf(id, check) };
    if (check.outcome === 'not-applicable') return { name, skipped: check.reason ?? '' };
    return check.outcome === 'passed' ? { name } : { name, out: `refused visibly${check.reason === undefined ? '' : `: ${check.reason}`}` };
  });
  return [...cases, ...[...left].map((failure) => ({ name: nameOf(id, failure), failure }))];
}

/** A skipped check that gives no reason is a failure too, and has the row of the check. */
const tells = ({ rows }: Failure, { row, outcome, reason }: CheckResult): boolean =>
  rows.includes(row) && (outcome === 'failed' || (outcome === 'not-applicable' && (reason ?? '').trim() === ''));

/** A failure that several checks of a case share is told at the first of them whole, at the others in short. */
const againOf = (id: string, { row, reason }: CheckResult): Failure => ({
  where: id,
  caseId: id,
  text: reason ?? 'failed with the same step as above',
  rows: [row],
  trace: [],
});

const nameOf = (id: string, { step }: Failure): string => (step === undefined ? id : `${id} step ${step}`);

function passCases(result: PassResult): readonly TestCase[] {
  const { pass, lines, runs, expectedRuns = runs } = result;
  const complete = { name: `${pass}: ${runs} of ${expectedRuns} runs made`, out: lines.join('\n') };
  const failures = failuresOfPass(result);
  const short = failures.find(({ where }) => where === pass);
  return [
    short === undefined ? complete : { ...complete, failure: short },
    ...failures.filter((failure) => failure !== short).map((failure) => ({ name: `${failure.where}: ${failure.text}`, failure })),
  ];
}

function suiteLines({ name, cases }: TestSuite, prefix: string): readonly string[] {
  const className = attribute(`${prefix}.${name.replaceAll(' ', '-')}`);
  return [
    `  <testsuite name=${attribute(name)} ${totals(cases)}>`,
    ...cases.flatMap((each) => [
      `    <testcase classname=${className} name=${attribute(each.name)}>`,
      ...(each.failure === undefined ? [] : [failureElement(each.failure)]),
      ...(each.skipped === undefined ? [] : [`      <skipped message=${attribute(each.skipped)}/>`]),
      ...(each.out === undefined || each.out === '' ? [] : [`      <system-out>${escaped(each.out)}</system-out>`]),
      '    </testcase>',
    ]),
    '  </testsuite>',
  ];
}

function failureElement({ where, step, expected, text, trace }: Failure): string {
  const place = step === undefined ? where : `${where}, step ${step}`;
  return `      <failure message=${attribute(text)}>${escaped([`${place}: ${text}`, ...(expected === undefined ? [] : [`expected: ${expected}`]), ...trace].join('\n'))}</failure>`;
}

function totals(cases: readonly TestCase[]): string {
  const failed = cases.filter(({ failure }) => failure !== undefined).length;
  const skipped = cases.filter((each) => each.skipped !== undefined).length;
  return `tests="${cases.length}" failures="${failed}" errors="0" skipped="${skipped}"`;
}

const attribute = (text: string): string => `"${escaped(text).replaceAll('\n', '&#10;').replaceAll('\t', '&#9;')}"`;

/** Text as XML may hold it: markup escaped (so also the end of a CDATA section), characters that XML 1.0 lacks replaced. */
const escaped = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll(/[^\t\n\u{20}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '\u{FFFD}')
    .replaceAll(/[&<>"]/g, (character) => entities[character] ?? character);

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
