import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { ManualClock, settle } from '../../../src/clock.ts';
import type { LbError } from '../../../src/errors.ts';
import { AdaptiveBucket } from './adaptive-bucket.ts';

const never = new AbortController().signal;
const reads = { of: 'reads', perSecond: 2, burst: 3, patienceMs: Number.POSITIVE_INFINITY };
const changes = { ...reads, of: 'changes', patienceMs: 2_000 };

const letters = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => 'abcdefghij'.charAt(index));

/** Takes so many at once; what came of each, in the order it came. */
function crowd(bucket: AdaptiveBucket, names: readonly string[], signal = never) {
  const served: string[] = [];
  const sentAway: LbError[] = [];
  for (const name of names) {
    void bucket.take(signal).then(
      () => served.push(name),
      (error: LbError) => sentAway.push(error),
    );
  }
  return { served, sentAway };
}

it('lets a burst through, then so many a second, first come first', async () => {
  const clock = new ManualClock();
  const { served } = crowd(new AdaptiveBucket(clock, reads), ['a', 'b', 'c', 'd', 'e']);
  await settle();
  expect(served).toEqual(['a', 'b', 'c']);

  await clock.advanceAsync(499);
  expect(served).toEqual(['a', 'b', 'c']);
  await clock.advanceAsync(501);
  expect(served).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(clock.nextDueMs()).toBeUndefined();
});

it('sends a change away that would wait longer than its patience, each to a time of its own', async () => {
  const clock = new ManualClock();
  const { served, sentAway } = crowd(new AdaptiveBucket(clock, changes), letters(10));
  await settle();

  expect(sentAway.map(({ code, verdict, retryAfterMs }) => [code, verdict, retryAfterMs])).toEqual([
    ['CloudThrottled', 'retry-after', 2_500],
    ['CloudThrottled', 'retry-after', 3_000],
    ['CloudThrottled', 'retry-after', 3_500],
  ]);
  expect(sentAway[0]?.text).toBe('changes are slowed down to what Amazon allows');
  await clock.advanceAsync(2_000);
  expect(served).toEqual(letters(7));
});

it('promises nobody a time beyond a minute', async () => {
  const clock = new ManualClock();
  const { sentAway } = crowd(
    new AdaptiveBucket(clock, changes),
    Array.from({ length: 300 }, () => 'x'),
  );
  await settle();

  expect(Math.max(...sentAway.map(({ retryAfterMs }) => retryAfterMs ?? 0))).toBe(60_000);
});

it('halves its rate at a throttled answer and holds; then one goes to see', async () => {
  const clock = new ManualClock();
  const bucket = new AdaptiveBucket(clock, reads);
  expect(bucket.throttled()).toBe(1_000);
  expect(bucket.perSecond).toBe(1);

  const { served } = crowd(bucket, ['a', 'b']);
  await clock.advanceAsync(999);
  expect(served).toEqual([]);
  await clock.advanceAsync(1);
  expect(served).toEqual(['a']);
  await clock.advanceAsync(1_000);
  expect(served).toEqual(['a', 'b']);
});

it('counts a burst of throttled answers once', () => {
  const clock = new ManualClock();
  const bucket = new AdaptiveBucket(clock, reads);
  bucket.throttled();
  clock.advance(400);

  expect([bucket.throttled(), bucket.throttled(), bucket.perSecond]).toEqual([600, 600, 1]);
});

it('doubles the hold up to a minute, never slows below one in five seconds, and forgets at a success', () => {
  const clock = new ManualClock();
  const bucket = new AdaptiveBucket(clock, reads);
  const holds = Array.from({ length: 8 }, () => {
    const hold = bucket.throttled();
    clock.advance(hold);
    return hold;
  });
  expect(holds).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  expect(bucket.perSecond).toBe(0.2);

  clock.advance(1);
  for (let count = 0; count < 18; count++) bucket.succeeded();
  expect(bucket.perSecond).toBe(2);
  expect(bucket.throttled()).toBe(1_000);
});

