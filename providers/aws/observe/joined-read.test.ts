import { describe, expect, it } from 'vitest';
import { ManualClock, settle } from '../../../src/clock.ts';
import { JoinedRead } from './joined-read.ts';

function bed() {
  const clock = new ManualClock(0);
  const reads: { readonly end: (error?: Error) => void }[] = [];
  const joined = new JoinedRead(clock, () => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    reads.push({ end: (error) => (error === undefined ? resolve() : reject(error)) });
    return promise;
  });
  return { clock, reads, joined };
}

describe('a joined read', () => {
  it('is made once for all who ask at the same moment, and not again while it is young enough', async () => {
    const { clock, reads, joined } = bed();
    const both = Promise.all([joined.atMost(0), joined.atMost(1_000)]);
    expect(reads).toHaveLength(1);
    reads[0]?.end();
    await both;
    clock.advance(1_000);
    await joined.atMost(1_000);
    await joined.atMost(Number.POSITIVE_INFINITY);
    expect(reads).toHaveLength(1);
    void joined.atMost(999);
    expect(reads).toHaveLength(2);
  });

  it('that began before the question is no answer: all wait for the next one', async () => {
    const { clock, reads, joined } = bed();
    const first = joined.atMost(0);
    clock.advance(10);
    const told: string[] = [];
    const later = [joined.atMost(0), joined.atMost(5)].map((one) => one.then(() => told.push('later')));
    const patient = joined.atMost(10).then(() => told.push('patient'));
    expect(reads).toHaveLength(1);
    reads[0]?.end();
    await Promise.all([first, patient]);
    await settle();
    expect([told, reads.length]).toEqual([['patient'], 2]);
    reads[1]?.end();
    await Promise.all(later);
    expect(reads).toHaveLength(2);
  });

  it('that fails tells those who wait for it, and the next is made', async () => {
    const { clock, reads, joined } = bed();
    const first = joined.atMost(0);
    clock.advance(1);
    const second = joined.atMost(0);
    reads[0]?.end(new Error('throttled'));
    await expect(first).rejects.toThrow('throttled');
    await settle();
    expect(reads).toHaveLength(2);
    reads[1]?.end();
    await second;
  });

  it('is never under way twice, also where whoever had the first asks again at once', async () => {
    const { clock, reads, joined } = bed();
    const again = joined.atMost(0).then(() => {
      clock.advance(1);
      return joined.atMost(0);
    });
    clock.advance(1);
    const waiting = joined.atMost(0);
    reads[0]?.end();
    await settle();
    expect(reads).toHaveLength(2);
    reads[1]?.end();
    await settle();
    for (const { end } of reads) end();
    await Promise.all([again, waiting]);
  });

  it('can be told that what is known is worth nothing', async () => {
    const { reads, joined } = bed();
    const first = joined.atMost(0);
    reads[0]?.end();
    await first;
    joined.forget();
    const second = joined.atMost(Number.POSITIVE_INFINITY);
    expect(reads).toHaveLength(2);

    // Also what is under way: it was asked for before.
    joined.forget();
    const third = joined.atMost(Number.POSITIVE_INFINITY);
    reads[1]?.end();
    await second;
    await settle();
    expect(reads).toHaveLength(3);
    reads[2]?.end();
    await third;
    await joined.atMost(0);
    expect(reads).toHaveLength(3);
  });
});
