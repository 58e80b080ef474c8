import type { ConformanceCase } from '../case.ts';
import type { CaseResult, Outcome, PassResult, SuiteResult } from '../result.ts';
import { code, markdownTable } from '../../settings/markdown.ts';
import { contractRows, sectionTitles, titleOf } from '../rows/contract.ts';
import { otherTitles } from '../rows/other-titles.ts';
import type { RowId } from '../rows/row.ts';
import { casesByArea, countOf, countsOf, many, outcomes, outcomeWords, totalOf, type AreaCount } from './counts.ts';
import { failuresOf, type Failure } from './failures.ts';
import { standingsOf, standingStates, standingWords, whyOf, type StandingRow } from './standing.ts';

/**
 * A page to be kept: counts, every case with the rows it proves, every row of the contract with the cases that prove it. The
 * same run gives the same page: no times, no versions.
 */
export function markdownReport(result: SuiteResult, known: readonly ConformanceCase[] = []): string {
  const failures = failuresOf(result, known);
  const standings = standingsOf(result, contractRows);
  const { cases, checks } = totalOf(result);
  const verdict = failures.length === 0 ? 'conforms' : `does **not** conform: ${failures.length} failed`;
  return [
    `# Conformance of ${code(result.provider)}`,
    `${code(result.provider)} ${verdict}. ${many(cases, 'case')}, ${many(checks, 'check')}, seed ${result.seed}.`,
    'A case is a story; a check is one sentence in it that must be true, held against a row of the Service contract. *Refused visibly*: the provider ' +
      'declares that it cannot, says so on the Service, and leaves nothing half made. *Not applicable*: the reason stands beside it.',
    ...(failures.length === 0 ? [] : ['## Failures', failures.map(failureItem).join('\n')]),
    '## Counts',
    countsTable(result),
    ...result.passes.flatMap(passSection),
    '## Cases',
    ...[...casesByArea(result)].flatMap(([area, inArea]) => [`### ${area}`, casesTable(inArea)]),
    '## The contract, row by row',
    standingCounts(standings),
    ...sections.flatMap((section) => contractSection(section, standings)),
    ...otherSection(result),
    '',
  ].join('\n\n');
}

function failureItem({ where, step, expected, text, rows }: Failure): string {
  const place = step === undefined ? code(where) : `${code(where)}, step ${step}`;
  const wish = expected === undefined ? '' : `; expected: ${inline(expected)}`;
  return `- ${place}${rows.length === 0 ? '' : ` (${rows.join(', ')})`}: ${inline(text)}${wish}`;
}

function countsTable(result: SuiteResult): string {
  const line = ({ area, cases, checks, outcomes: counted }: AreaCount): readonly string[] => [
    area,
    ...[cases, checks, ...outcomes.map((outcome) => counted[outcome])].map(String),
  ];
  const head = ['Area', 'Cases', 'Checks', ...outcomes.map((outcome) => capital(outcomeWords[outcome]))];
  return markdownTable(head, [...countsOf(result).map(line), line({ ...totalOf(result), area: '**all**' })]);
}

function passSection({ pass, lines, runs, expectedRuns, violations }: PassResult): readonly string[] {
  const made = expectedRuns === undefined ? many(runs, 'run') : `${runs} of ${many(expectedRuns, 'run')}`;
  return [
    `## Pass ${code(pass)}`,
    [`${made}, ${many(violations.length, 'violation')}.`, ...lines.map((line) => `- ${inline(line)}`)].join('\n'),
  ];
}

function casesTable(cases: readonly CaseResult[]): string {
  return markdownTable(
    ['Case', 'What is promised', 'Rows', 'Checks'],
    cases.map((each) => [code(each.id), inline(each.title), rowsOf(each).join(', '), checksText(each)]),
  );
}

const rowsOf = ({ checks }: CaseResult): readonly RowId[] => [...new Set(checks.map(({ row }) => row))];

/** `4 passed`, or what else became of them, with the reasons. */
function checksText(result: CaseResult): string {
  const { outcomes: counted } = countOf(result.area, [result]);
  const said = outcomes
    .filter((outcome) => counted[outcome] > 0)
    .map((outcome) => `${counted[outcome]} ${outcomeWords[outcome]}${why(result, outcome)}`);
  return said.length === 0 ? 'none' : said.join('; ');
}

function why({ checks }: CaseResult, outcome: Outcome): string {
  if (outcome === 'passed' || outcome === 'failed') return '';
  const reasons = new Set(checks.filter((check) => check.outcome === outcome).flatMap(({ reason }) => reason ?? []));
  return reasons.size === 0 ? '' : `: ${[...reasons].map(inline).join('; ')}`;
}

function standingCounts(standings: readonly StandingRow[]): string {
  const counts = standingStates.map((state) => [
    capital(standingWords[state]),
    String(standings.filter((each) => each.standing.state === state).length),
  ]);
  return markdownTable(['Standing', 'Rows'], counts);
}

/** In the order of the contract: an object's keys would put `2` and `4` before `1A`. */
const sections: readonly string[] = [...new Set(contractRows.map(({ section }) => section))];

function contractSection(section: string, standings: readonly StandingRow[]): readonly string[] {
  const rows = standings.filter(({ row }) => row.section === section);
  return [
    `### ${section} ${sectionTitles[section] ?? ''}`,
    markdownTable(
      ['Row', 'What must hold', 'Standing', 'Cases'],
      rows.map((each) => [each.row.id, each.row.title, standingText(each), casesText(each)]),
    ),
  ];
}

function standingText(each: StandingRow): string {
  const reason = whyOf(each);
  return `${standingWords[each.standing.state]}${reason === '' ? '' : `: ${inline(reason)}`}`;
}

const casesText = ({ standing }: StandingRow): string => ('cases' in standing ? standing.cases.map(code).join(', ') : '–');

/** Ideas, pains and planted bugs that cases name beside the contract; only those that are named. */
function otherSection(result: SuiteResult): readonly string[] {
  const named = new Map<RowId, Set<string>>();
  for (const { id, checks } of result.cases) {
    for (const { row, outcome } of checks) {
      if (outcome === 'passed' && row in otherTitles) named.set(row, (named.get(row) ?? new Set()).add(id));
    }
  }
  if (named.size === 0) return [];
  const rows = [...named].toSorted(([a], [b]) => order(a) - order(b));
  return [
    '## Beside the contract',
    'Ideas and sections of the design, what users suffer from, and bugs that real controllers had.',
    markdownTable(
      ['Row', 'What it is about', 'Cases'],
      rows.map(([row, cases]) => [row, titleOf(row) ?? '', [...cases].map(code).join(', ')]),
    ),
  ];
}

const known = Object.keys(otherTitles);
const order = (row: RowId): number => known.indexOf(row);

/** One line; what a reader would take for a tag stays text. */
const inline = (text: string): string => text.replaceAll('\n', ' ').replaceAll('<', '&lt;');

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
