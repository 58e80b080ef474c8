import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../src/clock.ts';
import { LbError } from '../../../src/errors.ts';
import { Details } from './details.ts';

interface Thing {
  readonly value: string;
  readonly health?: string;
}
const { signal } = new AbortController();
const memory = Number.POSITIVE_INFINITY;

function rig() {
  const clock = new ManualClock(0);
  const cloud = { things: new Map<string, Thing>(), asked: 0, failing: false };
  const details = new Details<Thing>({
    clock,
    settleMs: 30_000,
    own: ['value'],
    read: () => {
      cloud.asked++;
      return cloud.failing ? Promise.reject(new LbError('CloudUnavailable', 'down')) : Promise.resolve(new Map(cloud.things));
    },
  });
  return { clock, cloud, details };
}

describe('what hangs on a thing', () => {
  it('is unread until somebody needs it younger than the start', async () => {
    const { cloud, details } = rig();
    await details.atMost('lb', memory, signal);
    expect([details.of('lb'), cloud.asked]).toEqual(['unread', 0]);
    await details.atMost('lb', 3_600_000, signal);
    expect([details.of('lb'), cloud.asked]).toEqual([[], 1]);
  });

  it('is read when it is older than may be, and no sooner', async () => {
    const { clock, cloud, details } = rig();
    await details.read('lb', signal);
    clock.advance(1_000);
    await details.atMost('lb', 1_000, signal);
    expect(cloud.asked).toBe(1);
    clock.advance(1);
    await details.atMost('lb', 1_000, signal);
    expect(cloud.asked).toBe(2);
  });

  it('of a new thing is known without a question', async () => {
    const { cloud, details } = rig();
    details.born('lb', new Map([['a', { value: '1' }]]));
    await details.atMost('lb', memory, signal);
    expect([details.of('lb'), cloud.asked]).toEqual([[{ value: '1' }], 0]);
  });

  it('stays as it was known where a read fails, and is asked for again', async () => {
    const { clock, cloud, details } = rig();
    cloud.things.set('a', { value: '1' });
    await details.read('lb', signal);
    clock.advance(60_000);
    cloud.failing = true;
    await expect(details.atMost('lb', 0, signal)).rejects.toMatchObject({ code: 'CloudUnavailable' });
    expect(details.of('lb')).toEqual([{ value: '1' }]);
    cloud.failing = false;
    await details.atMost('lb', 0, signal);
    expect(cloud.asked).toBe(3);
  });
});

describe('what was written', () => {
  it('is shown over an answer that lacks it, until it must have settled', async () => {
    const { clock, cloud, details } = rig();
    cloud.things.set('a', { value: '1', health: 'fine' });
    cloud.things.set('b', { value: '1' });
    await details.read('lb', signal);
    details.changed('lb', 'a', { value: '2' });
    details.removed('lb', ['b']);
    details.made('lb', [['c', { value: '3' }]]);
    for (const ms of [0, 29_999]) {
      clock.advance(ms);
      await details.read('lb', signal);
      expect(details.of('lb')).toEqual([{ value: '2', health: 'fine' }, { value: '3' }]);
    }
    clock.advance(1);
    await details.read('lb', signal);
    expect(details.of('lb')).toEqual([{ value: '1', health: 'fine' }, { value: '1' }]);
  });

  it('before anybody has read is not all there is: it is read also where memory would do', async () => {
    const { cloud, details } = rig();
    cloud.things.set('a', { value: '1' });
    details.made('lb', [['b', { value: '2' }]]);
    expect(details.of('lb')).toBe('unread');
    await details.atMost('lb', memory, signal);
    expect([details.of('lb'), cloud.asked]).toEqual([[{ value: '1' }, { value: '2' }], 1]);
  });

  it('in doubt is read before it is believed, also where memory would do', async () => {
    const { cloud, details } = rig();
    details.born('lb', new Map([['a', { value: '1' }]]));
    details.doubted('lb');
    expect(details.of('lb')).toBe('unread');
    await details.atMost('lb', memory, signal);
    expect([details.of('lb'), cloud.asked]).toEqual([[], 1]);
  });

  it('of what is gone is forgotten', () => {
    const { details } = rig();
    details.born('lb');
    details.gone('lb');
    expect(details.of('lb')).toBe('unread');
  });
});
