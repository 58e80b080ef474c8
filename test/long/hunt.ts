/*
 * `node hunt.ts FOLDER first|end`: runs the kit's cases on the local provider of a copy of the sources, all of it from there,
 * and prints as JSON who found something wrong.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { providers } from '../../providers/registry.ts';
import type { CaseResult } from '../../src/conformance/result.ts';
import type * as Kit from '../../src/published/conformance.ts';

/** What looking for a planted bug came to. */
export interface Hunt {
  /** Cases that were told, and that failed for whatever row. */
  readonly told: number;
  readonly failed: number;
  /** In the order of the suite: who caught it, and by what rows. */
  readonly caughtBy: readonly { readonly caseId: string; readonly rows: readonly string[]; readonly seen: string }[];
}

/**
 * What a check must stand for to count: a row of the contract, or a pain that users have. A check that has no other word to
 * it than the number of the bug may have been written for it.
 */
const counts = /^(?:[A-MPS]\d|pain-)/;

function caughtBy({ id, checks }: CaseResult): Hunt['caughtBy'] {
  const failed = checks.filter(({ outcome, row }) => outcome === 'failed' && counts.test(row));
  const [first] = failed;
  return first === undefined
    ? []
    : [{ caseId: id, rows: failed.map(({ row }) => row), seen: (first.reason ?? '').split('\n', 1)[0] ?? '' }];
}

async function hunt(folder: string, untilFirst: boolean): Promise<Hunt> {
  const load = (path: string): Promise<unknown> => import(pathToFileURL(join(folder, path)).href);
  const kit = (await load('src/published/conformance.ts')) as typeof Kit; // a copy of it, which type-checks
  const registry = (await load('providers/registry.ts')) as { providers: typeof providers }; // likewise
  const simulate = registry.providers['local']?.simulate;
  if (simulate === undefined) throw new Error('the local provider has no simulation');
  const stop = new AbortController();
  const { cases } = await kit.runSuite({
    simulate,
    provider: 'local',
    kit: kit.version,
    seed: 1,
    cases: kit.allCases,
    passes: ['cases'],
    edits: 1,
    progress: (event) => {
      if (untilFirst && event.kind === 'case' && caughtBy(event.result).length > 0) stop.abort(new Error('it is caught'));
    },
    signal: stop.signal,
  });
  const failed = cases.filter(({ checks }) => checks.some(({ outcome }) => outcome === 'failed'));
  return { told: cases.length, failed: failed.length, caughtBy: cases.flatMap(caughtBy) };
}

const [folder = '', until] = process.argv.slice(2);
process.stdout.write(JSON.stringify(await hunt(folder, until === 'first')));
