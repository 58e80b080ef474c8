import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { settle } from '../clock.ts';
import { nextEvents, serviceNamed, services, testApi } from './client-for-tests.ts';
import type { WatchEvent } from './watch-stream.ts';

const never = new AbortController().signal;
const typeOf = (line: string) => (JSON.parse(line) as WatchEvent).type; // a line of a watch

describe('a watch', () => {
  test('begins with what there is, then follows', async () => {
    const { api, post, patch, remove } = testApi();
    await post(services, serviceNamed('a'));

    const stream = api.watch(services, never);
    await post(services, serviceNamed('b'));
    await patch(`${services}/a`, { metadata: { labels: { x: 'y' } } });
    await remove(`${services}/b`);

    expect(await nextEvents(stream, 4)).toEqual(['ADDED a', 'ADDED b', 'MODIFIED a', 'DELETED b']);
  });

  test('from a version sees what came after it', async () => {
    const { api, post } = testApi();
    const { body } = await post(services, serviceNamed('a'));
    await post(services, serviceNamed('b'));

    const { resourceVersion } = body['metadata'] as { resourceVersion: string }; // a stored Service
    expect(await nextEvents(api.watch(`${services}?resourceVersion=${resourceVersion}`, never), 1)).toEqual(['ADDED b']);
  });

  test('from before compaction is one 410 and ends', async () => {
    const { api, post } = testApi();
    await post(services, serviceNamed('a'));
    api.compact();
    await post(services, serviceNamed('b'));

    const events: WatchEvent[] = [];
    for await (const event of api.watch(`${services}?resourceVersion=1`, never)) events.push(event);
    expect(events).toMatchObject([{ type: 'ERROR', object: { code: 410, reason: 'Expired' } }]);
  });

  test('with a selector shows what enters it as added and what leaves it as deleted', async () => {
    const { api, post, patch } = testApi();
    const stream = api.watch(`${services}?labelSelector=on%3Dyes`, never);
    await post(services, serviceNamed('a'));
    await patch(`${services}/a`, { metadata: { labels: { on: 'yes' } } });
    await patch(`${services}/a`, { metadata: { labels: { more: 'x' } } });
    await patch(`${services}/a`, { metadata: { labels: { on: 'no' } } });

    expect(await nextEvents(stream, 3)).toEqual(['ADDED a', 'MODIFIED a', 'DELETED a']);
  });

  test('of one namespace, or of one name, sees no other', async () => {
    const { api, post } = testApi();
    const inNamespace = api.watch(services, never);
    const byName = api.watch(`${services}/b`, never);
    await post('/api/v1/namespaces/kube-system/services', serviceNamed('b'));
    await post(services, serviceNamed('a'));
    await post(services, serviceNamed('b'));

    expect(await nextEvents(inNamespace, 2)).toEqual(['ADDED a', 'ADDED b']);
    expect(await nextEvents(byName, 1)).toEqual(['ADDED b']);
  });

  test('that asks for it gets the initial state marked with a bookmark', async () => {
    const { api, post } = testApi();
    await post(services, serviceNamed('a'));
    const query = 'sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';

    const events: WatchEvent[] = [];
    for await (const event of api.watch(`${services}?${query}`, never)) {
      events.push(event);
      if (event.type === 'BOOKMARK') break;
    }
    expect(events.map((event) => event.type)).toEqual(['ADDED', 'BOOKMARK']);
    expect(events[1]?.object).toEqual({
      kind: 'Service',
      apiVersion: 'v1',
      metadata: { resourceVersion: '5', annotations: { 'k8s.io/initial-events-end': 'true' } },
      spec: {},
      status: { loadBalancer: {} },
    });
  });

  test('that does not want the initial state gets only what follows', async () => {
    const { api, post } = testApi();
    await post(services, serviceNamed('a'));
    const stream = api.watch(`${services}?sendInitialEvents=false&resourceVersionMatch=NotOlderThan`, never);
    await post(services, serviceNamed('b'));

    expect(await nextEvents(stream, 1)).toEqual(['ADDED b']);
  });

  test('gets a bookmark each minute and before its end, and ends in its time', async () => {
    const { api, clock } = testApi();
    const whole = api.request({ method: 'GET', path: `${services}?watch=1&allowWatchBookmarks=true&timeoutSeconds=130` });
    await clock.advanceAsync(130_000);

    const { body } = await whole;
    expect(
      body
        .trim()
        .split('\n')
        .map((line) => typeOf(line)),
    ).toEqual(['BOOKMARK', 'BOOKMARK', 'BOOKMARK']);
    expect(api.watchCount).toBe(0);
    expect(clock.nextDueMs()).toBeUndefined();
  });

  test('ends with its reader, and with the signal, also when nobody reads', async () => {
    const { api, post } = testApi();
    await post(services, serviceNamed('a'));
    const stop = new AbortController();
    const unread = api.watch(services, stop.signal);
    await nextEvents(api.watch(services, never), 1);
    await settle();
    expect(api.watchCount).toBe(1);

    stop.abort(new Error('enough'));
    expect(api.watchCount).toBe(0);
    expect(await nextEvents(unread, 5)).toEqual(['ADDED a']);
    expect(await nextEvents(api.watch(services, stop.signal), 5)).toEqual(['ADDED a']);
  });

  test('of what is not there is one ERROR with the Status', async () => {
    const { api } = testApi();
    const events: WatchEvent[] = [];
    for await (const event of api.watch('/api/v1/namespaces/default/wonders', never)) events.push(event);
    for await (const event of api.watch('/apis/none.example.com/v1/wonders', never)) events.push(event);

    expect(events).toMatchObject([
      { type: 'ERROR', object: { code: 404, reason: 'NotFound' } },
      { type: 'ERROR', object: { code: 404, message: '404 page not found' } },
    ]);
  });
});

test('list and watch from its version show the same as a list later, from whatever point', async () => {
  const step = fc.record({
    name: fc.constantFrom('a', 'b', 'c'),
    act: fc.constantFrom('create', 'label', 'delete'),
    value: fc.stringMatching(/^[a-z]{1,4}$/),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 20 }), fc.nat(20), async (script, listAt) => {
      const { api, get, post, patch, remove } = testApi();
      const known = new Map<string, unknown>();
      let stream: AsyncIterable<WatchEvent> | undefined;
      const stop = new AbortController();
      for (const [index, { name, act, value }] of [...script, { name: 'end', act: 'create', value: 'x' }].entries()) {
        if (index === Math.min(listAt, script.length)) {
          const { body } = await get(services);
          for (const item of body['items'] as { metadata: { name: string } }[]) known.set(item.metadata.name, item); // a list of Services
          const { resourceVersion } = body['metadata'] as { resourceVersion: string }; // a list has one
          stream = api.watch(`${services}?resourceVersion=${resourceVersion}`, stop.signal);
        }
        if (act === 'create') await post(services, serviceNamed(name));
        else if (act === 'label') await patch(`${services}/${name}`, { metadata: { labels: { l: value } } });
        else await remove(`${services}/${name}`);
      }
      stop.abort(new Error('enough'));
      for await (const { type, object } of stream ?? []) {
        const { kind: _kind, apiVersion: _version, ...item } = object;
        const { name } = item['metadata'] as { name: string }; // a Service
        if (type === 'DELETED') known.delete(name);
        else known.set(name, item);
      }

      const { body } = await get(services);
      expect([...known.keys()].sort().map((name) => known.get(name))).toEqual(body['items']);
    }),
    { numRuns: 40 },
  );
});
