import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { durationPattern, formatDuration, parseDuration } from './duration.ts';

it.each([
  ['1500ms', 1500],
  ['10s', 10_000],
  ['5m', 300_000],
  ['1h', 3_600_000],
  ['1h30m', 5_400_000],
  ['2h3m4s5ms', 7_384_005],
  ['1m5ms', 60_005],
  ['0', 0],
  ['0s', 0],
  ['100h', 360_000_000],
])('%s is %d ms', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
  expect(text).toMatch(new RegExp(durationPattern));
});

it.each(['', '10', '1.5h', '-1s', '1s1m', '1s1s', 's', '10 s', ' 10s', '10S', '1d', '1e3ms', '99999999999999h', '１s'])(
  '%j is none',
  (text) => {
    expect(parseDuration(text)).toBeUndefined();
  },
);

it.each([
  [0, '0s'],
  [1, '1ms'],
  [90_000, '1m30s'],
  [86_400_000, '24h'],
])('%d ms is printed %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

it('every duration is printed as a text that is read as the same one', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), (ms) => {
      expect(parseDuration(formatDuration(ms))).toBe(ms);
    }),
  );
});

it('every text that is read means what is printed for it, and only shorter', () => {
  const part = (unit: string) => fc.option(fc.nat({ max: 5000 })).map((count) => (count === null ? '' : `${count}${unit}`));
  fc.assert(
    fc.property(part('h'), part('m'), part('s'), part('ms'), (...parts) => {
      const text = parts.join('');
      const ms = parseDuration(text);
      expect(ms === undefined).toBe(text === '');
      if (ms !== undefined) expect(parseDuration(formatDuration(ms))).toBe(ms);
    }),
  );
});
