import { describe, expect, it } from 'vitest';
import { directTransport } from '../conformance/direct-transport.ts';
import { ManualClock, settle } from '../clock.ts';
import { EmbeddedApi } from '../embedded/api.ts';
import { silentLog } from '../log.ts';
import { noMetrics } from '../metrics.ts';
import type { DocumentEvent } from '../provider.ts';
import { KubeClient } from './client.ts';
import { KubeDocuments } from './documents.ts';

const kind = { group: '', version: 'v1', plural: 'configmaps', kind: 'ConfigMap', namespace: 'default' };
const forever = new AbortController().signal;
const path = '/api/v1/namespaces/default/configmaps';

function rig() {
  const clock = new ManualClock();
  const api = new EmbeddedApi({ clock });
  const client = new KubeClient({ transport: directTransport(api), clock });
  const documents = new KubeDocuments({ client, clock, log: silentLog, metrics: noMetrics, random: () => 0.5 });
  const make = (name: string, value: string) => documents.create(kind, { name, labels: {}, body: { data: { value } } }, forever);
  return { clock, api, client, documents, make };
}

describe('documents', () => {
  it('are made, read, listed and removed', async () => {
    const { documents } = rig();
    const made = await documents.create(kind, { name: 'a', labels: { x: 'y' }, body: { data: { value: '1' } } }, forever);
    expect(made).toMatchObject({ name: 'a', labels: { x: 'y' }, body: { data: { value: '1' } } });
    expect(await documents.get(kind, 'a', forever)).toEqual(made);
    expect(await documents.list(kind, forever)).toEqual([made]);
    await documents.remove(kind, 'a', undefined, forever);
    expect(await documents.get(kind, 'a', forever)).toBeUndefined();
    await documents.remove(kind, 'a', undefined, forever);
  });

  it('are not made twice', async () => {
    const { make } = rig();
    await make('a', '1');
    await expect(make('a', '2')).rejects.toMatchObject({ code: 'ApiConflict' });
  });

  it('are replaced only at their version, and keep the metadata that is none of theirs', async () => {
    const { documents, client, make } = rig();
    const first = await make('a', '1');
    await client.patch(`${path}/a`, 'merge', { metadata: { annotations: { foreign: 'kept' } } }, forever);
    await expect(documents.replace(kind, { ...first, body: { data: { value: '2' } } }, forever)).rejects.toMatchObject({
      code: 'ApiConflict',
    });
    const fresh = (await documents.get(kind, 'a', forever)) ?? expect.fail('it is gone');
    const second = await documents.replace(kind, { ...fresh, labels: { l: 'm' }, body: { data: { value: '2' } } }, forever);
    expect(second).toMatchObject({ uid: first.uid, labels: { l: 'm' }, body: { data: { value: '2' } } });
    expect(second.version).not.toBe(first.version);
    expect(await client.get(`${path}/a`, forever)).toMatchObject({ metadata: { annotations: { foreign: 'kept' } } });
    await documents.remove(kind, 'a', undefined, forever);
    await expect(documents.replace(kind, second, forever)).rejects.toMatchObject({ code: 'ApiNotFound' });
  });

  it('are removed at a version only if they still are at it', async () => {
    const { documents, make } = rig();
    const made = await make('a', '1');
    await expect(documents.remove(kind, 'a', '1', forever)).rejects.toMatchObject({ code: 'ApiConflict' });
    await documents.remove(kind, 'a', made.version, forever);
    expect(await documents.list(kind, forever)).toEqual([]);
  });

  it('of a group of their own, without a namespace', async () => {
    const { documents } = rig();
    const pools = { group: 'portolan.dev', version: 'v1alpha1', plural: 'pools', kind: 'Pool' };
    const made = await documents.create(pools, { name: 'p', labels: {}, body: { spec: { range: '192.0.2.0/24' } } }, forever);
    expect(made.body).toEqual({ spec: { range: '192.0.2.0/24' } });
  });

  it('other failures pass through', async () => {
    const { documents, api } = rig();
    api.faults.add({ kind: 'status', code: 403, times: 2 });
    await expect(documents.get(kind, 'a', forever)).rejects.toMatchObject({ code: 'ApiForbidden' });
    await expect(documents.remove(kind, 'a', undefined, forever)).rejects.toMatchObject({ code: 'ApiForbidden' });
  });
});

describe('a watch of documents', () => {
  const short = (event: DocumentEvent): string =>
    event.type === 'synced' ? 'synced' : `${event.type} ${event.document.name}=${JSON.stringify(event.document.body['data'])}`;

  async function watched() {
    const all = rig();
    await all.make('a', '1');
    const stop = new AbortController();
    const seen: string[] = [];
    const reading = (async () => {
      for await (const event of all.documents.watch(kind, stop.signal)) seen.push(short(event));
    })();
    const end = async () => {
      stop.abort(new Error('enough'));
      await settle();
      await reading;
    };
    return { ...all, seen, end };
  }

  it('tells what is there, that this was all, and then every change', async () => {
    const { make, clock, documents, seen, end } = await watched();
    await clock.advanceAsync(0);
    await make('b', '2');
    await documents.remove(kind, 'a', undefined, forever);
    await clock.advanceAsync(0);
    expect(seen).toEqual(['added a={"value":"1"}', 'synced', 'added b={"value":"2"}', 'removed a={"value":"1"}']);
    await end();
  });

  it('has no gap where the server has forgotten what happened', async () => {
    const { api, make, clock, client, documents, seen, end } = await watched();
    for (const name of ['b', 'c']) await make(name, '1');
    await clock.advanceAsync(0);
    seen.length = 0;

    api.faults.add({ kind: 'drop', when: 'before', times: 1, match: { path: /watch=true/ } });
    api.faults.dropWatches();
    await settle();
    await documents.remove(kind, 'a', undefined, forever);
    await client.patch(`${path}/b`, 'merge', { data: { value: '2' } }, forever);
    await client.patch(`${path}/b`, 'merge', { data: { value: '3' } }, forever);
    await documents.remove(kind, 'c', undefined, forever);
    await make('c', '9');
    api.compact();
    await clock.advanceAsync(5_000);

    expect(seen).toEqual(['removed a={"value":"1"}', 'changed b={"value":"3"}', 'removed c={"value":"1"}', 'added c={"value":"9"}']);
    await end();
  });

  it('ends when its reader leaves, and does not begin after an abort', async () => {
    const { api, make, clock, documents } = rig();
    await make('a', '1');
    const leaving = (async () => {
      for await (const event of documents.watch(kind, forever)) if (event.type === 'synced') break;
    })();
    await clock.advanceAsync(0);
    await leaving;
    await settle();
    expect(api.watchCount).toBe(0);
    api.clearLog();
    for await (const event of documents.watch(kind, AbortSignal.abort(new Error('enough')))) expect.fail(event.type);
    expect(api.log).toEqual([]);
  });
});
