import { expect, it } from 'vitest';
import { ManualClock, sleep, systemClock } from './clock.ts';

it('fires timers in the order they fall due, each at its own moment', () => {
  const clock = new ManualClock(0);
  const fired: string[] = [];
  const note = (name: string) => () => void fired.push(`${name}@${clock.now()}`);
  clock.after(20, note('late'));
  clock.after(10, () => {
    note('early')();
    clock.after(5, note('between'));
  });
  const cancel = clock.after(10, note('cancelled'));
  clock.after(10, note('second'));
  cancel();
  cancel();

  clock.advance(19);
  expect(fired).toEqual(['early@10', 'second@10', 'between@15']);
  expect(clock.nextDueMs()).toBe(1);
  clock.advance(1);
  expect(fired.at(-1)).toBe('late@20');
  expect(clock.nextDueMs()).toBeUndefined();
});

it('sleeps until it is time, or until it is told to stop', async () => {
  const clock = new ManualClock();
  const stop = new AbortController();
  const woken = sleep(clock, 1_000);
  const stopped = sleep(clock, 1_000, stop.signal);
  stop.abort(new Error('enough'));
  await expect(stopped).rejects.toThrow('enough');
  await expect(sleep(clock, 1, stop.signal)).rejects.toThrow('enough');
  await clock.advanceAsync(1_000);
  await woken;
  expect(clock.nextDueMs()).toBeUndefined();
});

it('is the real time in production', async () => {
  const before = systemClock.monotonic();
  await sleep(systemClock, 1);
  expect(systemClock.monotonic()).toBeGreaterThan(before);
  expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(1_000);
  systemClock.after(60_000, () => expect.fail('was cancelled'))();
});
