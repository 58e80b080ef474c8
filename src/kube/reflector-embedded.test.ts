import { afterEach, describe, expect, it } from 'vitest';
import { directTransport } from '../conformance/direct-transport.ts';
import { ManualClock, systemClock, type Clock } from '../clock.ts';
import { EmbeddedApi } from '../embedded/api.ts';
import { serveHttp } from '../embedded/http-door.ts';
import { silentLog } from '../log.ts';
import { noMetrics } from '../metrics.ts';
import type { NodeView } from '../model/service-view.ts';
import { KubeClient } from './client.ts';
import { plainEndpoint } from './endpoint.ts';
import { HttpTransport } from './http-transport.ts';
import { allNodes } from './paths.ts';
import { projectNode } from './projection.ts';
import { Reflector } from './reflector.ts';
import { Store } from './store.ts';
import type { KubeTransport } from './transport.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const forever = new AbortController().signal;
const node = (name: string) => ({ apiVersion: 'v1', kind: 'Node', metadata: { name } });

function follow(transport: KubeTransport, clock: Clock) {
  const client = new KubeClient({ transport, clock });
  const store = new Store<NodeView>(silentLog);
  const parts = { client, path: allNodes, resource: 'nodes', project: projectNode, store, clock, log: silentLog, metrics: noMetrics };
  const reflector = new Reflector({ ...parts, random: () => 0.5 });
  const stop = new AbortController();
  const running = reflector.run(stop.signal);
  closers.push(async () => {
    stop.abort(new Error('test over'));
    await running;
  });
  const names = () =>
    store
      .list()
      .map((one) => one.name)
      .sort();
  /** Resolves with the next change that leaves the store like this. */
  const becomes = (...wanted: string[]) =>
    new Promise<void>((resolve) => {
      const check = () => {
        if (names().join() !== wanted.join()) return;
        leave();
        resolve();
      };
      const leave = store.onChange(check);
      check();
    });
  return { client, store, reflector, names, becomes };
}

describe('the embedded API by its direct door, in virtual time', () => {
  function rig() {
    const clock = new ManualClock();
    const api = new EmbeddedApi({ clock });
    return { api, clock, ...follow(directTransport(api), clock) };
  }

  it('is followed through drops, expiry, refusals and frost', async () => {
    const { api, clock, client, names, reflector } = rig();
    await client.create(allNodes, node('a'), forever);
    await clock.advanceAsync(0);
    expect(names()).toEqual(['a']);

    api.faults.dropWatches();
    await client.create(allNodes, node('b'), forever);
    await clock.advanceAsync(2_000);
    expect(names()).toEqual(['a', 'b']);

    await client.delete(`${allNodes}/a`, forever);
    api.compact();
    api.faults.expireWatches();
    await clock.advanceAsync(2_000);
    expect(names()).toEqual(['b']);

    api.faults.add({ kind: 'status', code: 429, retryAfterSeconds: 3, times: 1 });
    api.faults.dropWatches();
    await clock.advanceAsync(10_000);
    api.faults.add({ kind: 'freeze', times: 1, match: { path: /watch=true/ } });
    api.faults.dropWatches();
    await clock.advanceAsync(31_000);
    await client.create(allNodes, node('c'), forever);
    await clock.advanceAsync(2_000);
    expect(names()).toEqual(['b', 'c']);
    expect(reflector.problem()).toBeUndefined();
  });

  it('a quiet watch stays open', async () => {
    const { api, clock } = rig();
    await clock.advanceAsync(0);
    api.clearLog();
    await clock.advanceAsync(120_000);
    expect(api.watchCount).toBe(1);
    expect(api.log).toEqual([]);
  });
});

describe('the embedded API over HTTP', () => {
  it('is followed through broken connections, a restart and expiry', async () => {
    const api = new EmbeddedApi({ clock: systemClock });
    let door = await serveHttp(api, { host: '127.0.0.1', port: 0 });
    closers.push(() => door.close());
    const transport = new HttpTransport(plainEndpoint(door.url), 'portolan/test');
    closers.push(() => transport.close());
    const { becomes } = follow(transport, systemClock);
    // Another client, whose connections nobody breaks.
    const client = new KubeClient({ transport: directTransport(api), clock: systemClock });
    await client.create(allNodes, node('a'), forever);
    await becomes('a');

    door.dropConnections();
    await client.create(allNodes, node('b'), forever);
    await becomes('a', 'b');

    await door.close();
    await client.delete(`${allNodes}/a`, forever);
    door = await serveHttp(api, { host: '127.0.0.1', port: door.port });
    await becomes('b');

    api.faults.add({ kind: 'drop', when: 'before', times: 2, match: { path: /watch=true/ } });
    api.faults.expireWatches();
    await client.delete(`${allNodes}/b`, forever);
    api.compact();
    await becomes();
  });
});
