import { describe, expect, it } from 'vitest';
import type { Trouble } from '../../test/history-server.ts';
import { held, reflectorRig, truth } from '../../test/reflector-rig.ts';

const middle = () => 0.5;

describe('a server that streams what there is (WatchList)', () => {
  it('is asked for everything in one watch, and never for a list', async () => {
    const { server, clock, store, end } = reflectorRig(middle, 'served');
    for (let n = 0; n < 7; n++) server.put(`t${n}`, n);
    await clock.advanceAsync(0);
    expect(store.synced).toBe(true);
    server.put('t1', 10);
    server.remove('t2');
    await clock.advanceAsync(0);

    expect(held(store)).toEqual(truth(server));
    expect(server.lists).toEqual([]);
    expect(server.watches).toEqual([]);
    expect(server.streams).toEqual([
      '/things?watch=true&allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&timeoutSeconds=450',
    ]);
    await end();
  });

  it('shows nothing before it has said that this was all', async () => {
    const { server, clock, store, reflector, end } = reflectorRig(middle, 'unmarked');
    server.put('a', 1);
    await clock.advanceAsync(0);
    server.put('b', 1);
    server.put('a', 2);
    server.remove('b');
    await clock.advanceAsync(10_000);
    expect(store.size).toBe(0);
    expect(reflector.hasSynced).toBe(false);
    expect(reflector.problem()).toBe('things: the first list is not complete');

    server.sendLine(
      JSON.stringify({
        type: 'BOOKMARK',
        object: { metadata: { resourceVersion: server.version, annotations: { 'k8s.io/initial-events-end': 'true' } } },
      }),
    );
    await clock.advanceAsync(0);
    expect(held(store)).toEqual(truth(server));
    expect(reflector.hasSynced).toBe(true);
    await end();
  });

  it('says so twice, and nothing comes of it', async () => {
    const { server, clock, store, end } = reflectorRig(middle, 'served');
    server.put('a', 1);
    await clock.advanceAsync(0);
    const metadata = { resourceVersion: server.version, annotations: { 'k8s.io/initial-events-end': 'true' } };
    server.sendLine(JSON.stringify({ type: 'BOOKMARK', object: { metadata } }));
    await clock.advanceAsync(0);
    expect(store.unreadable.size).toBe(0);
    expect(held(store)).toEqual(truth(server));
    await end();
  });

  it('is resumed by the version of the mark', async () => {
    const { server, clock, store, end } = reflectorRig(middle, 'served');
    server.put('a', 1);
    await clock.advanceAsync(6_000);
    server.endWatches();
    server.remove('a');
    await clock.advanceAsync(1_000);
    expect(server.watches[0]).toContain('resourceVersion=101&');
    expect(server.streams).toHaveLength(1);
    expect(store.size).toBe(0);
    await end();
  });

  it.each(['at the start of a watch', 'in mid-stream'])(
    '410 %s: everything is streamed again, and what was missed is told',
    async (where) => {
      const { server, clock, store, chain, end } = reflectorRig(middle, 'served');
      server.put('a', 1);
      server.put('b', 1);
      await clock.advanceAsync(6_000);
      if (where === 'in mid-stream') server.expireWatches();
      else server.endWatches();
      server.remove('a');
      server.put('a', 2);
      server.remove('b');
      server.compact();
      await clock.advanceAsync(2_000);

      expect(held(store)).toEqual(truth(server));
      expect(server.streams).toHaveLength(2);
      expect(server.lists).toEqual([]);
      expect(chain.seen.some((change) => change.old?.uid === 'uid-1' && change.new === undefined)).toBe(true);
      await end();
    },
  );

  it.each<[string, Trouble]>([
    ['a closed port', 'drop'],
    ['429 with Retry-After', { status: 429, retryAfter: 4 }],
    ['503', { status: 503 }],
    ['a frozen server', 'freeze'],
  ])('%s at the first stream: says so, and lists once instead when it is over', async (_, trouble) => {
    const { server, clock, store, reflector, end } = reflectorRig(middle, 'served');
    server.put('a', 1);
    server.trouble(trouble);
    await clock.advanceAsync(trouble === 'freeze' ? 30_000 : 0);
    expect(reflector.problem()).toMatch(/^things: watch/);
    await clock.advanceAsync(10_000);
    expect(held(store)).toEqual(truth(server));
    expect(server.lists).toHaveLength(1);

    server.compact();
    server.expireWatches();
    await clock.advanceAsync(1_000);
    expect(server.streams).toHaveLength(2);
    await end();
  });

  it('streams that expire at once are not asked for without pause', async () => {
    const { server, clock, end } = reflectorRig(middle, 'served');
    await clock.advanceAsync(0);
    for (let n = 0; n < 50; n++) {
      server.compact();
      server.expireWatches();
      await clock.advanceAsync(10);
    }
    expect(server.streams.length + server.lists.length).toBeLessThan(10);
    await end();
  });

  it('an object that cannot be read is kept apart, one that has no name is counted', async () => {
    const { server, clock, store, metrics, end } = reflectorRig(middle, 'served');
    server.put('a', 1);
    server.putBroken('b');
    server.objects.set('nameless', { metadata: {}, value: 1 });
    await clock.advanceAsync(0);
    expect(store.list().map((thing) => thing.name)).toEqual(['a']);
    expect([...store.unreadable]).toEqual([
      ['b', 'uid-2'],
      ['', undefined],
    ]);
    expect(await metrics.text()).toContain('portolan_reflector_lists_total{resource="things"} 1');
    await end();
  });
});

describe('a server that does not', () => {
  it('and says so is listed in pages at once, and never asked again', async () => {
    const { server, clock, store, reflector, end } = reflectorRig(middle, 'refused');
    for (let n = 0; n < 7; n++) server.put(`t${n}`, n);
    await clock.advanceAsync(0);
    expect(held(store)).toEqual(truth(server));
    expect(server.lists).toHaveLength(3);
    expect(reflector.problem()).toBeUndefined();

    server.compact();
    server.expireWatches();
    await clock.advanceAsync(2_000);
    expect(server.lists).toHaveLength(6);
    expect(server.streams).toHaveLength(1);
    await end();
  });

  it('and never says that this was all is listed in pages after half a minute of silence', async () => {
    const { server, clock, store, reflector, end } = reflectorRig(middle, 'unmarked');
    server.put('a', 1);
    await clock.advanceAsync(20_000);
    server.put('b', 1); // still coming
    await clock.advanceAsync(29_999);
    expect(server.lists).toEqual([]);
    await clock.advanceAsync(1);
    expect(reflector.problem()).toBe('things: watch /things: the server does not say that this was all');
    await clock.advanceAsync(1_000);
    expect(held(store)).toEqual(truth(server));
    expect(server.lists).toHaveLength(1);
    await end();
  });

  it('a mark without a version is none', async () => {
    const { server, clock, store, end } = reflectorRig(middle, 'unmarked');
    server.put('a', 1);
    await clock.advanceAsync(0);
    server.sendLine(JSON.stringify({ type: 'BOOKMARK', object: { metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } } } }));
    await clock.advanceAsync(0);
    expect(store.synced).toBe(false);
    await clock.advanceAsync(1_000);
    expect(held(store)).toEqual(truth(server));
    expect(server.lists).toHaveLength(1);
    await end();
  });
});
