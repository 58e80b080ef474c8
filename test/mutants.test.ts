import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { root } from './import-lines.ts';
import { readMutants } from './long/mutant.ts';

/** Bugs of real controllers that can be had without a cloud; `break-NN` are further ones, by the row `PNN` that they break. */
const bank = Array.from({ length: 24 }, (_, index) => `seed-${String(2 * index + 1).padStart(2, '0')}`);
const mutants = await readMutants();

test('each bug of the bank is planted', () => {
  const planted = mutants.map(({ name }) => name.slice(0, 'seed-01'.length));

  expect(bank.filter((number) => !planted.includes(number))).toEqual([]);
});

// A change of the sources moves what a patch hangs on: fit it anew, `npm run test:long -- mutants` says whether it is still that bug.
test.each(mutants)('$name still applies', ({ path }) => {
  execFileSync('git', ['apply', '--check', path], { cwd: root, stdio: 'pipe' });
});