it('learns nothing from a success of before the hold', () => {
  const bucket = new AdaptiveBucket(new ManualClock(), reads);
  bucket.throttled();
  bucket.succeeded();

  expect(bucket.perSecond).toBe(1);
});

it('sends those away who wait when a hold makes it too long; reads go on waiting', async () => {
  const clock = new ManualClock();
  const bucket = new AdaptiveBucket(clock, changes);
  const { served, sentAway } = crowd(bucket, letters(6));
  await clock.advanceAsync(100);
  bucket.throttled();
  await settle();
  expect(served).toEqual(['a', 'b', 'c']);
  expect(sentAway.map(({ retryAfterMs }) => retryAfterMs)).toEqual([2_000, 3_000]);
  await clock.advanceAsync(1_000);
  expect(served).toEqual(['a', 'b', 'c', 'd']);

  const patient = new AdaptiveBucket(clock, reads);
  const { served: late } = crowd(patient, letters(4));
  patient.throttled();
  await clock.advanceAsync(1_000);
  expect(late).toEqual(letters(4));
});

it('gives up a place when its caller does', async () => {
  const clock = new ManualClock();
  const bucket = new AdaptiveBucket(clock, { ...reads, burst: 1 });
  await bucket.take(never);
  const stop = new AbortController();
  const waiting = bucket.take(stop.signal);
  const next = bucket.take(never);
  stop.abort(new Error('enough'));

  await expect(waiting).rejects.toThrow('enough');
  await expect(bucket.take(stop.signal)).rejects.toThrow('enough');
  await clock.advanceAsync(500);
  await next;
  expect(clock.nextDueMs()).toBeUndefined();
});

const event = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('take' as const), count: fc.integer({ min: 1, max: 8 }) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 3_000 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('throttled' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('succeeded' as const) }) },
);

it('never lets more through than burst and rate allow, and keeps nobody for ever (property)', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(event, { maxLength: 25 }), fc.boolean(), async (events, patient) => {
      const options = patient ? reads : changes;
      const clock = new ManualClock(0);
      const bucket = new AdaptiveBucket(clock, options);
      const at: number[] = [];
      const waits: number[] = [];
      let asked = 0;
      let sentAway = 0;
      for (const next of events) {
        if (next.do === 'wait') await clock.advanceAsync(next.ms);
        else if (next.do === 'throttled') bucket.throttled();
        else if (next.do === 'succeeded') bucket.succeeded();
        else {
          for (let count = 0; count < next.count; count++) {
            asked += 1;
            const since = clock.monotonic();
            void bucket.take(never).then(
              () => {
                at.push(clock.monotonic());
                waits.push(clock.monotonic() - since);
              },
              () => (sentAway += 1),
            );
          }
        }
      }
      await clock.advanceAsync(3_600_000);

      expect(at.length + sentAway).toBe(asked);
      if (patient) expect(sentAway).toBe(0);
      // Timers fire on whole milliseconds.
      else expect(Math.max(0, ...waits)).toBeLessThanOrEqual(options.patienceMs + 1);
      for (const [first, from] of at.entries()) {
        for (let last = first; last < at.length; last++) {
          const allowed = options.burst + (options.perSecond * ((at[last] ?? from) - from)) / 1_000;
          expect(last - first + 1).toBeLessThanOrEqual(allowed + 1e-6);
        }
      }
    }),
    { numRuns: 40 },
  );
});

it('comes back to its full rate when the cloud does, however badly it was throttled (property)', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 90_000 }), { minLength: 1, maxLength: 15 }), async (pauses) => {
      const clock = new ManualClock(0);
      const bucket = new AdaptiveBucket(clock, reads);
      for (const pause of pauses) {
        bucket.throttled();
        clock.advance(pause);
      }
      clock.advance(60_000);
      for (let count = 0; count < 20; count++) {
        const taking = bucket.take(never);
        clock.advance(6_000);
        await taking;
        bucket.succeeded();
      }

      expect(bucket.perSecond).toBe(reads.perSecond);
    }),
    { numRuns: 40 },
  );
});
