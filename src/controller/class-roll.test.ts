import { expect, it } from 'vitest';
import { serviceLoadBalancer, serviceUid } from '../model/ids.ts';
import { ClassRoll } from './class-roll.ts';

const [a, b, c] = ['a', 'b', 'c'].map((uid) => serviceLoadBalancer(serviceUid(uid))) as [
  ReturnType<typeof serviceLoadBalancer>,
  ReturnType<typeof serviceLoadBalancer>,
  ReturnType<typeof serviceLoadBalancer>,
]; // three in, three out

it('lets one load balancer at a time through, in the order they came', () => {
  const roll = new ClassRoll();
  expect(roll.enter(a)).toBe(true);
  expect(roll.enter(a)).toBe(true);
  expect(roll.enter(b)).toBe(false);
  expect(roll.enter(c)).toBe(false);

  expect(roll.leave(a, 'through')).toBe(b);
  expect(roll.enter(b)).toBe(true);
  expect(roll.leave(b, 'through')).toBe(c);
});

it('stops at the first failure until that one has come through', () => {
  const roll = new ClassRoll();
  roll.enter(a);
  roll.enter(b);
  expect(roll.leave(a, 'failed')).toBeUndefined();
  expect(roll.enter(b)).toBe(false);
  expect(roll.enter(a)).toBe(true);
  expect(roll.leave(a, 'through')).toBe(b);
});

it('goes on past one that was changed for another reason meanwhile', () => {
  const roll = new ClassRoll();
  roll.enter(a);
  roll.enter(b);
  roll.enter(c);
  expect(roll.leave(a, 'busy')).toBeUndefined();
  expect(roll.leave(a, 'through')).toBe(b);
  expect(roll.leave(b, 'busy')).toBe(c);
});

it('forgets a load balancer that leaves without having had its turn', () => {
  const roll = new ClassRoll();
  roll.enter(a);
  roll.enter(b);
  expect(roll.leave(b, 'through')).toBeUndefined();
  expect(roll.leave(a, 'through')).toBeUndefined();
});
