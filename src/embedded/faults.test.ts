import { expect, test } from 'vitest';
import { settle } from '../clock.ts';
import { LbError } from '../errors.ts';
import { nextEvents, serviceNamed, services, testApi } from './client-for-tests.ts';

const never = new AbortController().signal;

test('a drop before leaves nothing done, a drop after leaves it done', async () => {
  const { api, post } = testApi();
  api.faults.add({ kind: 'drop', when: 'before', times: 1 });
  await expect(post(services, serviceNamed('a'))).rejects.toThrow(LbError);
  expect(api.list('', 'v1', 'services')).toHaveLength(0);

  api.faults.add({ kind: 'drop', when: 'after', times: 1 });
  await expect(post(services, serviceNamed('a'))).rejects.toMatchObject({ code: 'ApiUnavailable' });
  expect(api.get('', 'v1', 'services', 'default', 'a')).toBeDefined();
  expect((await post(services, serviceNamed('b'))).status).toBe(201);
});

test('a status fault answers in the place of the server, as often as it says', async () => {
  const { api, get } = testApi();
  const path = `${services}/a`;
  api.faults.add({ kind: 'status', code: 500, match: { method: 'GET', path: /services/ }, times: 1 });
  api.faults.add({ kind: 'status', code: 410, reason: 'Gone', message: 'long ago', retryAfterSeconds: 3, times: 1 });
  api.faults.add({ kind: 'status', code: 418, times: 1 });

  expect((await get(path)).body).toMatchObject({ kind: 'Status', reason: 'InternalError', code: 500 });
  expect((await get(path)).body).toMatchObject({ reason: 'Gone', message: 'long ago', code: 410, details: { retryAfterSeconds: 3 } });
  expect((await get(path)).body).toMatchObject({ reason: 'Unknown', code: 418 });
  expect((await get(path)).status).toBe(404);
});

test('429 is plain text with Retry-After, as of a real server', async () => {
  const { api } = testApi();
  api.faults.add({ kind: 'status', code: 429, match: { where: (request) => request.path.includes('services') } });
  const answer = await api.request({ method: 'GET', path: services });
  expect(answer).toMatchObject({ status: 429, headers: { 'retry-after': '1', 'content-type': 'text/plain; charset=utf-8' } });
});

test('slow requests are carried out when the clock has moved', async () => {
  const { api, clock, post } = testApi();
  api.faults.add({ kind: 'slow', ms: 1000 });
  const posted = post(services, serviceNamed('a'));

  await clock.advanceAsync(999);
  expect(api.get('', 'v1', 'services', 'default', 'a')).toBeUndefined();
  await clock.advanceAsync(1);
  expect((await posted).status).toBe(201);
});

test('frozen requests and watches go on after the thaw', async () => {
  const { api, post } = testApi();
  const stream = api.watch(services, never);
  await settle();
  api.faults.add({ kind: 'freeze', match: { method: 'POST' } });
  const posted = post(services, serviceNamed('a'));
  await settle();
  expect(api.list('', 'v1', 'services')).toHaveLength(0);

  api.faults.freezeWatches();
  api.faults.thaw();
  expect((await posted).status).toBe(201);
  expect(await nextEvents(stream, 1)).toEqual(['ADDED a']);
});

test('what a frozen watch holds back is lost when its connection is', async () => {
  const { api, post } = testApi();
  const seen: string[] = [];
  const reading = (async () => {
    for await (const event of api.watch(services, never)) seen.push(event.type);
  })();
  await settle();
  api.faults.freezeWatches();
  await post(services, serviceNamed('a'));
  await settle();
  expect(seen).toEqual([]);

  api.faults.dropWatches();
  await reading;
  expect(seen).toEqual([]);
  expect(api.watchCount).toBe(0);
});

test('a client that went away while it waited is not served', async () => {
  const { api } = testApi();
  const gone = new AbortController();
  api.faults.add({ kind: 'freeze' });
  const answer = api.answer({ method: 'POST', path: services, body: JSON.stringify(serviceNamed('a')) }, gone.signal);
  gone.abort(new Error('gone'));
  api.faults.clear();

  expect((await answer).kind).toBe('dropped');
  expect(api.list('', 'v1', 'services')).toHaveLength(0);
});

test('watches can be dropped and expired', async () => {
  const { api } = testApi();
  const [dropped, expired] = [api.watch(services, never), api.watch('/api/v1/nodes', never)];
  await settle();
  expect(api.watchCount).toBe(2);
  api.faults.expireWatches();
  expect(await nextEvents(expired, 2)).toEqual(['ERROR -']);
  expect(await nextEvents(dropped, 2)).toEqual(['ERROR -']);

  const again = api.watch(services, never);
  await settle();
  api.faults.dropWatches();
  expect(await nextEvents(again, 1)).toEqual([]);
});

test('an armed fault can be taken back', async () => {
  const { api, get } = testApi();
  const disarm = api.faults.add({ kind: 'status', code: 500, match: { path: '/healthz' } });
  expect((await get('/healthz')).status).toBe(500);
  disarm();
  expect((await get('/healthz')).status).toBe(200);
});
