import { existsSync, readFileSync } from 'node:fs';

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** What of vitest's JSON report is read. */
interface TestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly unknown[] }[];
}

export const addCounts = (a: Counts, b: Counts): Counts => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped,
});

/**
 * The tests of one part. A part without a report is one test itself; a part that failed although no test did (types, lint,
 * coverage, a file that does not load) has one failure.
 */
export function countsOf(good: boolean, report: string | undefined): Counts {
  if (report === undefined || !existsSync(report)) return { passed: good ? 1 : 0, failed: good ? 0 : 1, skipped: 0 };
  const read = JSON.parse(readFileSync(report, 'utf8')) as TestReport; // vitest wrote it
  const unloaded = read.testResults.filter(({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0).length;
  const failed = read.numFailedTests + unloaded;
  return {
    passed: read.numPassedTests,
    failed: failed === 0 && !good ? 1 : failed,
    skipped: read.numPendingTests + read.numTodoTests,
  };
}
