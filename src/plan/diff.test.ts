import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { diffLists } from './diff.ts';

const item = fc.record({ id: fc.constantFrom('a', 'b', 'c', 'd'), value: fc.nat(2) });
const wanted = fc.uniqueArray(item, { selector: ({ id }) => id });
const identity = { want: ({ id }: { id: string }) => id, have: ({ id }: { id: string }) => id };
const same = (want: { value: number }, have: { value: number }) => want.value === have.value;

it('makes what is missing, updates what differs, keeps what is right and removes the rest', () => {
  const diff = diffLists(
    [
      { id: 'new', value: 1 },
      { id: 'changed', value: 2 },
      { id: 'right', value: 3 },
    ],
    [
      { id: 'old', value: 0 },
      { id: 'right', value: 3 },
      { id: 'changed', value: 1 },
      { id: 'right', value: 9 },
    ],
    identity,
    same,
  );

  expect(diff.create).toEqual([{ id: 'new', value: 1 }]);
  expect(diff.update).toEqual([{ want: { id: 'changed', value: 2 }, have: { id: 'changed', value: 1 } }]);
  expect(diff.keep).toEqual([{ want: { id: 'right', value: 3 }, have: { id: 'right', value: 3 } }]);
  expect(diff.remove).toEqual([
    { id: 'old', value: 0 },
    { id: 'right', value: 9 },
  ]);
});

it('is empty after it was carried out (property)', () => {
  fc.assert(
    fc.property(wanted, fc.array(item), (want, have) => {
      const first = diffLists(want, have, identity, same);
      const after = [...first.keep.map((pair) => pair.have), ...first.update.map((pair) => pair.want), ...first.create];
      const second = diffLists(want, after, identity, same);
      expect([second.create, second.update, second.remove]).toEqual([[], [], []]);
      expect(first.keep.length + first.update.length + first.remove.length).toBe(have.length);
    }),
  );
});
