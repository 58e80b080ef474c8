import { expect, it } from 'vitest';
import { ManualClock, settle } from '../clock.ts';
import { TokenBucket } from './token-bucket.ts';

const never = new AbortController().signal;

it('lets a burst through, then so many a second, foreground first', async () => {
  const clock = new ManualClock();
  const bucket = new TokenBucket(clock, { perSecond: 2, burst: 2 });
  const served: string[] = [];
  const take = (name: string, lane: 'foreground' | 'background') => bucket.take(lane, never).then(() => void served.push(name));
  await Promise.all([take('a', 'background'), take('b', 'background')]);
  const rest = [take('c', 'background'), take('d', 'background'), take('e', 'foreground')];
  await settle();
  expect(served).toEqual(['a', 'b']);

  await clock.advanceAsync(500);
  expect(served).toEqual(['a', 'b', 'e']);
  await clock.advanceAsync(1_000);
  await Promise.all(rest);

  expect(served).toEqual(['a', 'b', 'e', 'c', 'd']);
  expect(clock.nextDueMs()).toBeUndefined();
});

it('gives up a place when its caller does', async () => {
  const clock = new ManualClock();
  const bucket = new TokenBucket(clock, { perSecond: 1, burst: 1 });
  await bucket.take('foreground', never);
  const stop = new AbortController();
  const waiting = bucket.take('foreground', stop.signal);
  const next = bucket.take('background', never);
  stop.abort(new Error('enough'));

  await expect(waiting).rejects.toThrow('enough');
  await expect(bucket.take('foreground', stop.signal)).rejects.toThrow('enough');
  await clock.advanceAsync(1_000);
  await next;
});
