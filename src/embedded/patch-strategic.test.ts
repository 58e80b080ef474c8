import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../model/json.ts';
import { strategicMerge } from './patch-strategic.ts';
import { filled, listOf, open, setOf, string, stringMap, struct, type Shape } from './shape.ts';
import { serviceShape } from './kind-shapes.ts';
import { StatusError } from './status-object.ts';

const element = struct('Element', { key: filled(string), a: filled(string), b: filled(string) });
const shape = struct('Thing', {
  byKey: filled(listOf(element, 'key')),
  set: filled(setOf(string)),
  whole: filled(listOf(string)),
  map: filled(stringMap),
  inner: filled(struct('Inner', { byKey: filled(listOf(element, 'key')) })),
});

const merge = (original: JsonObject, patch: JsonObject, by: Shape = shape) => strategicMerge(original, patch, by);

function refused(run: () => unknown): StatusError {
  try {
    run();
  } catch (error) {
    if (error instanceof StatusError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('lists with a merge key', () => {
  const before = {
    byKey: [
      { key: 'x', a: '1' },
      { key: 'y', a: '2' },
    ],
  };

  test('merge element by element; what the patch names comes in its order', () => {
    expect(merge(before, { byKey: [{ key: 'y', b: '3' }] })).toEqual({
      byKey: [
        { key: 'x', a: '1' },
        { key: 'y', a: '2', b: '3' },
      ],
    });
    expect(merge(before, { byKey: [{ key: 'z' }] })).toEqual({ byKey: [{ key: 'z' }, ...before.byKey] });
  });

  test('lose an element by $patch: delete', () => {
    expect(merge(before, { byKey: [{ key: 'x', $patch: 'delete' }] })).toEqual({ byKey: [{ key: 'y', a: '2' }] });
  });

  test('are replaced by $patch: replace', () => {
    expect(merge(before, { byKey: [{ key: 'z' }, { $patch: 'replace' }] })).toEqual({ byKey: [{ key: 'z' }] });
  });

  test('take the order of $setElementOrder, also without other changes', () => {
    const order = { '$setElementOrder/byKey': [{ key: 'y' }, { key: 'x' }] };
    expect(merge(before, order)).toEqual({
      byKey: [
        { key: 'y', a: '2' },
        { key: 'x', a: '1' },
      ],
    });
    expect(merge(before, { ...order, byKey: [{ key: 'x', b: '9' }] })).toEqual({
      byKey: [
        { key: 'y', a: '2' },
        { key: 'x', a: '1', b: '9' },
      ],
    });
  });

  test('that were not there are taken without directives', () => {
    const patch = {
      '$setElementOrder/byKey': [{ key: 'n' }],
      byKey: [
        { key: 'n', a: null },
        { key: 'd', $patch: 'delete' },
      ],
    };
    expect(merge({}, patch)).toEqual({ byKey: [{ key: 'n' }] });
    expect(merge({}, { inner: { byKey: [{ key: 'n' }], '$setElementOrder/byKey': [{ key: 'n' }] } })).toEqual({
      inner: { byKey: [{ key: 'n' }] },
    });
  });

  test.each<[string, JsonObject, number]>([
    ['an element without the key', { byKey: [{ a: '1' }] }, 500],
    ['a deletion without the key', { byKey: [{ $patch: 'delete' }] }, 500],
    ['a directive that is none', { byKey: [{ key: 'x', $patch: 'burn' }] }, 500],
    ['a directive that is none, of an object', { map: { $patch: 'burn' } }, 500],
    ['a list that is none', { '$setElementOrder/byKey': [{ key: 'x' }], byKey: null }, 500],
    ['a list that is text', { '$setElementOrder/byKey': [{ key: 'x' }], byKey: 'x' }, 500],
    ['a list that is an object', { '$setElementOrder/byKey': [{ key: 'x' }], byKey: {} }, 500],
    ['nothing to put in order', { '$setElementOrder/whole': [], whole: [] }, 500],
    ['an order that is no list', { '$setElementOrder/byKey': 'x' }, 400],
    ['a change that is not in the order', { '$setElementOrder/byKey': [{ key: 'x' }], byKey: [{ key: 'y' }] }, 500],
    ['a list of lists', { byKey: [[]] }, 422],
    ['deletions that are no list', { '$deleteFromPrimitiveList/set': 'x' }, 400],
    ['kept keys that are no list', { $retainKeys: 'x' }, 400],
    ['a change that is not kept', { $retainKeys: ['set'], map: { a: 'b' } }, 400],
  ])('refuse %s', (_what, patch, code) => {
    expect(refused(() => merge({ ...before, map: { a: 'b' } }, patch)).code).toBe(code);
  });
});

describe('other values', () => {
  test('sets merge, lose single elements, and take an order', () => {
    expect(merge({ set: ['a', 'b'] }, { set: ['c', 'a'] })).toEqual({ set: ['c', 'a', 'b'] });
    expect(merge({ set: ['a', 'b'] }, { '$deleteFromPrimitiveList/set': ['a'] })).toEqual({ set: ['b'] });
    expect(merge({ set: ['a', 'b'] }, { '$setElementOrder/set': ['b', 'c', 'a'], set: ['c'] })).toEqual({ set: ['b', 'c', 'a'] });
    expect(merge({}, { '$deleteFromPrimitiveList/set': ['a'] })).toEqual({});
  });

  test('lists without a key are replaced, null takes away, types may change', () => {
    expect(merge({ whole: ['a'], map: { a: 'b', c: 'd' } }, { whole: ['b'], map: { a: null } })).toEqual({ whole: ['b'], map: { c: 'd' } });
    expect(merge({ map: { a: 'b' } }, { map: 'text' })).toEqual({ map: 'text' });
  });

  test('objects are replaced, emptied, or keep only named keys', () => {
    expect(merge({ map: { a: 'b' } }, { map: { $patch: 'replace', c: 'd' } })).toEqual({ map: { c: 'd' } });
    expect(merge({ map: { a: 'b' } }, { map: { $patch: 'delete' } })).toEqual({ map: {} });
    expect(merge({ set: ['a'], whole: ['b'] }, { $retainKeys: ['whole'] })).toEqual({ whole: ['b'] });
  });

  test('lists the shape does not know merge by the key their order names', () => {
    const patch = { '$setElementOrder/boxes': [{ name: 'a' }, { name: 'b' }], boxes: [{ name: 'b', image: '2' }] };
    const before = {
      boxes: [
        { name: 'a', image: '1' },
        { name: 'b', image: '1' },
      ],
    };
    expect(merge(before, patch, open('Any', {}))).toEqual({
      boxes: [
        { name: 'a', image: '1' },
        { name: 'b', image: '2' },
      ],
    });
  });

  test('of a Service: ports by port, conditions by type, finalizers as a set, ingress whole', () => {
    const before = {
      metadata: { finalizers: ['a/x', 'b/y'] },
      spec: { ports: [{ port: 80, nodePort: 30_000 }, { port: 443 }] },
      status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }, { ip: '192.0.2.2' }] }, conditions: [{ type: 'A', status: 'True' }] },
    };
    const patch = {
      metadata: { '$setElementOrder/finalizers': ['b/y', 'c/z'], '$deleteFromPrimitiveList/finalizers': ['a/x'], finalizers: ['c/z'] },
      spec: { ports: [{ port: 80, name: 'web' }] },
      status: { loadBalancer: { ingress: [{ ip: '192.0.2.3' }] }, conditions: [{ type: 'B', status: 'False' }] },
    };
    expect(merge(before, patch, serviceShape)).toEqual({
      metadata: { finalizers: ['b/y', 'c/z'] },
      spec: { ports: [{ port: 80, nodePort: 30_000, name: 'web' }, { port: 443 }] },
      status: {
        loadBalancer: { ingress: [{ ip: '192.0.2.3' }] },
        conditions: [
          { type: 'B', status: 'False' },
          { type: 'A', status: 'True' },
        ],
      },
    });
  });
});

