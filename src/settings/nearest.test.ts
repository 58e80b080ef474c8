import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editDistance, isOneEditAway, nearest } from './nearest.ts';

describe('nearest', () => {
  const keys = ['portolan.dev/scheme', 'portolan.dev/load-balancer-ips', 'portolan.dev/idle-timeout'];
  it.each([
    ['portolan.dev/shceme', 'portolan.dev/scheme'],
    ['portolan.dev/Scheme', 'portolan.dev/scheme'],
    ['portolan.dev/load-balancer-ip', 'portolan.dev/load-balancer-ips'],
    ['portolan.dev/loadbalancerips', 'portolan.dev/load-balancer-ips'],
    ['portolan.dev/loadBalancerIPs', 'portolan.dev/load-balancer-ips'],
    ['portolan.dev/timeout-idle', undefined],
    ['portolan.dev/colour', undefined],
    ['', undefined],
  ])('of %j is %s', (key, expected) => {
    expect(nearest(key, keys)).toBe(expected);
  });

  it('takes the nearer, and of equally near ones the first by name', () => {
    expect(nearest('ab', ['abcd', 'abc'])).toBe('abc');
    expect(nearest('cat', ['rat', 'bat'])).toBe('bat');
    expect(nearest('cat', [])).toBeUndefined();
  });
});

describe('editDistance', () => {
  it.each([
    ['', '', 0],
    ['abc', '', 3],
    ['kitten', 'sitting', 3],
    ['scheme', 'shceme', 1],
    ['ab', 'ba', 1],
  ])('%s → %s: %d', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
    expect(editDistance(b, a)).toBe(distance);
  });
});

it('isOneEditAway says what the distance says', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 6 });
  fc.assert(
    fc.property(word, word, (a, b) => {
      expect(isOneEditAway(a, b)).toBe(editDistance(a, b) === 1);
    }),
    { numRuns: 2000 },
  );
});
