import { expect, it } from 'vitest';
import { backoffMs } from './backoff.ts';

const backoff = { firstMs: 500, longestMs: 30_000 };

it('doubles from the first to the longest, spread over half to one and a half', () => {
  expect([1, 2, 3, 7, 8, 500].map((failures) => backoffMs(backoff, failures, () => 0.5))).toEqual([
    500, 1_000, 2_000, 30_000, 30_000, 30_000,
  ]);
  expect(backoffMs(backoff, 1, () => 0)).toBe(250);
  expect(backoffMs(backoff, 1, () => 0.999)).toBeLessThan(750);
});

it('is never shorter than what the server asked for', () => {
  expect(backoffMs(backoff, 1, () => 0, 4_000)).toBe(4_000);
  expect(backoffMs(backoff, 1, () => 0.999, 4_000)).toBeLessThan(6_000);
});
