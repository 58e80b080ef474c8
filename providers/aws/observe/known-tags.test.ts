import { describe, expect, it } from 'vitest';
import { ManualClock, settle } from '../../../src/clock.ts';
import { LbError } from '../../../src/errors.ts';
import type { Marks } from '../../../src/model/owner.ts';
import type { Arn } from '../api/elb.ts';
import { KnownTags } from './known-tags.ts';

/** An Amazon that answers when it is told to. */
function bed() {
  const clock = new ManualClock(0);
  const asked: (readonly Arn[])[] = [];
  const at = new Map<Arn, Marks>();
  const gone = new Set<Arn>();
  const waiting: ((error?: LbError) => void)[] = [];
  const tags = new KnownTags({
    elb: {
      tags: (arns) =>
        new Promise((resolve, reject) => {
          asked.push(arns);
          const said = new Map(arns.map((arn) => [arn, at.get(arn) ?? {}] as const));
          waiting.push((error) => (error === undefined ? resolve(said) : reject(error)));
        }),
    },
    clock,
    settleMs: 30_000,
    isThere: (arn) => !gone.has(arn),
    signal: new AbortController().signal,
  });
  /** Until nobody asks any more. */
  const answer = async (error?: LbError): Promise<void> => {
    await settle();
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      next(error);
      await settle();
    }
  };
  const sizes = () => asked.splice(0).map((arns) => arns.length);
  return { clock, asked, at, gone, tags, answer, sizes };
}

const arns = (count: number, of = 'lb'): readonly Arn[] => Array.from({ length: count }, (_, index) => `${of}-${index}`);

describe('tags', () => {
  it('are asked for by twenties for all that ask in the same moment, and while others are asked for', async () => {
    const { tags, answer, asked, sizes, at } = bed();
    at.set('c-3', { team: 'c' });
    const first = [tags.read(arns(15, 'a')), tags.read(arns(15, 'b'))];
    await settle();
    const then = [...arns(12, 'c'), 'a-0'].map((arn) => tags.read([arn]));
    await answer();
    await Promise.all([...first, ...then]);
    expect(asked.at(-1)).toEqual([...arns(12, 'c'), 'a-0']);
    expect([sizes(), tags.of('c-3'), tags.of('a-0')]).toEqual([[20, 10, 13], { team: 'c' }, {}]);
  });

  it('that could not be read fail all that waited for them, and are asked for again by the next', async () => {
    const { tags, answer, sizes } = bed();
    const both = Promise.allSettled([tags.read(['a']), tags.read(['b'])]);
    await answer(new LbError('CloudThrottled', 'too many'));
    expect((await both).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const later = tags.read(['b']);
    await answer();
    await later;
    expect(sizes()).toEqual([2, 1]);
  });

  it('that are written while they are asked for are not what the answer says', async () => {
    const { tags, answer } = bed();
    const read = tags.read(['a']);
    await settle();
    tags.written('a', { team: 'new' });
    await answer();
    await read;
    expect(tags.of('a')).toEqual({ team: 'new' });
  });
});

describe('the tags of what is to go', () => {
  it('are not asked for again within the age that is allowed, unless something was not as it was known', async () => {
    const { tags, clock, answer, sizes } = bed();
    const going = async () => {
      const read = tags.readOfGoing(['a'], 1_000);
      await answer();
      await read;
    };
    await going();
    clock.advance(1_000);
    await going();
    expect(sizes()).toEqual([1]);
    clock.advance(1);
    await going();
    tags.forget();
    await going();
    expect(sizes()).toEqual([1, 1]);
  });

  it('do not count where something was found to be otherwise while they were asked for', async () => {
    const { tags, answer, sizes } = bed();
    const read = tags.readOfGoing(['a'], 1_000);
    await settle();
    tags.forget();
    await answer();
    await read;
    const again = tags.readOfGoing(['a'], 1_000);
    await answer();
    await again;
    expect(sizes()).toEqual([1, 1]);
  });

  it('are asked for together with those of what could not go yet, as many as there is room for', async () => {
    const { tags, clock, asked, gone, answer } = bed();
    for (const arn of arns(23, 'x')) {
      const read = tags.readOfGoing([arn], 0);
      await answer();
      await read;
      clock.advance(1);
    }
    tags.written('x-2', {});
    gone.add('x-3');
    asked.length = 0;
    const read = tags.readOfGoing(['x-1', 'y'], 1_000_000);
    await answer();
    await read;
    const [request = []] = asked;
    expect([asked.length, request.length, request.slice(0, 3)]).toEqual([1, 20, ['y', 'x-0', 'x-4']]);
    clock.advance(60_001);
    const much = tags.readOfGoing(['x-5'], 0);
    await answer();
    await much;
    expect(asked.at(-1)).toEqual(['x-5']);
  });
});
