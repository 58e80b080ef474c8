import { afterAll, describe, expect, test } from 'vitest';
import type { Hunt } from './hunt.ts';
import { huntFor, huntIn, prepareSources, readMutants } from './mutant.ts';
import { sizeOf } from './sizes.ts';

/** How many of the planted bugs the kit must find. */
const least = 0.9;
/** A bug that breaks more of the cases than this is too blunt to say anything about the kit. */
const mostFailed = 0.3;

const { wholeRuns } = sizeOf('mutants');
const until = wholeRuns === 0 ? 'first' : 'end';
const mutants = await readMutants();
const sources = await prepareSources();
afterAll(() => sources.remove());
const fates = new Map<string, Hunt>();
const say = (text: string) => process.stdout.write(`mutants: ${text}\n`);

describe('bugs that real controllers had, planted', () => {
  test.concurrent('where none is planted nothing is caught', async () => {
    expect(await huntIn(sources.folder, 'no bug', until)).toMatchObject({ failed: 0, caughtBy: [] });
  });

  test.concurrent.each(mutants)('$name: $bug', async (mutant) => {
    const begun = performance.now();
    const hunt = await huntFor(mutant, sources, until);
    fates.set(mutant.name, hunt);
    say(`${mutant.name} ${fateOf(hunt)}, ${Math.round((performance.now() - begun) / 1_000)} s`);

    if (mutant.missed === undefined) expect(hunt.caughtBy, 'no case of the kit catches it').not.toEqual([]);
    else expect(hunt.caughtBy, `it is caught, although it is said to be missed: ${mutant.missed}`).toEqual([]);
    if (wholeRuns > 0) expect(hunt.failed / hunt.told, 'it breaks so much that anybody would notice').toBeLessThanOrEqual(mostFailed);
  });
});

test('nine of ten are found', () => {
  const missed = mutants.filter(({ name }) => fates.get(name)?.caughtBy.length === 0);
  const found = fates.size - missed.length;
  const score = found / mutants.length;
  say(`${found} of ${mutants.length} caught (${Math.round(score * 100)} %)`);
  for (const { name, missed: why = 'nobody has said why' } of missed) say(`missed ${name}: ${why}`);

  expect(fates.size, 'some are no honest bugs: see above').toBe(mutants.length);
  expect(score).toBeGreaterThanOrEqual(least);
});

function fateOf({ caughtBy, told, failed }: Hunt): string {
  const [first] = caughtBy;
  if (first === undefined) return `missed by all ${told} cases`;
  const cases = wholeRuns === 0 ? `case ${told}` : `${failed} of ${told} cases fail`;
  return `caught by ${first.caseId} (${first.rows.join(' ')}: ${first.seen.slice(0, 100)}), ${cases}`;
}
