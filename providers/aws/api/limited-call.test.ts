import { expect, it } from 'vitest';
import { ManualClock, settle } from '../../../src/clock.ts';
import { LbError } from '../../../src/errors.ts';
import { noMetrics, type Metrics } from '../../../src/metrics.ts';
import { limitedCall } from './limited-call.ts';
import { ApiLimiter } from './limiter.ts';
import { elbOperations } from './operations.ts';

const never = { signal: new AbortController().signal };

function rig() {
  const clock = new ManualClock();
  const counted: string[] = [];
  const count: Metrics['count'] = (name, labels = {}) => void counted.push([name, ...Object.values(labels)].join(' '));
  const gate = { limiter: new ApiLimiter(clock), metrics: { ...noMetrics, count }, provider: 'aws' };
  const create = (send: () => Promise<string>) => limitedCall(gate, elbOperations.createListener, never, send);
  return { clock, counted, gate, create };
}
const failing = (error: Error) => () => Promise.reject(error);

it('hands the answer on and counts it', async () => {
  const { counted, create } = rig();

  expect(await create(() => Promise.resolve('made'))).toBe('made');
  expect(counted).toEqual(['portolan_cloud_calls_total aws CreateListener ok']);
});

it('counts a failure by its code and hands it on as it is', async () => {
  const { counted, create } = rig();
  const inUse = new LbError('ResourceInUse', 'a listener forwards to it');

  await expect(create(failing(inUse))).rejects.toBe(inUse);
  await expect(create(failing(new TypeError('x is not a function')))).rejects.toMatchObject({ code: 'InternalError' });
  expect(counted).toEqual([
    'portolan_cloud_calls_total aws CreateListener ResourceInUse',
    'portolan_cloud_calls_total aws CreateListener InternalError',
  ]);
});

it('says after a throttled answer when to come back, and sends nothing meanwhile', async () => {
  const { clock, counted, gate, create } = rig();
  const throttled = new LbError('CloudThrottled', 'slow down', { field: 'metadata', remedy: 'Wait.' });
  let sent = 0;
  const send = () => Promise.resolve(`sent ${(sent += 1)}`);

  const told = { code: 'CloudThrottled', text: 'slow down', verdict: 'retry-after', field: 'metadata', remedy: 'Wait.' };
  await expect(create(failing(throttled))).rejects.toMatchObject({ ...told, retryAfterMs: 1_000, cause: throttled });
  clock.advance(1_000);
  await expect(create(failing(throttled))).rejects.toMatchObject({ retryAfterMs: 2_000 });
  clock.advance(2_000);
  await expect(create(failing(throttled))).rejects.toMatchObject({ retryAfterMs: 4_000 });
  await expect(create(send)).rejects.toMatchObject({ code: 'CloudThrottled', retryAfterMs: 4_000 });

  expect(sent).toBe(0);
  expect(counted).toEqual(Array.from({ length: 3 }, () => 'portolan_cloud_calls_total aws CreateListener CloudThrottled'));
  await limitedCall(gate, elbOperations.listeners, never, send);
  expect(sent).toBe(1);
});

it('keeps to the longer time where the answer names one', async () => {
  const { create } = rig();

  await expect(create(failing(new LbError('CloudThrottled', 'slow down', { retryAfterMs: 9_000 })))).rejects.toMatchObject({
    retryAfterMs: 9_000,
  });
});

it('asks last whether the request may go out, and sends nothing where it may not', async () => {
  const { clock, counted, gate } = rig();
  const asked: string[] = [];
  const beforeSend = async () => {
    asked.push('asked');
    await Promise.reject(new LbError('LeaseLost', 'another process leads'));
  };
  gate.limiter.throttled('elb-write');
  const call = limitedCall(gate, elbOperations.createListener, { ...never, beforeSend }, () => Promise.resolve(asked.push('sent')));
  await settle();
  expect(asked).toEqual([]);
  clock.advance(1_000);

  await expect(call).rejects.toMatchObject({ code: 'LeaseLost' });
  expect([asked, counted]).toEqual([['asked'], []]);
});

it('counts each request of a method that needs several, and waits before each', async () => {
  const { clock, counted, gate } = rig();
  let asked = 0;
  const beforeSend = () => Promise.resolve(void (asked += 1));
  for (let taken = 0; taken < 39; taken += 1) await gate.limiter.take('elb-read', never.signal);
  const pages = limitedCall(gate, elbOperations.loadBalancers, { ...never, beforeSend }, async ({ beforeNext }) => {
    await beforeNext?.(elbOperations.loadBalancers);
    await beforeNext?.(elbOperations.tags);
    throw new LbError('NotFound', 'it is gone');
  });
  pages.catch(() => undefined);

  await clock.advanceAsync(99);
  expect(counted).toEqual(['portolan_cloud_calls_total aws DescribeLoadBalancers ok']);
  await clock.advanceAsync(101);

  await expect(pages).rejects.toMatchObject({ code: 'NotFound' });
  expect(asked).toBe(3);
  expect(counted.slice(1)).toEqual([
    'portolan_cloud_calls_total aws DescribeLoadBalancers ok',
    'portolan_cloud_calls_total aws DescribeTags NotFound',
  ]);
});

it('sends no further request where that may not go out, and counts none', async () => {
  const { counted, gate } = rig();
  const lost = new LbError('LeaseLost', 'another process leads');
  let asked = 0;
  const beforeSend = () => ((asked += 1) > 1 ? Promise.reject(lost) : Promise.resolve());
  const two = limitedCall(gate, elbOperations.deregisterTargets, { ...never, beforeSend }, ({ beforeNext }) =>
    Promise.resolve(beforeNext?.(elbOperations.deregisterTargets)),
  );

  await expect(two).rejects.toBe(lost);
  expect(counted).toEqual(['portolan_cloud_calls_total aws DeregisterTargets ok']);
});

it('learns from successes', async () => {
  const { clock, gate, create } = rig();
  clock.advance(gate.limiter.throttled('elb-write'));
  await create(() => Promise.resolve('made'));

  expect(gate.limiter.throttled('elb-write')).toBe(1_000);
});
