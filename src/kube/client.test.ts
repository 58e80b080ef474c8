import { describe, expect, it } from 'vitest';
import { ManualClock } from '../clock.ts';
import { LbError } from '../errors.ts';
import { KubeClient } from './client.ts';
import type { KubeRequest, KubeResponse, KubeTransport, KubeWatch } from './transport.ts';

type Answer = Partial<KubeResponse> | (() => Promise<KubeResponse>);

/** Answers from a list; keeps what was asked. */
function scripted(...answers: Answer[]) {
  const asked: KubeRequest[] = [];
  const watched: KubeWatch[] = [];
  let lines: AsyncIterable<string> = (async function* () {})();
  const transport: KubeTransport = {
    request(request) {
      asked.push(request);
      const answer = answers.shift() ?? {};
      return typeof answer === 'function' ? answer() : Promise.resolve({ status: 200, headers: {}, body: '{}', ...answer });
    },
    watch(watch) {
      watched.push(watch);
      return lines;
    },
    close: () => Promise.resolve(),
  };
  const clock = new ManualClock();
  return {
    asked,
    watched,
    clock,
    transport,
    client: new KubeClient({ transport, clock }),
    say: (next: AsyncIterable<string>) => (lines = next),
  };
}

const forever = new AbortController().signal;
const status = (code: number, message: string, more: object = {}): Partial<KubeResponse> => ({
  status: code,
  body: JSON.stringify({ kind: 'Status', code, message, ...more }),
});

async function failure(promise: Promise<unknown>): Promise<LbError> {
  const thrown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (thrown instanceof LbError) return thrown;
  throw new Error(`expected an LbError, got ${String(thrown)}`);
}

describe('verbs', () => {
  it('say who writes and how a patch is meant', async () => {
    const { asked, client } = scripted();
    await client.create('/c', { a: 1 }, forever);
    await client.patch('/p', 'strategic', { a: 1 }, forever);
    await client.patch('/p', 'merge', { a: 1 }, forever);
    await client.patch('/p', 'json', [{ op: 'test' }], forever);
    await client.replace('/r?x=y', { a: 1 }, forever);
    await client.delete('/d', forever, { resourceVersion: '7' });
    await client.get('/g', forever, { timeoutMs: 5 });

    expect(asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /c?fieldManager=portolan',
      'PATCH /p?fieldManager=portolan',
      'PATCH /p?fieldManager=portolan',
      'PATCH /p?fieldManager=portolan',
      'PUT /r?x=y&fieldManager=portolan',
      'DELETE /d',
      'GET /g',
    ]);
    expect(asked.map(({ headers }) => headers?.['content-type'])).toEqual([
      'application/json',
      'application/strategic-merge-patch+json',
      'application/merge-patch+json',
      'application/json-patch+json',
      'application/json',
      'application/json',
      undefined,
    ]);
    expect(asked[5]?.body).toContain('"preconditions":{"resourceVersion":"7"}');
    expect(asked[6]?.timeoutMs).toBe(5);
  });

  it('a client of the leader lane says so at each call', async () => {
    const { asked, clock, transport } = scripted();
    await new KubeClient({ transport, clock, lane: 'leader' }).get('/lease', forever);
    expect(asked[0]?.lane).toBe('leader');
  });
});

