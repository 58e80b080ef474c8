import type { ConformanceCase } from './case.ts';
import { runFuzz } from './fuzz/fuzz-pass.ts';
import { runCrash } from './matrix/crash-pass.ts';
import { runFaults } from './matrix/fault-pass.ts';
import type { CaseResult, PassName, PassResult, SuiteResult } from './result.ts';
import { runCase } from './run-case.ts';
import type { Simulate } from './simulation.ts';

/** What is told while the suite runs, for people who wait; never part of the result. */
export type ProgressEvent =
  | { readonly kind: 'case'; readonly result: CaseResult; readonly done: number; readonly of: number }
  | { readonly kind: 'pass'; readonly pass: PassName; readonly done: number; readonly of: number; readonly what: string };

export interface SuiteOptions {
  readonly simulate: Simulate;
  /** Kind or command of the provider, for the report. */
  readonly provider: string;
  /** Version of the kit, for the report. */
  readonly kit: string;
  readonly seed: number;
  readonly cases: readonly ConformanceCase[];
  readonly passes: readonly PassName[];
  /** How many edits the fuzz makes. */
  readonly edits: number;
  readonly progress: (event: ProgressEvent) => void;
  /** Ends the suite after the run that is under way; what is known by then is the result. */
  readonly signal: AbortSignal;
}

/** The whole kit over one provider. The same seed gives the same result. */
export async function runSuite(options: SuiteOptions): Promise<SuiteResult> {
  const { provider, kit, seed, passes } = options;
  const cases = passes.includes('cases') ? await runCases(options) : [];
  const results: PassResult[] = [];
  for (const pass of ['faults', 'crash', 'fuzz'] as const) {
    if (passes.includes(pass) && !options.signal.aborted) results.push(await runPass[pass](options));
  }
  return { provider, kit, seed, cases, passes: results };
}

const runPass: Readonly<Record<Exclude<PassName, 'cases'>, (options: SuiteOptions) => Promise<PassResult>>> = {
  faults: (options) => runFaults(options),
  crash: (options) => runCrash(options),
  fuzz: (options) => runFuzz(options),
};

async function runCases({ cases, simulate, seed, progress, signal }: SuiteOptions): Promise<readonly CaseResult[]> {
  const results: CaseResult[] = [];
  for (const of of cases) {
    if (signal.aborted) break;
    const result = await runCase(of, { simulate, seed });
    results.push(result);
    progress({ kind: 'case', result, done: results.length, of: cases.length });
  }
  return results;
}
