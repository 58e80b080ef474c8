import { expect, test } from 'vitest';
import { conformanceOf } from '../../scripts/conformance-page.ts';
import { totalOf } from '../../src/conformance/report/counts.ts';
import { ownCases } from '../../providers/aws/simulator/own-cases.ts';
import { failuresOf } from '../../src/conformance/report/failures.ts';

/* The cases of the kit on a cloud that takes its time; those of `local` are told in `npm test`. */
test('aws conforms, with 60 checks of its own at least', async () => {
  const result = await conformanceOf('aws');
  expect(failuresOf(result).map(({ where, step, text }) => `${where} ${step ?? ''}: ${text}`)).toEqual([]);
  const ids = new Set(ownCases.map(({ id }) => id));
  const own = { ...result, cases: result.cases.filter(({ id }) => ids.has(id)) };
  process.stdout.write(`cases, aws: ${totalOf(result).checks} checks, ${totalOf(own).checks} of its own\n`);
  expect(totalOf(own).checks).toBeGreaterThanOrEqual(60);
});