describe('answers that are no success', () => {
  it.each<[number, string, string]>([
    [400, 'ApiRejected', 'bug'],
    [401, 'ApiForbidden', 'wait-for-user'],
    [403, 'ApiForbidden', 'wait-for-user'],
    [404, 'ApiNotFound', 'gone'],
    [409, 'ApiConflict', 'retry'],
    [410, 'ApiExpired', 'retry'],
    [422, 'ApiRejected', 'bug'],
    [429, 'ApiThrottled', 'retry-after'],
    [500, 'ApiUnavailable', 'retry'],
    [504, 'ApiUnavailable', 'retry'],
    [302, 'ApiUnavailable', 'retry'],
  ])('%i is %s', async (code, reason, verdict) => {
    const { client } = scripted(status(code, 'because'));
    const error = await failure(client.get('/api/v1/things?limit=1', forever));
    expect([error.code, error.verdict, error.text]).toEqual([reason, verdict, 'GET /api/v1/things: because']);
  });

  it('are one line, whatever the server says', async () => {
    const { client } = scripted(
      status(422, `first\nsecond`),
      status(422, 'x'.repeat(999)),
      { status: 502, body: '<html>' },
      { status: 500, body: '{' },
    );
    expect((await failure(client.get('/t', forever))).text).toBe('GET /t: first');
    expect((await failure(client.get('/t', forever))).text).toHaveLength(308);
    expect((await failure(client.get('/t', forever))).text).toBe('GET /t: the API server answered 502');
    expect((await failure(client.get('/t', forever))).text).toBe('GET /t: the API server answered 500');
  });

  it.each<[string, Partial<KubeResponse>, number | undefined]>([
    ['429 with a header', { status: 429, headers: { 'retry-after': '7' }, body: 'Too many requests' }, 7_000],
    ['429 without', { status: 429, body: '' }, 1_000],
    ['503 with a header', { status: 503, headers: { 'retry-after': '2' } }, 2_000],
    ['504 with details', status(504, 'too large', { details: { retryAfterSeconds: 1 } }), 1_000],
    ['503 with a date', { status: 503, headers: { 'retry-after': 'Fri, 31 Dec 1999 23:59:59 GMT' } }, undefined],
    ['500', { status: 500 }, undefined],
  ])('%s says when to come back', async (_, answer, retryAfterMs) => {
    const { client } = scripted(answer);
    expect((await failure(client.get('/t', forever))).retryAfterMs).toBe(retryAfterMs);
  });

  it.each(['<html>', '[]', 'null'])('200 with %s is no object', async (body) => {
    const { client } = scripted({ body });
    expect((await failure(client.get('/t', forever))).code).toBe('InvalidObject');
  });
});

describe('calls without an answer', () => {
  it.each<[string, string]>([
    ['ECONNREFUSED', 'connection refused'],
    ['UND_ERR_SOCKET', 'the connection was closed'],
    ['CERT_HAS_EXPIRED', "the server's certificate has expired"],
    ['EODD', 'odd things'],
  ])('%s reads well', async (code, text) => {
    const cause = Object.assign(new Error('odd things\nsecond line'), { code });
    const { client } = scripted(
      () => Promise.reject(new TypeError('fetch failed', { cause })),
      () => Promise.reject(cause),
    );
    const wrapped = await failure(client.get('/t', forever));
    expect(wrapped.code).toBe('ApiUnavailable');
    expect((await failure(client.get('/t', forever))).text).toBe(`GET /t: ${text}`);
    if (code !== 'EODD') expect(wrapped.text).toBe(`GET /t: ${text}`);
  });

  it('something thrown that is no error still reads as a failure', async () => {
    const { client } = scripted(
      () => Promise.reject(Object.assign(new Error(''), { code: 'EX' })),
      () => Promise.reject(new Error('')),
    );
    expect((await failure(client.get('/t', forever))).text).toBe('GET /t: EX');
    expect((await failure(client.get('/t', forever))).text).toBe('GET /t: no answer');
  });

  it('a check at the last moment is handed on, and what it throws comes back', async () => {
    const { client, asked } = scripted(() => Promise.reject(new LbError('LeaseLost', 'too late')));
    const lastCheck = () => {};
    expect((await failure(client.patch('/p', 'merge', {}, forever, { lastCheck }))).code).toBe('LeaseLost');
    expect(asked[0]?.lastCheck).toBe(lastCheck);
  });

  it('a frozen server is given up at the deadline, also by a transport that does not care', async () => {
    const { client, clock, asked } = scripted(() => new Promise(() => {}));
    const call = failure(client.get('/t', forever, { timeoutMs: 2_000 }));
    clock.advance(1_999);
    expect(asked[0]?.signal.aborted).toBe(false);
    clock.advance(1);
    expect((await call).text).toBe('GET /t: no answer within 2 s');
    expect(asked[0]?.signal.aborted).toBe(true);
  });

  it("an abort rejects with the signal's own reason, before and during the call", async () => {
    const { client, asked } = scripted(() => new Promise(() => {}));
    const stop = new AbortController();
    const call = client.get('/t', stop.signal);
    stop.abort(new Error('enough'));
    await expect(call).rejects.toThrow('enough');
    await expect(client.get('/t', stop.signal)).rejects.toThrow('enough');
    expect(asked).toHaveLength(1);
  });
});

