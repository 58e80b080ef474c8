import { describe, expect, it } from 'vitest';
import { ManualClock } from '../clock.ts';
import { LbError } from '../errors.ts';
import { silentLog } from '../log.ts';
import { providerName } from '../model/ids.ts';
import { StrayAges } from './stray-ages.ts';
import { formatStrays, parseStrays, strayDigest } from './stray-mark.ts';

const toy = providerName('toy');
const hour = 3_600_000;

function rig(text?: string) {
  const clock = new ManualClock();
  const mark = { text, writes: 0, fails: false };
  const ages = () =>
    new StrayAges(clock, silentLog, {
      read: () => mark.text,
      write: (value) => {
        if (mark.fails) return Promise.reject(new LbError('LeaseLost', 'no more'));
        mark.text = value;
        mark.writes++;
        return Promise.resolve();
      },
    });
  return { clock, mark, ages };
}

describe('the mark', () => {
  it('reads what it wrote, to the second', () => {
    const since = new Map([['0123456789ab', Date.UTC(2026, 0, 1, 0, 0, 7)]]);
    expect(parseStrays(formatStrays(since))).toEqual(since);
  });

  it('stays small: of many the oldest are kept', () => {
    const since = new Map(Array.from({ length: 5_000 }, (_, n) => [n.toString(16).padStart(12, '0'), (10_000 - n) * 1000] as const));
    const text = formatStrays(since);
    expect(text.length).toBeLessThan(6_000);
    const kept = parseStrays(text);
    expect(kept.size).toBe(200);
    expect(Math.max(...kept.values())).toBe(5_200_000);
  });

  it.each([undefined, '', 'v2 0123456789ab=a', 'v1 x=y 0123=1', 'v1 0123456789ab=-5'])('reads nothing out of %j', (text) => {
    expect(parseStrays(text).size).toBe(0);
  });

  it('tells strays of two providers apart', () => {
    expect(strayDigest(toy, 'service/a')).not.toBe(strayDigest(providerName('other'), 'service/a'));
  });
});

describe('ages', () => {
  it('names each stray once, and forgets one that is none for a round', () => {
    const { clock, ages } = rig();
    const known = ages();
    expect(known.note(toy, ['a', 'b'])).toEqual(['a', 'b']);
    clock.advance(hour);
    expect(known.note(toy, ['a'])).toEqual([]);
    expect(known.ageMs(toy, 'a')).toBe(hour);
    expect(known.ageMs(toy, 'b')).toBe(0);
    expect(known.note(toy, ['a', 'b'])).toEqual(['b']);
  });

  it('goes on counting in another life, and never from the future', async () => {
    const { clock, mark, ages } = rig();
    const before = ages();
    before.note(toy, ['a']);
    await before.save();
    clock.advance(hour);
    const after = ages();
    expect(after.note(toy, ['a'])).toEqual([]);
    expect(after.ageMs(toy, 'a')).toBe(hour);

    mark.text = formatStrays(new Map([[strayDigest(toy, 'a'), clock.now() + hour]]));
    const confused = ages();
    confused.note(toy, ['a']);
    expect(confused.ageMs(toy, 'a')).toBe(0);
  });

  it('grow no older by a wall clock that jumps', () => {
    const { clock, mark } = rig();
    let jump = 0;
    const jumping = { monotonic: () => clock.monotonic(), after: () => () => {}, now: () => clock.now() + jump };
    const ages = new StrayAges(jumping, silentLog, { read: () => mark.text, write: () => Promise.resolve() });
    ages.note(toy, ['a']);
    jump = 400 * 24 * hour;
    expect(ages.ageMs(toy, 'a')).toBe(0);

    jump = 0;
    mark.text = formatStrays(new Map([[strayDigest(toy, 'a'), clock.now() - 60_000]]));
    const after = new StrayAges(jumping, silentLog, { read: () => mark.text, write: () => Promise.resolve() });
    after.note(toy, ['a']);
    jump = 400 * 24 * hour;
    expect(after.ageMs(toy, 'a')).toBe(60_000);
  });

  it('are written where they changed only, and taken away in the end', async () => {
    const { mark, ages } = rig();
    const known = ages();
    known.note(toy, []);
    await known.save();
    expect(mark.writes).toBe(0);
    known.note(toy, ['a']);
    await known.save();
    known.note(toy, ['a']);
    await known.save();
    expect(mark.writes).toBe(1);
    known.note(toy, []);
    await known.save();
    expect(mark).toMatchObject({ text: undefined, writes: 2 });
  });

  it('of a provider that has not been seen yet stay written, until all have been', async () => {
    const text = formatStrays(new Map([[strayDigest(providerName('down'), 'x'), Date.UTC(2026, 0, 1)]]));
    const { mark, ages } = rig(text);
    const known = ages();
    known.note(toy, ['a']);
    await known.save();
    expect(parseStrays(mark.text).size).toBe(2);
    known.forgetUnseen();
    await known.save();
    expect(parseStrays(mark.text).size).toBe(1);
  });

  it('are not lost by a write that fails: it is made again', async () => {
    const { mark, ages } = rig();
    const known = ages();
    known.note(toy, ['a']);
    mark.fails = true;
    await known.save();
    mark.fails = false;
    await known.save();
    expect(mark.writes).toBe(1);
  });
});
