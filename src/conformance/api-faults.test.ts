import { beforeEach, expect, it } from 'vitest';
import { ManualClock, settle } from '../clock.ts';
import { ApiFaults } from './api-faults.ts';

/** A cloud with a private heart: a wrapper must leave `this` alone. */
class Shelf {
  readonly place = 'here';
  readonly #books: string[] = [];
  async add(book: string): Promise<number> {
    return this.#books.push(book);
  }
  async list(): Promise<readonly string[]> {
    return [...this.#books];
  }
  async count(): Promise<number> {
    return this.#books.length;
  }
  size(): number {
    return this.#books.length;
  }
}

let clock: ManualClock;
let faults: ApiFaults;
let shelf: Shelf;
beforeEach(() => {
  clock = new ManualClock();
  faults = new ApiFaults(clock);
  shelf = faults.wrap(new Shelf(), 'shelf');
});

it('changes nothing while no fault is armed, and counts', async () => {
  expect(await shelf.add('a')).toBe(1);
  expect(await shelf.list()).toEqual(['a']);
  expect(shelf.size()).toBe(1);
  expect(shelf.place).toBe('here');
  expect([...faults.counts]).toEqual([
    ['shelf.add', 1],
    ['shelf.list', 1],
    ['shelf.size', 1],
  ]);
});

it('fails before anything is done: the calls it is told to, so often', async () => {
  faults.add({ call: 'shelf.add', fault: 'error', skip: 1, times: 1, code: 'QuotaExceeded' });

  await shelf.add('a');
  await expect(shelf.add('b')).rejects.toMatchObject({ code: 'QuotaExceeded' });
  await shelf.add('c');
  expect(await shelf.list()).toEqual(['a', 'c']);
});

it('asks to slow down, with and without saying for how long', async () => {
  faults.add({ call: /add$/, fault: 'throttle', ms: 7_000, times: 1 });
  faults.add({ call: /add$/, fault: 'throttle' });

  await expect(shelf.add('a')).rejects.toMatchObject({ code: 'CloudThrottled', retryAfterMs: 7_000 });
  await expect(shelf.add('a')).rejects.toMatchObject({ code: 'CloudThrottled', retryAfterMs: undefined });
  faults.clear();
  expect(await shelf.add('a')).toBe(1);
});

it('takes its time', async () => {
  faults.add({ call: 'shelf.add', fault: 'latency', ms: 3_000 });
  let done = false;
  const adding = shelf.add('a').then(() => (done = true));
  await clock.advanceAsync(2_999);
  expect(done).toBe(false);
  await clock.advanceAsync(1);
  await adding;
  expect(done).toBe(true);
});

it('loses a reply to what was done', async () => {
  faults.add({ call: 'shelf.add', fault: 'lost-reply' });

  await expect(shelf.add('a')).rejects.toMatchObject({ verdict: 'in-doubt' });
  expect(await shelf.list()).toEqual(['a']);
});

it('does late what nobody waits for any more', async () => {
  faults.add({ call: 'shelf.add', fault: 'late', ms: 5_000 });

  await expect(shelf.add('a')).rejects.toMatchObject({ verdict: 'in-doubt' });
  expect(await shelf.list()).toEqual([]);
  await clock.advanceAsync(5_000);
  await settle();
  expect(await shelf.list()).toEqual(['a']);
});

it('answers as it did before, once it has answered', async () => {
  faults.add({ call: 'shelf.list', fault: 'stale' });
  expect(await shelf.list()).toEqual([]);
  await shelf.add('a');

  expect(await shelf.list()).toEqual([]);
  faults.clear();
  expect(await shelf.list()).toEqual(['a']);
});

it('gives the first half of a list, and all of what is none', async () => {
  await shelf.add('a');
  await shelf.add('b');
  faults.add({ call: /list|count/, fault: 'partial' });

  expect(await shelf.list()).toEqual(['a']);
  expect(await shelf.count()).toBe(2);
});