const elements = fc.uniqueArray(fc.record({ key: fc.constantFrom('p', 'q', 'r', 's'), a: fc.stringMatching(/^[xy]$/) }), {
  selector: (one) => one.key,
});
const things = fc.record({
  byKey: elements,
  set: fc.uniqueArray(fc.constantFrom('1', '2', '3', '4')),
  whole: fc.array(fc.constantFrom('1', '2')),
  map: fc.dictionary(fc.constantFrom('k', 'l', 'm'), fc.constantFrom('1', '2')),
});
type Thing = { byKey: { key: string; a: string }[]; set: string[]; whole: string[]; map: Record<string, string> };

/** A patch from one thing to another, as clients compute them: nothing about lists that are empty. */
function difference(from: Thing, to: Thing): JsonObject {
  const gone = from.byKey.filter((one) => !to.byKey.some((other) => other.key === one.key)).map(({ key }) => ({ key, $patch: 'delete' }));
  const lost = Object.keys(from.map).filter((key) => !(key in to.map));
  return stored({
    '$setElementOrder/byKey': to.byKey.map(({ key }) => ({ key })),
    byKey: [...to.byKey, ...gone],
    '$setElementOrder/set': to.set,
    '$deleteFromPrimitiveList/set': from.set.filter((one) => !to.set.includes(one)),
    set: to.set.filter((one) => !from.set.includes(one)),
    whole: to.whole.length === 0 ? null : to.whole,
    map: { ...to.map, ...Object.fromEntries(lost.map((key): [string, Json] => [key, null])) },
  });
}

/** Stored objects have no empty lists. */
const stored = (thing: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(thing).filter(([, value]) => !Array.isArray(value) || value.length > 0));

test('the difference of two things, applied to the first, gives the second', () => {
  fc.assert(
    fc.property(things, things, (from, to) => {
      expect(stored(merge(stored(from), difference(from, to)))).toEqual(stored(to));
    }),
  );
});

test('applying a difference twice is applying it once, and changes neither argument', () => {
  fc.assert(
    fc.property(things, things, things, (from, to, other) => {
      const [patch, before] = [difference(from, to), stored(other)];
      const [copyOfPatch, copyOfBefore] = [structuredClone(patch), structuredClone(before)];
      const once = stored(merge(before, patch));

      expect(stored(merge(once, patch))).toEqual(once);
      expect([patch, before]).toEqual([copyOfPatch, copyOfBefore]);
    }),
  );
});
