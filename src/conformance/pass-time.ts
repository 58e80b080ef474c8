import type { ManualClock } from '../clock.ts';

/** Moves time on by `ms`, from one timer to the next, and only while nothing but time is waited for, as `quiet` finds out. */
export async function passTime(clock: ManualClock, ms: number, quiet: () => Promise<void>): Promise<void> {
  const end = clock.monotonic() + ms;
  await quiet();
  for (let due = clock.nextDueMs(); due !== undefined && clock.monotonic() + due <= end; due = clock.nextDueMs()) {
    await clock.advanceAsync(due);
    await quiet();
  }
  await clock.advanceAsync(end - clock.monotonic());
  await quiet();
}
