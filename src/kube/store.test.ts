import { describe, expect, it } from 'vitest';
import { silentLog } from '../log.ts';
import { Store, type Change } from './store.ts';

interface Thing {
  readonly text: string;
}

const identity = (key: string, uid: string, version: string) => ({ key, uid, version });
const none: ReadonlyMap<string, string | undefined> = new Map();

function watched() {
  const store = new Store<Thing>(silentLog);
  const changes: Change<Thing>[] = [];
  store.onChange((change) => changes.push(change));
  return { store, changes };
}

describe('store', () => {
  it('finds by key and by UID', () => {
    const { store } = watched();
    store.put(identity('a/x', 'u1', '1'), { text: 'one' });
    expect(store.get('a/x')).toEqual({ text: 'one' });
    expect(store.byUid('u1')).toEqual({ text: 'one' });
    expect(store.byUid('u2')).toBeUndefined();
    expect(store.list()).toEqual([{ text: 'one' }]);
  });

  it('reports old and new; the same state again is no change', () => {
    const { store, changes } = watched();
    const [one, two] = [{ text: 'one' }, { text: 'two' }];
    store.put(identity('x', 'u', '1'), one);
    store.put(identity('x', 'u', '1'), { text: 'one again' });
    store.put(identity('x', 'u', '2'), two);
    store.delete('x', 'u');
    expect(changes).toEqual([{ new: one }, { old: one, new: two }, { old: two }]);
  });

  it('a name used again by another UID is an end and an appearance', () => {
    const { store, changes } = watched();
    const [one, two] = [{ text: 'one' }, { text: 'two' }];
    store.put(identity('x', 'u1', '1'), one);
    store.put(identity('x', 'u2', '2'), two);
    expect(changes).toEqual([{ new: one }, { old: one }, { new: two }]);
    expect(store.byUid('u1')).toBeUndefined();
    expect(store.size).toBe(1);
  });

  it('the end of an earlier object does not touch the present one of that name', () => {
    const { store } = watched();
    store.put(identity('x', 'u2', '2'), { text: 'two' });
    store.delete('x', 'u1');
    expect(store.size).toBe(1);
    store.delete('x', undefined);
    expect(store.size).toBe(0);
  });

  it('a complete list ends what is not in it and makes it synced, after its changes', () => {
    const { store, changes } = watched();
    store.put(identity('gone', 'u0', '0'), { text: 'gone' });
    const order: string[] = [];
    store.onChange((change) => order.push(change.new?.text ?? `-${change.old?.text}`));
    store.onSynced(() => order.push('synced'));

    store.replace([{ identity: identity('x', 'u1', '1'), item: { text: 'one' } }], none);
    store.replace([{ identity: identity('x', 'u1', '1'), item: { text: 'one' } }], none);

    expect(order).toEqual(['-gone', 'one', 'synced']);
    expect(changes).toHaveLength(3);
    expect(store.synced).toBe(true);
  });

  it('who asks late is told at once, who left is not told', () => {
    const { store } = watched();
    const order: string[] = [];
    store.onSynced(() => order.push('left'))();
    store.replace([], none);
    store.onSynced(() => order.push('late'));
    expect(order).toEqual(['late']);
  });

  it('keeps the last readable state of what can no longer be read', () => {
    const { store, changes } = watched();
    store.put(identity('x', 'u1', '1'), { text: 'one' });
    store.replace(
      [],
      new Map([
        ['x', 'u1'],
        ['y', 'u9'],
      ]),
    );
    expect(store.get('x')).toEqual({ text: 'one' });
    expect(store.unreadable.get('y')).toBe('u9');
    store.keepUnreadable('x', 'u2');
    expect(store.get('x')).toBeUndefined();
    expect(changes).toHaveLength(2);
  });

  it('a listener that throws keeps nobody else from being told', () => {
    const errors: unknown[] = [];
    const store = new Store<Thing>({ ...silentLog, error: (facts) => errors.push(facts['error']) });
    const told: string[] = [];
    store.onChange(() => {
      throw new Error('bad listener');
    });
    const leave = store.onChange((change) => told.push(change.new?.text ?? ''));
    store.put(identity('x', 'u', '1'), { text: 'one' });
    leave();
    store.put(identity('x', 'u', '2'), { text: 'two' });
    expect(told).toEqual(['one']);
    expect(errors).toEqual([new Error('bad listener'), new Error('bad listener')]);
  });
});
