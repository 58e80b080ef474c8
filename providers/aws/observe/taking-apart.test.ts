import { expect, it } from 'vitest';
import { ManualClock } from '../../../src/clock.ts';
import { serviceLoadBalancer, serviceUid } from '../../../src/model/ids.ts';
import { TakingApart } from './taking-apart.ts';

const key = serviceLoadBalancer(serviceUid('a'));
const other = serviceLoadBalancer(serviceUid('b'));

it('gives Amazon 20 seconds, and again as long as something is held, for ten minutes at most', () => {
  const clock = new ManualClock(0);
  const apart = new TakingApart(clock);
  expect(apart.leftMs(key)).toBeUndefined();
  apart.begun(key);
  expect([apart.leftMs(key), apart.leftMs(other)]).toEqual([20_000, undefined]);
  for (let tries = 0; tries < 30; tries++) {
    clock.advance(20_000);
    expect([apart.leftMs(key), apart.isStill(key), apart.leftMs(key)]).toEqual([undefined, true, 20_000]);
  }
  clock.advance(20_000);
  expect([apart.isStill(key), apart.leftMs(key)]).toEqual([false, undefined]);
});

it('begins anew with another load balancer of the owner, and with what is held without one', () => {
  const clock = new ManualClock(0);
  const apart = new TakingApart(clock);
  apart.begun(key);
  clock.advance(700_000);
  apart.begun(key);
  expect(apart.isStill(key)).toBe(true);
  expect(apart.isStill(other)).toBe(true);
});
