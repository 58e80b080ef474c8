import { describe, expect, it } from 'vitest';
import { settle } from '../clock.ts';
import { NoElection } from './leadership.ts';

describe('no election', () => {
  it('always leads, for ever, and keeps nothing', async () => {
    const stop = new AbortController();
    const terms: AbortSignal[] = [];
    const alone = new NoElection((signal) => void terms.push(signal));
    expect(alone.remainingMs()).toBe(0);
    const running = alone.run(stop.signal);
    await settle();
    expect([alone.isLeader, alone.remainingMs(), terms]).toEqual([true, Number.POSITIVE_INFINITY, [stop.signal]]);
    await alone.setAnnotation();
    expect([alone.annotation(), alone.problem(), alone.stuck()]).toEqual([undefined, undefined, undefined]);
    stop.abort(new Error('stop'));
    expect(await running).toBe('stopped');
    expect(alone.isLeader).toBe(false);
  });

  it('work that throws is not swallowed', async () => {
    const alone = new NoElection(() => {
      throw new Error('cannot work');
    });
    await expect(alone.run(new AbortController().signal)).rejects.toThrow('cannot work');
    expect(alone.isLeader).toBe(false);
  });
});
