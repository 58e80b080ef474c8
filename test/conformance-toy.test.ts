import { expect, test } from 'vitest';
import { allCases } from '../src/conformance/all-cases.ts';
import { totalOf } from '../src/conformance/report/counts.ts';
import { failuresOf } from '../src/conformance/report/failures.ts';
import { standingsOf } from '../src/conformance/report/standing.ts';
import { runSuite } from '../src/conformance/suite.ts';
import { contractRows } from '../src/conformance/rows/contract.ts';
import { memorySimulation } from './fixtures/memory-simulation.ts';

// A provider with few features and a slow cloud that serves several controllers, publishes host names and has something that
// the load balancers of a cluster share: what local cannot show, and what it has.
const result = await runSuite({
  simulate: memorySimulation({ shares: true, cloud: { hostNames: true } }),
  provider: 'toy',
  kit: 'test',
  seed: 1,
  cases: allCases,
  passes: ['cases'],
  edits: 1,
  progress: () => {},
  signal: new AbortController().signal,
});

test('the toy provider conforms: what it lacks it refuses visibly', () => {
  expect(failuresOf(result).map(({ where, step, text }) => `${where} ${step ?? ''}: ${text}`)).toEqual([]);
  expect(totalOf(result).outcomes['refused-visibly']).toBeGreaterThan(10);
});

test('two controllers on one cloud are tried', () => {
  const [row] = standingsOf(
    result,
    contractRows.filter(({ id }) => id === 'G5'),
  );

  expect(row?.standing.state).toBe('proved');
  expect(
    result.cases.filter(({ area }) => area === 'two-installs').flatMap(({ checks }) => checks.map(({ outcome }) => outcome)),
  ).not.toContain('not-applicable');
});
