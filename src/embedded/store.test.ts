import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { KubeObject } from './kube-object.ts';
import { Store } from './store.ts';

const object = (name: string, value: number): KubeObject => ({ kind: 'Thing', apiVersion: 'v1', metadata: { name }, value });

test('every write has a version of its own, one after the other over all collections', () => {
  const store = new Store(10);

  const first = store.put('a', 'x', object('x', 1));
  const second = store.put('b', 'x', object('x', 1));
  const gone = store.remove('a', 'x');

  expect([first, second, gone].map((one) => one?.metadata.resourceVersion)).toEqual(['1', '2', '3']);
  expect(store.version).toBe(3);
});

test('stored objects cannot be changed', () => {
  const store = new Store(10);
  const stored = store.put('a', 'x', { ...object('x', 1), spec: { list: [1] } });

  expect(() => Object.assign(stored.metadata, { name: 'y' })).toThrow(TypeError);
  expect(Object.isFrozen((stored['spec'] as { list: number[] }).list)).toBe(true); // built above
});

test('removing what is not there changes nothing', () => {
  const store = new Store(10);

  expect(store.remove('a', 'x')).toBeUndefined();
  expect(store.version).toBe(0);
});

test('a deletion shows the last state under its own version', () => {
  const store = new Store(10);
  store.put('a', 'x', object('x', 7));
  store.remove('a', 'x');

  const [, deletion] = store.collection('a').changesAfter(0) ?? [];
  expect(deletion).toMatchObject({ type: 'DELETED', version: 2, object: { value: 7, metadata: { resourceVersion: '2' } } });
});

test('history is forgotten from its beginning, and says so', () => {
  const store = new Store(2);
  for (let value = 1; value <= 4; value++) store.put('a', 'x', object('x', value));

  const collection = store.collection('a');
  expect(collection.changesAfter(1)).toBeUndefined();
  expect(collection.changesAfter(2)?.map((change) => change.version)).toEqual([3, 4]);
});

test('compaction forgets everything up to now, in every collection', () => {
  const store = new Store(10);
  store.put('a', 'x', object('x', 1));
  store.put('b', 'x', object('x', 1));
  store.compact();

  expect(store.collection('a').changesAfter(1)).toBeUndefined();
  expect(store.collection('a').changesAfter(2)).toEqual([]);
});

const names = fc.constantFrom('a', 'b', 'c/d', 'c/e', 'zz');
const steps = fc.array(fc.record({ name: names, value: fc.nat(), remove: fc.boolean() }), { maxLength: 60 });

test('replaying the changes after any version on the state of then gives the state of now', () => {
  fc.assert(
    fc.property(steps, (script) => {
      const store = new Store(1000);
      const states: Map<string, KubeObject>[] = [new Map()];
      for (const { name, value, remove } of script) {
        const before = store.version;
        if (remove) store.remove('things', name);
        else store.put('things', name, object(name, value));
        if (store.version > before) states.push(stateOf(store));
      }

      for (const [version, then] of states.entries()) {
        for (const change of store.collection('things').changesAfter(version) ?? []) {
          if (change.type === 'DELETED') then.delete(change.key);
          else then.set(change.key, change.object);
        }
        expect(then).toEqual(stateOf(store));
      }
    }),
  );
});

test('keys come sorted, by prefix and from a place', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.stringMatching(/^[a-c]{1,3}(\/[a-c]{1,2})?$/)), fc.constantFrom('', 'a', 'b/'), (keys, prefix) => {
      const store = new Store(1000);
      for (const key of keys) store.put('things', key, object(key, 0));

      const sorted = keys.filter((key) => key.startsWith(prefix)).sort();
      expect(store.collection('things').keys(prefix, prefix)).toEqual(sorted);
      for (const from of sorted) expect(store.collection('things').keys(prefix, from)[0]).toBe(from);
    }),
  );
});

function stateOf(store: Store): Map<string, KubeObject> {
  const collection = store.collection('things');
  return new Map(
    collection.keys('', '').flatMap((key) => {
      const found = collection.get(key);
      return found === undefined ? [] : [[key, found]];
    }),
  );
}
