import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';

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
  readonly testResults: readonly FileReport[];
}

interface FileReport {
  /** The file, absolute. */
  readonly name: string;
  readonly status: string;
  /** Why it does not load. */
  readonly message: string;
  readonly assertionResults: readonly {
    readonly status: string;
    readonly fullName: string;
    readonly failureMessages?: readonly string[];
  }[];
}

/** What became of the tests of one part. */
export interface Told {
  readonly counts: Counts;
  /** A line for each test that failed, with the first line of its reason; empty where none did, or none is known by name. */
  readonly failures: readonly string[];
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
export function toldBy(good: boolean, report: string | undefined): Told {
  if (report === undefined || !existsSync(report))
    return { counts: { passed: good ? 1 : 0, failed: good ? 0 : 1, skipped: 0 }, failures: [] };
  const read = JSON.parse(readFileSync(report, 'utf8')) as TestReport; // vitest wrote it
  const unloaded = read.testResults.filter(({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0);
  const failed = read.numFailedTests + unloaded.length;
  const counts = {
    passed: read.numPassedTests,
    failed: failed === 0 && !good ? 1 : failed,
    skipped: read.numPendingTests + read.numTodoTests,
  };
  return { counts, failures: read.testResults.flatMap(failuresOf) };
}

function failuresOf({ name, status, message, assertionResults }: FileReport): readonly string[] {
  const file = relative(process.cwd(), name);
  if (status === 'failed' && assertionResults.length === 0) return [`${file}: ${firstLine(message)}`];
  const failed = assertionResults.filter((test) => test.status === 'failed');
  return failed.map(({ fullName, failureMessages = [] }) => `${file} > ${fullName.trim()}: ${firstLine(failureMessages[0] ?? '')}`);
}

const firstLine = (text: string): string => (text.split('\n')[0] ?? '').slice(0, 400);
