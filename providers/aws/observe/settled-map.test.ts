import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { SettledMap } from './settled-map.ts';

interface Thing {
  readonly groups: string;
  readonly state: string;
}
const settleMs = 30;
const map = () => new SettledMap<Thing>(settleMs, ['groups']);
const listed = (things: Readonly<Record<string, Thing>>) => new Map(Object.entries(things));

it('believes a write for as long as a list may be older than it, and then the list', () => {
  const known = map();
  known.list(listed({}), 0);
  known.made('a', { groups: 'x', state: 'new' }, 10);
  known.list(listed({}), 20);
  expect(known.get('a')).toEqual({ groups: 'x', state: 'new' });

  known.list(listed({ a: { groups: 'y', state: 'active' } }), 30);
  // The state is the cloud's to change, the groups are not.
  expect(known.get('a')).toEqual({ groups: 'x', state: 'active' });

  known.list(listed({ a: { groups: 'y', state: 'active' } }), 40);
  expect(known.get('a')).toEqual({ groups: 'y', state: 'active' });
});

it('does not believe a list in what was removed, or set, a moment ago', () => {
  const known = map();
  const both = listed({ a: { groups: 'x', state: 'active' }, b: { groups: 'x', state: 'active' } });
  known.list(both, 0);
  known.removed('a', 5);
  known.changed('b', { groups: 'z' }, 5);
  known.list(both, 6);
  expect(known.values()).toEqual([{ groups: 'z', state: 'active' }]);
  known.list(both, 35);
  expect(known.values()).toHaveLength(2);
});

it('does not believe a list in what was set of a thing that was made a moment ago, either', () => {
  const known = map();
  known.made('a', { groups: 'x', state: 'new' }, 0);
  known.changed('a', { state: 'set' }, 5);
  known.list(listed({ a: { groups: 'y', state: 'new' } }), 6);
  expect(known.get('a')).toEqual({ groups: 'x', state: 'set' });
  known.list(listed({ a: { groups: 'y', state: 'new' } }), 35);
  expect(known.get('a')).toEqual({ groups: 'y', state: 'new' });
});

it('takes nothing from a list that was asked for before the known one', () => {
  const known = map();
  known.list(listed({ a: { groups: 'x', state: 'active' } }), 10);
  known.list(listed({}), 9);
  expect(known.get('a')).toBeDefined();
});

it('brings nothing back that was removed', () => {
  const known = map();
  known.list(listed({ a: { groups: 'x', state: 'active' } }), 0);
  known.removed('a', 5);
  known.changed('a', { groups: 'z' }, 6);
  expect(known.values()).toEqual([]);
});

it('knows nothing of a thing that it never saw and that was changed', () => {
  const known = map();
  known.changed('a', { groups: 'z' }, 5);
  expect(known.get('a')).toBeUndefined();
});

it('believes the next list about what a doubtful write was made to', () => {
  const known = map();
  known.list(listed({ a: { groups: 'x', state: 'active' } }), 0);
  known.changed('a', { groups: 'z' }, 5);
  known.doubted('a');
  known.list(listed({ a: { groups: 'x', state: 'active' } }), 6);
  expect(known.get('a')?.groups).toBe('x');
});

/** A cloud whose lists show what was true up to `settleMs` ago, and one writer: us. */
it('always shows our own writes, and in the end the truth (property)', () => {
  const event = fc.oneof(
    fc.record({ do: fc.constantFrom('make', 'change', 'remove'), id: fc.constantFrom('a', 'b', 'c'), groups: fc.constantFrom('x', 'y') }),
    fc.record({ do: fc.constant('list'), lagMs: fc.integer({ min: 0, max: settleMs - 1 }) }),
    fc.record({ do: fc.constant('wait'), ms: fc.integer({ min: 1, max: settleMs }) }),
  );
  fc.assert(
    fc.property(fc.array(event, { maxLength: 40 }), (events) => {
      const known = map();
      let now = 1_000;
      let truth: Readonly<Record<string, string>> = {};
      const history: [at: number, truth: Readonly<Record<string, string>>][] = [[0, truth]];
      const shown = (at: number) => {
        const past = history.findLast(([since]) => since <= at)?.[1] ?? {};
        return listed(Object.fromEntries(Object.entries(past).map(([id, groups]) => [id, { groups, state: '' }])));
      };
      for (const one of events) {
        now += 1;
        if ('ms' in one) now += one.ms;
        else if ('lagMs' in one) known.list(shown(now - one.lagMs), now);
        else {
          const { id, groups } = one;
          if (one.do === 'make' && truth[id] === undefined) {
            truth = { ...truth, [id]: groups };
            known.made(id, { groups, state: '' }, now);
          } else if (one.do === 'change' && truth[id] !== undefined) {
            truth = { ...truth, [id]: groups };
            known.changed(id, { groups }, now);
          } else if (one.do === 'remove' && truth[id] !== undefined) {
            truth = Object.fromEntries(Object.entries(truth).filter(([other]) => other !== id));
            known.removed(id, now);
          }
          history.push([now, truth]);
        }
        expect(known.values().map(({ groups }) => groups)).toEqual(
          Object.keys(truth)
            .sort()
            .map((id) => truth[id]),
        );
      }
      now += settleMs;
      known.list(shown(now), now);
      expect(known.values()).toHaveLength(Object.keys(truth).length);
    }),
  );
});