describe('list', () => {
  it('follows the pages and keeps the version of the snapshot', async () => {
    const { client, asked } = scripted(
      { body: JSON.stringify({ metadata: { resourceVersion: '9', continue: 'a b' }, items: [{ n: 1 }] }) },
      { body: JSON.stringify({ metadata: { resourceVersion: '9' }, items: [{ n: 2 }, 'odd'] }) },
    );
    const { items, resourceVersion } = await client.list('/t?labelSelector=x', forever, (item) => item['n']);
    expect(items).toEqual([1, 2, undefined]);
    expect(resourceVersion).toBe('9');
    expect(asked.map(({ path }) => path)).toEqual(['/t?labelSelector=x&limit=500', '/t?labelSelector=x&limit=500&continue=a%20b']);
  });

  it('reads all again in one answer when the snapshot expired, and only once', async () => {
    const { client, asked } = scripted(
      { body: JSON.stringify({ metadata: { resourceVersion: '9', continue: 'c' }, items: [{ n: 1 }] }) },
      status(410, 'too old'),
      { body: JSON.stringify({ metadata: { resourceVersion: '12' }, items: null }) },
      status(410, 'too old'),
      status(410, 'too old'),
    );
    expect(await client.list('/t', forever, (item) => item)).toEqual({ items: [], resourceVersion: '12' });
    expect(asked[2]?.path).toBe('/t');
    expect((await failure(client.list('/t', forever, (item) => item))).code).toBe('ApiExpired');
    expect(asked).toHaveLength(5);
  });

  it('refuses a list that is none', async () => {
    const { client } = scripted({ body: '{"items":{}}' });
    expect((await failure(client.list('/t', forever, (item) => item))).code).toBe('InvalidObject');
  });
});

describe('watch', () => {
  const from = { resourceVersion: '7', timeoutSeconds: 300 };
  const read = async (events: AsyncIterable<{ type: string }>): Promise<string[]> => {
    const types: string[] = [];
    for await (const event of events) types.push(event.type);
    return types;
  };

  it('gives the events until the stream ends', async () => {
    const { client, watched, say } = scripted();
    say(
      (async function* () {
        yield '{"type":"ADDED","object":{}}';
        yield '{"type":"BOOKMARK","object":{}}';
      })(),
    );
    expect(await read(client.watch('/t', from, forever))).toEqual(['ADDED', 'BOOKMARK']);
    expect(watched[0]?.path).toBe('/t?watch=true&allowWatchBookmarks=true&resourceVersion=7&timeoutSeconds=300');
    expect(watched[0]?.idleMs).toBe(330_000);
  });

  it.each<[string, string, string]>([
    ['an error event', '{"type":"ERROR","object":{"code":410,"message":"too old"}}', 'ApiExpired'],
    ['an error event without a code', '{"type":"ERROR","object":"what"}', 'ApiUnavailable'],
    ['an event of an unknown type', '{"type":"MAYBE","object":{}}', 'InvalidObject'],
    ['an event without an object', '{"type":"ADDED"}', 'InvalidObject'],
    ['half a line', '{"type":"ADD', 'InvalidObject'],
  ])('%s ends it with %s', async (_, line, code) => {
    const { client, say } = scripted();
    say(
      (async function* () {
        yield line;
      })(),
    );
    expect((await failure(read(client.watch('/t', from, forever)))).code).toBe(code);
  });

  it('does not begin after an abort', async () => {
    const { client, watched } = scripted();
    await expect(read(client.watch('/t', from, AbortSignal.abort(new Error('enough'))))).rejects.toThrow('enough');
    expect(watched).toHaveLength(0);
  });

  it('leaves no timer behind when the reader stops', async () => {
    const { client, clock, say } = scripted();
    say(
      (async function* () {
        yield '{"type":"ADDED","object":{}}';
        yield '{"type":"ADDED","object":{}}';
      })(),
    );
    for await (const event of client.watch('/t', from, forever)) {
      expect(event.type).toBe('ADDED');
      break;
    }
    expect(clock.nextDueMs()).toBeUndefined();
  });
});
