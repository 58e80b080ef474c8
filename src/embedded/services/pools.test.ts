import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Ids } from '../ids.ts';
import { AddressPool, PortPool } from './pools.ts';

describe('the pool of node ports', () => {
  test('never gives one port twice, whatever is asked for and released', () => {
    const action = fc.oneof(fc.constant('any' as const), fc.integer({ min: 28, max: 62 }), fc.record({ release: fc.nat(80) }));
    fc.assert(
      fc.property(fc.array(action, { maxLength: 80 }), fc.nat(), (actions, seed) => {
        const pool = new PortPool([30, 60], new Ids(seed));
        const held: number[] = [];
        for (const one of actions) {
          if (one === 'any') {
            const port = pool.next();
            if (port === undefined) expect(held.length).toBe(31);
            else {
              expect(held).not.toContain(port);
              held.push(port);
            }
          } else if (typeof one === 'number') {
            const free = one >= 30 && one <= 60 && !held.includes(one);
            expect(pool.take(one) === undefined).toBe(free);
            if (free) held.push(one);
          } else {
            const [port] = held.splice(one.release % Math.max(held.length, 1), 1);
            if (port !== undefined) pool.release(port);
          }
        }
        for (const port of held) expect(pool.has(port)).toBe(true);
      }),
    );
  });

  test('leaves its lower part to those who ask, until there is nothing else', () => {
    const pool = new PortPool([30_000, 32_767], new Ids(1));
    const given = Array.from({ length: 2682 }, () => pool.next() ?? 0);
    expect(Math.min(...given)).toBe(30_086);
    expect(pool.next()).toBe(30_000);
  });

  test('says why a port cannot be had', () => {
    const pool = new PortPool([30_000, 32_767], new Ids(1));
    expect(pool.take(80)).toBe('provided port is not in the valid range. The range of valid ports is 30000-32767');
    expect(pool.take(30_000)).toBeUndefined();
    expect(pool.take(30_000)).toBe('provided port is already allocated');
  });
});

describe('the pool of cluster IPs', () => {
  test('keeps the first address, and in IPv4 the last one, for the network', () => {
    const four = new AddressPool('10.0.0.0/30', new Ids(1));
    const six = new AddressPool('fd00::/126', new Ids(1));
    expect(new Set([four.next(), four.next(), four.next()])).toEqual(new Set(['10.0.0.1', '10.0.0.2', undefined]));
    expect(new Set([six.next(), six.next(), six.next(), six.next()])).toEqual(new Set(['fd00::1', 'fd00::2', 'fd00::3', undefined]));
  });

  test('takes what is asked for once, and only from its range', () => {
    const pool = new AddressPool('10.0.0.0/8', new Ids(1));
    expect(pool.take('10.250.45.217', true)).toBeUndefined();
    expect(pool.take('10.250.45.217', false)).toBeUndefined();
    expect(pool.take('10.250.45.217', false)).toBe('provided IP is already allocated');
    for (const outside of ['11.0.0.1', '10.0.0.0', '10.255.255.255', 'fd00::1', 'x']) {
      expect(pool.take(outside, false)).toBe('the provided network does not match the current range');
    }
    pool.release('10.250.45.217');
    pool.release('x');
    expect(pool.take('10.250.45.217', false)).toBeUndefined();
  });

  test('is the same with the same seed, and another with another', () => {
    const first = (seed: number) => new AddressPool('10.0.0.0/8', new Ids(seed)).next();
    expect(first(7)).toBe(first(7));
    expect(first(7)).not.toBe(first(8));
  });

  test('refuses a range that is none', () => {
    expect(() => new AddressPool('10.0.0.0', new Ids(1))).toThrow(RangeError);
  });
});
