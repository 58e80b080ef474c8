import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { toldBy } from '../scripts/test-counts.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'portolan-counts-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function reported(testResults: readonly object[], numFailedTests: number): string {
  const file = join(folder, 'report.json');
  writeFileSync(file, JSON.stringify({ numPassedTests: 2, numFailedTests, numPendingTests: 1, numTodoTests: 1, testResults }));
  return file;
}

test('what failed is named, with the first line of its reason; a file that does not load is one failure', () => {
  const failing = { status: 'failed', fullName: ' a case', failureMessages: ['expected 1\n  at somewhere'] };
  const report = reported(
    [
      {
        name: join(process.cwd(), 'test/a.test.ts'),
        status: 'failed',
        message: '',
        assertionResults: [failing, { status: 'passed', fullName: 'b' }],
      },
      { name: join(process.cwd(), 'test/c.test.ts'), status: 'failed', message: 'no such module', assertionResults: [] },
    ],
    1,
  );
  expect(toldBy(false, report)).toEqual({
    counts: { passed: 2, failed: 2, skipped: 2 },
    failures: ['test/a.test.ts > a case: expected 1', 'test/c.test.ts: no such module'],
  });
});

test('a part that failed although no test did has one failure; one without a report is a test itself', () => {
  expect(toldBy(false, reported([], 0)).counts.failed).toBe(1);
  expect(toldBy(true, undefined)).toEqual({ counts: { passed: 1, failed: 0, skipped: 0 }, failures: [] });
  expect(toldBy(false, join(folder, 'none')).counts).toEqual({ passed: 0, failed: 1, skipped: 0 });
});
