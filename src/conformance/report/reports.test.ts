import { describe, expect, it, test } from 'vitest';
import { caseResult, planted, signs, suiteResult } from '../../../test/builders/suite-results.ts';
import type { ConformanceCase } from '../case.ts';
import { contractRows, titleOf } from '../rows/contract.ts';
import { failuresOf } from './failures.ts';
import { formatOfFile, report, reportFormats } from './formats.ts';
import { jsonReport } from './json-report.ts';
import { junitReport } from './junit-report.ts';
import { markdownReport } from './markdown-report.ts';
import { textReport } from './text-report.ts';

const options = { command: 'portolan conformance --provider toy --seed 7', whole: true };
const good = suiteResult([caseResult('life/good', [{ row: 'B2' }, { row: 'F1' }])]);

test('every failure there is has been found: of checks, of cases, of what was left out, of passes', () => {
  const texts = failuresOf(planted).map(({ text }) => text);

  expect(texts).toHaveLength(signs.length);
  expect(signs.filter((sign) => !texts.some((text) => text.includes(sign)))).toEqual([]);
});

test('a run that is right has no failure', () => {
  expect(failuresOf(good)).toEqual([]);
});

test('a failure that several checks share is one, with the rows of all', () => {
  const [shared] = failuresOf(planted).filter(({ where }) => where === 'life/broken');

  expect(shared).toMatchObject({ step: 4, rows: ['C1', 'C9'] });
});

describe.each(reportFormats)('the %s report', (format) => {
  it('drops no failure, and says where each was', () => {
    const text = report(planted, format, options);

    expect(signs.filter((sign) => !text.includes(sign))).toEqual([]);
    expect(failuresOf(planted).filter(({ where }) => !text.includes(where))).toEqual([]);
  });

  it('says why something was refused or left out', () => {
    const text = report(planted, format, options);

    expect(text).toContain('no SCTP in this cloud');
    expect(text).toContain('no data path is simulated');
  });

  it('is the same for the same run, to the byte', () => {
    expect(report(planted, format, options)).toBe(report(structuredClone(planted), format, options));
  });
});

test('with the cases at hand every report tells in words what was expected', () => {
  const cases: readonly ConformanceCase[] = [
    {
      id: 'life/broken',
      title: 'x',
      steps: [
        { do: 'create', service: 'web' },
        { do: 'rest', ms: 5 },
        { do: 'delete', service: 'web' },
        { check: 'finalizer', service: 'web', present: false, rows: ['C1', 'C9'], why: 'it is deleted' },
      ],
    },
  ];
  const expected = 'check finalizer, service web, present false (it is deleted)';

  expect(reportFormats.filter((format) => !report(planted, format, { ...options, cases }).includes(expected))).toEqual([]);
});

