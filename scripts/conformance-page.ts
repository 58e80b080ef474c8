import { providers } from '../providers/registry.ts';
import { allCases } from '../src/conformance/all-cases.ts';
import type { ConformanceCase } from '../src/conformance/case.ts';
import type { SuiteResult } from '../src/conformance/result.ts';
import { runSuite } from '../src/conformance/suite.ts';
import { version } from '../src/version.ts';

/** The cases of the kit over `local`, always with the same seed: what `docs/reference/conformance.md` is made of. */
export async function localConformance(cases: readonly ConformanceCase[] = allCases): Promise<SuiteResult> {
  const simulate = providers['local']?.simulate;
  if (simulate === undefined) throw new Error('local has no cloud in memory');
  const signal = new AbortController().signal;
  return await runSuite({
    simulate,
    provider: 'local',
    kit: version,
    seed: 1,
    cases,
    passes: ['cases'],
    edits: 1,
    progress: () => {},
    signal,
  });
}
