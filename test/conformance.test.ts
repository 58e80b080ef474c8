import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { conformanceOf } from '../scripts/conformance-page.ts';
import { allCases } from '../src/conformance/all-cases.ts';
import { totalOf } from '../src/conformance/report/counts.ts';
import { failuresOf } from '../src/conformance/report/failures.ts';
import { jsonReport } from '../src/conformance/report/json-report.ts';
import { markdownReport } from '../src/conformance/report/markdown-report.ts';
import { standingsOf } from '../src/conformance/report/standing.ts';
import type { SuiteResult } from '../src/conformance/result.ts';
import { contractRows } from '../src/conformance/rows/contract.ts';
import { root } from './import-lines.ts';

// The kit runs once for all of these; faults, crashes and stories by chance are long tests.
const result = await conformanceOf('local');

test('local conforms', () => {
  expect(failuresOf(result).map(({ where, step, text }) => `${where} ${step ?? ''}: ${text}`)).toEqual([]);
});

test('the kit has at least 200 checks', () => {
  expect(totalOf(result).checks).toBeGreaterThanOrEqual(200);
});

test('docs/reference/conformance.md is what npm run docs writes', () => {
  expect(readFileSync(join(root, 'docs/reference/conformance.md'), 'utf8')).toBe(markdownReport(result));
});

test('the same seed gives the same report', async () => {
  // Every seventh case: enough to see what depends on time or order, and not the whole again.
  const chosen = allCases.filter((_, index) => index % 7 === 0);
  const ids = new Set(chosen.map(({ id }) => id));
  const first: SuiteResult = { ...result, cases: result.cases.filter(({ id }) => ids.has(id)) };

  const second = await conformanceOf('local', chosen);

  expect(chosen.length).toBeGreaterThan(5);
  expect(jsonReport(second)).toBe(jsonReport(first));
}, 60_000);

test('no row is declared out of reach while a case proves it', () => {
  const outdated = standingsOf(result, contractRows).filter(
    ({ row, standing }) => standing.state === 'proved' && !('proves' in row.standing),
  );

  expect(outdated.map(({ row }) => row.id)).toEqual([]);
});

test('no row that the kit should prove is forgotten', () => {
  const forgotten = standingsOf(result, contractRows).filter(
    ({ row, standing }) => standing.state === 'not-covered' && 'proves' in row.standing,
  );

  expect(forgotten.map(({ row }) => `${row.id}: ${row.title}`)).toEqual([]);
});
