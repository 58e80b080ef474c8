import { expect, test } from 'vitest';
import { runCrash } from '../../src/conformance/matrix/crash-pass.ts';
import { subjects } from './subjects.ts';

/*
 * The crash matrix of the conformance kit: every scenario, a death at every boundary of it. No process dies here, and no time
 * passes: `kill.long.ts` does that with real ones.
 */
test.for(subjects)('the controller dies at every boundary of every scenario, on $name', async ({ name, simulate }) => {
  const start = performance.now();
  const seed = Number(process.env['PORTOLAN_SEED'] ?? 1);
  const result = await runCrash({ simulate, seed, signal: new AbortController().signal, progress: () => {} });
  for (const line of [...result.lines, `${Math.round((performance.now() - start) / 1_000)} s, seed ${seed}`])
    process.stdout.write(`crash, ${name}: ${line}\n`);

  expect(result.violations).toEqual([]);
  expect(result.runs).toBe(result.expectedRuns);
});