describe('the text report', () => {
  it('shows of a failure step, rows, the last that happened, and how to run only that case', () => {
    const text = textReport(planted, options);

    expect(text).toContain('FAILED life/broken, step 4: the finalizer');
    expect(text).toContain(`proves   C9: ${titleOf('C9')}`);
    expect(text).toContain('before that (10 lines left out):\n    happened 10.\n');
    expect(text).not.toContain('happened 9.');
    expect(text).toContain('only this: portolan conformance --provider toy --seed 7 --case life/broken');
    expect(text).toContain('only this: portolan conformance --provider toy --seed 7 --pass crash');
  });

  it('counts by area and in all', () => {
    const lines = textReport(planted, options).split('\n');

    expect(
      lines
        .find((line) => line.startsWith('life '))
        ?.trim()
        .split(/\s+/),
    ).toEqual(['life', '5', '6', '3', '3', '0', '0']);
    expect(
      lines
        .find((line) => line.startsWith('all '))
        ?.trim()
        .split(/\s+/),
    ).toEqual(['all', '8', '9', '3', '3', '1', '2']);
  });

  it('lists every row that is not proved, with its reason', () => {
    const text = textReport(good, options);

    expect(text).toMatch(/contract: 188 rows, 2 proved, 0 failed, 0 refused visibly, \d+ not applicable, \d+ not covered/);
    expect(text).toMatch(/^ {2}M1 {3}not covered: .*\(shown by/m);
    expect(text).not.toMatch(/^ {2}B2 /m);
  });

  it('calls no row uncovered where not every case was run', () => {
    const text = textReport(good, { ...options, whole: false });

    expect(text).toContain('contract: 2 of 188 rows were asked for (not every case was run)');
    expect(text).not.toContain('not covered');
  });

  it('ends with the verdict', () => {
    expect(textReport(good, options).trimEnd().split('\n').at(-1)).toBe('toy conforms: 1 case, 2 checks');
    expect(textReport(planted, options).trimEnd().split('\n').at(-1)).toMatch(
      /^toy does not conform: 7 failed; 8 cases, 9 checks, 11 runs of pass crash/,
    );
  });
});

describe('the JUnit report', () => {
  const xml = junitReport(planted);

  it('is well-formed, whatever a failure says', () => {
    expect(faults(xml)).toEqual([]);
    expect(xml).toContain('&lt;lb&gt; is &quot;still&quot; there &amp; ]]&gt; stays\u{FFFD}');
  });

  it('has a test case per check, and counts what it has', () => {
    const cases = [...xml.matchAll(/<testcase /g)].length;
    const [, tests, failures, skipped] = /<testsuites [^>]*tests="(\d+)" failures="(\d+)" errors="0" skipped="(\d+)"/.exec(xml) ?? [];

    // 9 checks, 2 failures that no check carries, 2 passes, 1 violation.
    expect(cases).toBe(14);
    expect(Number(tests)).toBe(cases);
    expect(Number(failures)).toBe([...xml.matchAll(/<failure /g)].length);
    expect(Number(failures)).toBe(8); // one more than failures: two checks share one
    expect(Number(skipped)).toBe([...xml.matchAll(/<skipped /g)].length);
  });

  it('has no two test cases of one name', () => {
    const twice = junitReport(suiteResult([caseResult('a/b', [{ row: 'A1' }, { row: 'A1' }])]));
    const names = [...twice.matchAll(/<testcase [^>]*name="([^"]*)"/g)].map(([, name]) => name);

    expect(new Set(names).size).toBe(2);
  });

  it('passes what is refused visibly, and skips what is not applicable', () => {
    const caseOf = (name: string): string => new RegExp(`<testcase [^>]*name="${name} [\\s\\S]*?</testcase>`).exec(xml)?.[0] ?? '';

    expect(caseOf('ports/sctp')).toContain('<system-out>refused visibly: no SCTP in this cloud</system-out>');
    expect(caseOf('ports/sctp')).not.toMatch(/failure|skipped/);
    expect(caseOf('ports/path')).toContain('<skipped message="no data path is simulated"/>');
  });

  it('holds no time', () => {
    expect(xml).not.toMatch(/\b(time|timestamp)=/);
  });
});

/** What is wrong with a document of elements and text, as far as a reader would stumble over it. */
function faults(xml: string): readonly string[] {
  const found: string[] = [];
  const open: string[] = [];
  const markup = /<\?xml[^>]*\?>|<(\/?)([a-z-]+)((?: [a-z]+="[^"<]*")*)(\/?)>/g;
  for (const [, closing, name = '', , empty] of xml.matchAll(markup)) {
    if (name === '') continue;
    if (closing === '/' && open.pop() !== name) found.push(`</${name}> closes another`);
    if (closing === '' && empty === '') open.push(name);
  }
  const text = xml.replaceAll(markup, '');
  if (open.length > 0) found.push(`open: ${open.join(' ')}`);
  if (/[<>]|]]>/.test(text)) found.push('markup in a text');
  if (/&(?!(amp|lt|gt|quot|#10|#9);)/.test(xml)) found.push('a bare ampersand');
  return found;
}

test('the reader of the tests stumbles over bad documents', () => {
  expect(faults('<a><b></a></b>')).not.toEqual([]);
  expect(faults('<a>1 < 2</a>')).not.toEqual([]);
  expect(faults('<a>me & you</a>')).not.toEqual([]);
  expect(faults('<a x="1"><b/>fine &amp; well</a>')).toEqual([]);
});

describe('the Markdown report', () => {
  it('lists every case with its rows, and every row with its cases', () => {
    const page = markdownReport(planted);

    expect(page).toContain('| `life/good` | what life/good promises | B2, F1 | 2 passed |');
    expect(page).toContain(`| B2 | ${titleOf('B2')} | proved: `);
    expect(page).toMatch(/\| J8 \| .* \| refused visibly: no SCTP in this cloud \| `ports\/sctp` \|/);
    expect(page).toMatch(/\| M1 \| .* \| not covered: .* \| – \|/);
    expect([...page.matchAll(/^\| ([A-MSP]\d+) \|/gm)].map(([, id]) => id)).toEqual(contractRows.map(({ id }) => id));
  });

  it('names what cases prove beside the contract', () => {
    const page = markdownReport(suiteResult([caseResult('own/two', [{ row: 'seed-13' }, { row: 'idea-2' }])]));

    expect(page).toMatch(/\| idea-2 \| .* \| `own\/two` \|\n\| seed-13 \| .* \| `own\/two` \|/);
    expect(markdownReport(good)).not.toContain('Beside the contract');
  });

  it('tells neither time nor version', () => {
    expect(markdownReport(planted)).not.toContain('1.2.3');
  });
});

test('the JSON report is whole, and says whether the provider conforms', () => {
  const answer: unknown = JSON.parse(jsonReport(planted));

  expect(answer).toMatchObject({ provider: 'toy', kit: '1.2.3', seed: 7, conforms: false, counts: { all: { cases: 8, checks: 9 } } });
  expect(answer).toHaveProperty('rows.length', 188);
  expect(answer).toHaveProperty('cases', JSON.parse(JSON.stringify(planted.cases)));
  expect(JSON.parse(jsonReport(good))).toHaveProperty('conforms', true);
});

test('the format of a file is told by its name', () => {
  expect(['a/report.xml', 'r.md', 'r.json', 'r.txt', 'r.html', 'xml'].map(formatOfFile)).toEqual([
    'junit',
    'markdown',
    'json',
    'text',
    undefined,
    undefined,
  ]);
});
