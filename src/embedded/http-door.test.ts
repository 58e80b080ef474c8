import { afterEach, expect, test } from 'vitest';
import { settle } from '../clock.ts';
import { serviceNamed, services, testApi } from './client-for-tests.ts';
import { serveHttp, type HttpDoor } from './http-door.ts';
import type { WatchEvent } from './watch-stream.ts';

const open: HttpDoor[] = [];
afterEach(async () => {
  for (const door of open.splice(0)) await door.close();
});

async function served() {
  const client = testApi();
  const door = await serveHttp(client.api, { host: '127.0.0.1', port: 0 });
  open.push(door);
  const create = (name: string) =>
    fetch(`${door.url}${services}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(serviceNamed(name)),
    });
  return { ...client, door, create };
}

/** The events of an HTTP watch, read line by line. */
async function* lines(response: Response): AsyncGenerator<WatchEvent> {
  let rest = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    const parts = `${rest}${decoder.decode(chunk as Uint8Array, { stream: true })}`.split('\n'); // bodies are bytes
    rest = parts.pop() ?? '';
    for (const part of parts) yield JSON.parse(part) as WatchEvent; // what a watch writes
  }
}

test('answers where the path is an odd one', async () => {
  const { door, create } = await served();
  await create('a');
  expect((await fetch(`${door.url}//`)).status).not.toBe(200);
  expect((await fetch(`${door.url}/${services}/a`)).status).toBe(200);
});

test('reads protobuf of kinds it knows', async () => {
  const { door, get } = await served();
  const headers = { 'content-type': 'application/vnd.kubernetes.protobuf' };
  const meta = Buffer.from('\x0a\x0f\x0a\x02v1\x12\x09Namespace');
  const team = Buffer.from('\x12\x08\x0a\x06\x0a\x04team');
  const body = Buffer.concat([Buffer.from('k8s\0'), meta, team]);
  expect((await fetch(`${door.url}/api/v1/namespaces`, { method: 'POST', headers, body })).status).toBe(201);
  expect((await get('/api/v1/namespaces/team')).status).toBe(200);
});

test('says what kubectl can do whose command speaks protobuf', async () => {
  const { door } = await served();
  const headers = { 'content-type': 'application/vnd.kubernetes.protobuf' };
  const answer = await fetch(`${door.url}${services}`, { method: 'POST', headers, body: 'k8s\0' });
  expect(await answer.json()).toMatchObject({ code: 415, message: expect.stringContaining('kubectl apply') });
});

test('answers over HTTP as through the direct door', async () => {
  const { door, create, get } = await served();
  const created = await create('a');
  expect(created.status).toBe(201);

  const listed = await fetch(`${door.url}${services}?limit=1`);
  expect(listed.headers.get('content-type')).toBe('application/json');
  expect(await listed.json()).toEqual((await get(`${services}?limit=1`)).body);
  expect((await fetch(`${door.url}/nowhere`)).status).toBe(404);
});

test('a watch is a stream of lines that begins at once and ends with the client', async () => {
  const { api, door, create } = await served();
  const stop = new AbortController();
  const response = await fetch(`${door.url}${services}?watch=true`, { signal: stop.signal });
  expect(response.status).toBe(200);
  await create('a');
  await create('b');

  const events = lines(response);
  expect([(await events.next()).value, (await events.next()).value]).toMatchObject([
    { type: 'ADDED', object: { metadata: { name: 'a' } } },
    { type: 'ADDED', object: { metadata: { name: 'b' } } },
  ]);
  expect(api.watchCount).toBe(1);
  stop.abort();
  while (api.watchCount > 0) await settle();
});

test('many events to a slow reader arrive, all and in order', async () => {
  const { api, door, post } = await served();
  const response = await fetch(`${door.url}${services}?watch=true`);
  const filler = 'x'.repeat(50_000);
  for (let index = 0; index < 100; index++) await post(services, serviceNamed(`s${index}`, {}, { annotations: { filler } }));
  await settle();
  api.faults.dropWatches();

  const names: unknown[] = [];
  for await (const event of lines(response)) names.push((event.object as { metadata: { name: string } }).metadata.name); // Services
  expect(names).toEqual(Array.from({ length: 100 }, (_, index) => `s${index}`));
});

test('a dropped request finds its connection closed', async () => {
  const { api, door, create } = await served();
  api.faults.add({ kind: 'drop', when: 'after', times: 1 });
  await expect(create('a')).rejects.toThrow('fetch failed');
  expect((await fetch(`${door.url}${services}/a`)).status).toBe(200);
});

test('connections can be dropped, and new ones are served', async () => {
  const { api, door } = await served();
  const response = await fetch(`${door.url}${services}?watch=true`);
  door.dropConnections();
  await expect(response.text()).rejects.toThrow();
  while (api.watchCount > 0) await settle();
  expect((await fetch(`${door.url}/readyz`)).status).toBe(200);
});

test('a defect closes the connection instead of hanging', async () => {
  const { api } = testApi();
  api.answer = () => Promise.reject(new Error('defect'));
  const door = await serveHttp(api, { host: '127.0.0.1', port: 0 });
  open.push(door);
  await expect(fetch(`${door.url}/healthz`)).rejects.toThrow('fetch failed');
});

test('names its address, IPv6 in brackets', async () => {
  const { api } = testApi();
  const door = await serveHttp(api, { host: '::1', port: 0 });
  open.push(door);
  expect(door.url).toBe(`http://[::1]:${door.port}`);
});
