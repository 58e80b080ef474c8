import { expect, it } from 'vitest';
import type { Leadership } from '../kube/leadership.ts';
import { carryEpochMark, leaseEpochMark } from './epoch-mark.ts';

/** A Lease in memory: what is on it, and in which term it is held. */
function leading(lease: { value?: string }, term: number): Leadership {
  return {
    isLeader: true,
    isLost: false,
    term,
    remainingMs: () => 10_000,
    annotation: () => lease.value,
    setAnnotation: (_, value) => {
      if (value === undefined) delete lease.value;
      else lease.value = value;
      return Promise.resolve();
    },
    run: () => Promise.resolve('stopped'),
    problem: () => undefined,
    stuck: () => undefined,
  };
}

it('what one term has written, the next one takes over and the one after it too', async () => {
  const lease = {};
  await leaseEpochMark(leading(lease, 3)).write('abc');
  expect(leaseEpochMark(leading(lease, 3)).read()).toBe('abc');
  expect(leaseEpochMark(leading(lease, 4)).read()).toBeUndefined();

  for (const term of [4, 5]) {
    await carryEpochMark(leading(lease, term));
    expect(leaseEpochMark(leading(lease, term)).read()).toBe('abc');
  }
});

it('is no word to go by where somebody else led in between', async () => {
  const lease = {};
  await leaseEpochMark(leading(lease, 3)).write('abc');
  await carryEpochMark(leading(lease, 5));

  expect(leaseEpochMark(leading(lease, 5)).read()).toBeUndefined();
});

it.each([{}, { value: '' }, { value: 'abc' }, { value: 'abc x' }])('%j on the Lease says nothing', async (lease) => {
  await carryEpochMark(leading(lease, 1));
  expect(leaseEpochMark(leading(lease, 1)).read()).toBeUndefined();
});

it('an epoch that began and did not end has no mark', async () => {
  const lease = {};
  await leaseEpochMark(leading(lease, 3)).write('abc');
  await leaseEpochMark(leading(lease, 3)).write('');
  await carryEpochMark(leading(lease, 4));
  expect(leaseEpochMark(leading(lease, 4)).read()).toBeUndefined();
});
