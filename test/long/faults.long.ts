import { expect, test } from 'vitest';
import { runFaults } from '../../src/conformance/matrix/fault-pass.ts';
import { subjects } from './subjects.ts';

/* The fault pass of the conformance kit: each kind of fault at each call of each scenario, and those that last. */
test.for(subjects)('each kind of fault hits each call of each scenario, on $name', async ({ name, simulate }) => {
  const start = performance.now();
  const seed = Number(process.env['PORTOLAN_SEED'] ?? 1);
  const result = await runFaults({ simulate, seed, signal: new AbortController().signal, progress: () => {} });
  for (const line of [...result.lines, `${Math.round((performance.now() - start) / 1_000)} s, seed ${seed}`])
    process.stdout.write(`faults, ${name}: ${line}\n`);

  expect(result.violations).toEqual([]);
  expect(result.runs).toBe(result.expectedRuns);
});
