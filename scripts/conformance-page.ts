import { providers } from '../providers/registry.ts';
import { allCases } from '../src/conformance/all-cases.ts';
import type { ConformanceCase } from '../src/conformance/case.ts';
import type { SuiteResult } from '../src/conformance/result.ts';
import { runSuite } from '../src/conformance/suite.ts';
import { version } from '../src/version.ts';

/** The cases of the kit over one kind of provider, and its own, always with the same seed: what reference pages are made of. */
export async function conformanceOf(kind: string, cases: readonly ConformanceCase[] = allCases): Promise<SuiteResult> {
  const entry = providers[kind];
  if (entry?.simulate === undefined) throw new Error(`${kind} has no cloud in memory`);
  const own = cases === allCases ? ((await entry.cases?.()) ?? []) : [];
  const signal = new AbortController().signal;
  return await runSuite({
    simulate: entry.simulate,
    provider: kind,
    kit: version,
    seed: 1,
    cases: [...cases, ...own],
    passes: ['cases'],
    edits: 1,
    progress: () => {},
    signal,
  });
}
