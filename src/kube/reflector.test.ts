import { describe, expect, it } from 'vitest';
import type { Trouble } from '../../test/history-server.ts';
import { held, reflectorRig, truth } from '../../test/reflector-rig.ts';

describe('reflector', () => {
  it('lists in pages, then follows the changes', async () => {
    const { server, clock, store, reflector, end } = reflectorRig();
    for (let n = 0; n < 7; n++) server.put(`t${n}`, n);
    expect(reflector.hasSynced).toBe(false);
    expect(reflector.problem()).toBe('things: the first list is not complete');

    await clock.advanceAsync(0);
    expect(store.size).toBe(7);
    expect(reflector.hasSynced).toBe(true);
    expect(server.lists).toHaveLength(3);
    server.put('t1', 10);
    server.remove('t2');
    await clock.advanceAsync(0);

    expect(store.get('t1')?.value).toBe(10);
    expect(store.get('t2')).toBeUndefined();
    expect(reflector.problem()).toBeUndefined();
    await end();
  });

  it('asks for bookmarks and for a timeout of five to ten minutes, chosen at random', async () => {
    const { server, clock, end } = reflectorRig(() => 0.99);
    await clock.advanceAsync(0);
    expect(server.watches[0]).toContain('allowWatchBookmarks=true');
    expect(server.watches[0]).toContain('timeoutSeconds=597');
    await end();
  });

  it('resumes a dropped watch from the last version, without a new list', async () => {
    const { server, clock, store, end } = reflectorRig();
    server.put('a', 1);
    await clock.advanceAsync(0);
    server.put('a', 2);
    await clock.advanceAsync(0);
    server.dropWatches();
    await clock.advanceAsync(0);
    server.remove('a');

    await clock.advanceAsync(1_000);

    expect(store.size).toBe(0);
    expect(server.lists).toHaveLength(1);
    expect(server.watches[1]).toContain('resourceVersion=102');
    await end();
  });

  it('a bookmark moves the version on', async () => {
    const { server, clock, end } = reflectorRig();
    await clock.advanceAsync(0);
    server.sendLine(JSON.stringify({ type: 'BOOKMARK', object: { metadata: { resourceVersion: '4711' } } }));
    await clock.advanceAsync(0);
    server.endWatches();
    await clock.advanceAsync(1_000);
    expect(server.watches[1]).toContain('resourceVersion=4711');
    await end();
  });

  it.each(['at the start of a watch', 'in mid-stream'])('410 %s: lists again and reports what was missed', async (where) => {
    const { server, clock, store, chain, end } = reflectorRig();
    server.put('a', 1);
    server.put('b', 1);
    await clock.advanceAsync(0);
    server.dropWatches();
    await clock.advanceAsync(0);
    server.remove('a');
    server.put('a', 2);
    server.remove('b');
    if (where === 'in mid-stream') {
      await clock.advanceAsync(1_000);
      server.expireWatches();
    } else server.compact();

    await clock.advanceAsync(1_000);

    expect(held(store)).toEqual(truth(server));
    expect(server.lists).toHaveLength(2);
    expect(chain.seen.some((change) => change.old?.uid === 'uid-1' && change.new === undefined)).toBe(true);
    await end();
  });

  it('versions that expire at once are not asked for without pause', async () => {
    const { server, clock, end } = reflectorRig();
    await clock.advanceAsync(0);
    for (let n = 0; n < 50; n++) {
      server.compact();
      server.expireWatches();
      server.put('a', n);
      await clock.advanceAsync(10);
    }
    const soon = server.lists.length;
    expect(soon).toBeGreaterThan(1);
    expect(soon).toBeLessThan(50);
    await end();
  });

  it('a list that is not complete changes nothing', async () => {
    const { server, clock, store, end } = reflectorRig();
    for (let n = 0; n < 7; n++) server.put(`t${n}`, n);
    await clock.advanceAsync(0);
    server.expireWatches();
    server.trouble({ status: 200 }); // not JSON: the first page of the new list fails
    await clock.advanceAsync(0);
    expect(store.size).toBe(7);
    await end();
  });

  it('pages that expire in between are read again in one answer', async () => {
    const { server, clock, store, end } = reflectorRig();
    for (let n = 0; n < 7; n++) server.put(`t${n}`, n);
    const request = server.request.bind(server);
    server.request = async (call) => {
      const answer = await request(call);
      if (server.lists.length === 1) server.compact();
      return answer;
    };
    await clock.advanceAsync(0);
    expect(held(store)).toEqual(truth(server));
    expect(server.lists.at(-1)).toBe('/things');
    await end();
  });

  it.each<[string, Trouble]>([
    ['a closed port', 'drop'],
    ['429 with Retry-After', { status: 429, retryAfter: 4 }],
    ['503', { status: 503 }],
    ['403', { status: 403 }],
    ['a frozen server', 'freeze'],
  ])('%s at the first list: says so, and goes on when it is over', async (_, trouble) => {
    const { server, clock, store, reflector, end } = reflectorRig();
    server.put('a', 1);
    server.trouble(trouble);

    await clock.advanceAsync(trouble === 'freeze' ? 15_000 : 0);
    expect(reflector.problem()).toMatch(/^things: GET \/things: /);
    expect(store.synced).toBe(false);
    await clock.advanceAsync(10_000);

    expect(store.synced).toBe(true);
    expect(reflector.problem()).toBeUndefined();
    await end();
  });

  it('never comes back sooner than Retry-After says', async () => {
    const { server, clock, end } = reflectorRig(() => 0);
    server.trouble({ status: 429, retryAfter: 4 });
    await clock.advanceAsync(3_999);
    expect(server.lists).toHaveLength(1);
    await clock.advanceAsync(1);
    expect(server.lists).toHaveLength(2);
    await end();
  });

  it('waits longer after each failure, up to half a minute', async () => {
    const { server, clock, reflector, end } = reflectorRig(() => 0.5);
    for (let n = 0; n < 40; n++) server.trouble('drop');
    await clock.advanceAsync(60_000);
    const first = server.lists.length;
    await clock.advanceAsync(60_000);
    expect(first).toBeLessThan(10);
    expect(server.lists.length - first).toBe(2);
    expect(reflector.stuck()).toBeUndefined();
    await end();
  });

  it('a watch that is silent past its own end is given up and resumed', async () => {
    const { server, clock, store, end } = reflectorRig(() => 0);
    await clock.advanceAsync(0);
    server.sendLine = () => {};
    await clock.advanceAsync(329_999);
    expect(server.watches).toHaveLength(1);
    await clock.advanceAsync(1_000);
    expect(server.watches).toHaveLength(2);
    server.put('late', 1);
    await clock.advanceAsync(0);
    expect(store.get('late')).toBeDefined();
    await end();
  });

  it('a watch the server does not agree to is given up after 30 s', async () => {
    const { server, clock, end } = reflectorRig(() => 0);
    const request = server.request.bind(server);
    server.request = async (call) => {
      const answer = await request(call);
      server.trouble('freeze');
      return answer;
    };
    await clock.advanceAsync(29_999);
    expect(server.watches).toHaveLength(1);
    await clock.advanceAsync(1_000);
    expect(server.watches).toHaveLength(2);
    await end();
  });

  it('a stream that ends at once again and again is not asked for without pause', async () => {
    const { server, clock, end } = reflectorRig();
    await clock.advanceAsync(0);
    for (let n = 0; n < 100; n++) {
      server.endWatches();
      await clock.advanceAsync(100);
    }
    expect(server.watches.length).toBeLessThan(10);
    await end();
  });

  it('shows a lost server after a minute, not before', async () => {
    const { server, clock, reflector, end } = reflectorRig();
    await clock.advanceAsync(6_000);
    for (let n = 0; n < 40; n++) server.trouble('drop');
    server.dropWatches();
    await clock.advanceAsync(30_000);
    expect(reflector.problem()).toBeUndefined();
    await clock.advanceAsync(31_000);
    expect(reflector.problem()).toBe('things: watch /things: connection refused');
    expect(reflector.ageMs()).toBeGreaterThan(60_000);
    await end();
  });

  it('a quiet watch after a failure is no problem', async () => {
    const { server, clock, reflector, end } = reflectorRig();
    await clock.advanceAsync(0);
    server.dropWatches();
    await clock.advanceAsync(120_000);
    expect(server.openWatches).toBe(1);
    expect(reflector.problem()).toBeUndefined();
    await end();
  });

  it('says when the loop itself stands still', async () => {
    const { clock, reflector, end } = reflectorRig(() => 0);
    await clock.advanceAsync(0);
    expect(reflector.stuck()).toBeUndefined();
    clock.advance(16 * 60_000); // nothing that waits for a promise runs
    expect(reflector.stuck()).toBe('things: nothing happened for 955 s');
    await end();
  });

  describe('objects that cannot be read', () => {
    it('hurt no other, are counted, and keep what was last known of them', async () => {
      const { server, clock, store, metrics, end } = reflectorRig();
      server.put('a', 1);
      server.putBroken('b');
      await clock.advanceAsync(0);
      expect(store.list().map((thing) => thing.name)).toEqual(['a']);
      expect([...store.unreadable]).toEqual([['b', 'uid-2']]);

      server.putBroken('a');
      server.put('c', 3);
      await clock.advanceAsync(0);
      expect(store.get('a')?.value).toBe(1);
      expect(store.get('c')?.value).toBe(3);
      expect(store.unreadable.size).toBe(2);
      expect(await metrics.text()).toContain('portolan_reflector_unreadable_objects{resource="things"} 2');

      server.expireWatches();
      await clock.advanceAsync(1_000);
      expect(store.get('a')?.value).toBe(1);
      server.put('a', 2);
      server.put('b', 2);
      await clock.advanceAsync(0);
      expect(store.unreadable.size).toBe(0);
      expect(held(store)).toEqual(truth(server));
      await end();
    });

    it('are gone when they are deleted, and when another object has their name', async () => {
      const { server, clock, store, end } = reflectorRig();
      server.put('a', 1);
      server.put('b', 1);
      await clock.advanceAsync(0);
      server.putBroken('a');
      server.remove('a');
      server.remove('b');
      server.putBroken('b');
      await clock.advanceAsync(0);
      expect(store.size).toBe(0);
      expect([...store.unreadable.keys()]).toEqual(['b']);
      await end();
    });

    it('an event without a name, or of an unknown type, stops nothing', async () => {
      const { server, clock, store, end } = reflectorRig();
      await clock.advanceAsync(0);
      server.sendLine(JSON.stringify({ type: 'DELETED', object: {} }));
      server.sendLine(JSON.stringify({ type: 'ADDED', object: { metadata: {} } }));
      server.sendLine(JSON.stringify({ type: 'SURPRISE', object: {} }));
      await clock.advanceAsync(1_000);
      server.put('a', 1);
      await clock.advanceAsync(0);
      expect(store.get('a')?.value).toBe(1);
      await end();
    });

    it('a line that is no JSON is passed by resuming; the third in a row by a new list', async () => {
      const { server, clock, end } = reflectorRig();
      await clock.advanceAsync(0);
      for (let n = 0; n < 3; n++) {
        server.sendLine('{"type":"ADDED","obj');
        await clock.advanceAsync(2_100);
      }
      expect(server.lists).toHaveLength(2);
      await end();
    });
  });
});
