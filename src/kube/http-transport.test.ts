import { readFileSync } from 'node:fs';
import { createSecureServer as createHttp2Server } from 'node:http2';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { LbError } from '../errors.ts';
import { plainEndpoint, type Endpoint } from './endpoint.ts';
import { HttpTransport } from './http-transport.ts';

const fixtures = join(import.meta.dirname, '../../test/fixtures/tls');
const pem = (name: string): string => readFileSync(join(fixtures, name), 'utf8');
const forever = new AbortController().signal;
const ask = { method: 'GET', path: '/x', signal: forever, timeoutMs: 5_000 };

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function listen(server: Server, scheme = 'http'): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  return `${scheme}://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}

const serve = (handler: (request: IncomingMessage, response: ServerResponse) => void) => listen(createServer(handler));

function open(endpoint: Endpoint): HttpTransport {
  const transport = new HttpTransport(endpoint, 'portolan/9.9');
  closers.push(() => transport.close());
  return transport;
}

async function linesOf(lines: AsyncIterable<string>): Promise<string[]> {
  const found: string[] = [];
  for await (const line of lines) found.push(line);
  return found;
}

describe('calls', () => {
  it('carry body, headers and name, below the base path', async () => {
    const url = await serve((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        response.writeHead(201, { 'X-Seen': 'yes' });
        response.end(JSON.stringify([request.method, request.url, request.headers['user-agent'], request.headers['content-type'], body]));
      });
    });
    const transport = open(plainEndpoint(`${url}/base`));
    const answer = await transport.request({ ...ask, method: 'POST', path: '/y?z=1', headers: { 'content-type': 'a/b' }, body: '{"ä":1}' });
    expect(answer.status).toBe(201);
    expect(answer.headers['x-seen']).toBe('yes');
    expect(JSON.parse(answer.body)).toEqual(['POST', '/base/y?z=1', 'portolan/9.9', 'a/b', '{"ä":1}']);
  });

  it('use at most 16 connections, and those of the leader are others', async () => {
    const waiting: ServerResponse[] = [];
    let full = () => {};
    const enough = new Promise<void>((resolve) => (full = resolve));
    const server = createServer((request, response) => {
      if (request.url === '/lease') return void response.end('renewed');
      waiting.push(response);
      if (waiting.length === 16) full();
    });
    let connections = 0;
    server.on('connection', () => connections++);
    const transport = open(plainEndpoint(await listen(server)));

    const calls = Array.from({ length: 40 }, () => transport.request(ask));
    await enough;
    const renewal = await transport.request({ ...ask, path: '/lease', lane: 'leader' });
    expect(renewal.body).toBe('renewed');
    expect(connections).toBe(17);

    server.removeAllListeners('request');
    server.on('request', (_: IncomingMessage, response: ServerResponse) => void response.end('late'));
    for (const response of waiting) response.end('late');
    expect((await Promise.all(calls)).every((answer) => answer.body === 'late')).toBe(true);
    expect(connections).toBe(17);
  });

  it("reject with the signal's reason, and when nobody listens", async () => {
    const url = await serve(() => {});
    const stop = new AbortController();
    const call = open(plainEndpoint(url)).request({ ...ask, signal: stop.signal });
    stop.abort(new Error('enough'));
    await expect(call).rejects.toThrow('enough');
    await expect(open(plainEndpoint('http://127.0.0.1:1')).request(ask)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('are looked at once more when all waiting is over, and do not leave where that throws', async () => {
    const waiting: ServerResponse[] = [];
    let full = () => {};
    const enough = new Promise<void>((resolve) => (full = resolve));
    const paths: string[] = [];
    const url = await serve((request, response) => {
      paths.push(request.url ?? '');
      if (request.url !== '/wait') return void response.end('done');
      if (waiting.push(response) === 16) full();
    });
    const transport = open(plainEndpoint(url));
    const before = Array.from({ length: 16 }, () => transport.request({ ...ask, path: '/wait' }));
    await enough;
    const may = { still: true };
    const lastCheck = () => {
      if (!may.still) throw new LbError('LeaseLost', 'too late');
    };
    // Every connection is taken: it waits for one, and meanwhile the Lease is gone.
    const late = transport.request({ ...ask, path: '/late', lastCheck });
    may.still = false;
    for (const response of waiting) response.end();
    await expect(late).rejects.toMatchObject({ code: 'LeaseLost' });
    await Promise.all(before);

    may.still = true;
    expect((await transport.request({ ...ask, path: '/in-time', lastCheck })).body).toBe('done');
    expect(paths.filter((path) => path !== '/wait')).toEqual(['/in-time']);
  });

  it('reject once the transport is closed', async () => {
    const url = await serve((_, response) => void response.end());
    const transport = open(plainEndpoint(url));
    await transport.request(ask);
    await transport.close();
    await expect(transport.request(ask)).rejects.toThrow('closed');
  });
});

describe('credentials', () => {
  const withTokens = (server: string, tokens: string[]): Endpoint & { forgotten: number } => ({
    server,
    forgotten: 0,
    authorize: () => Promise.resolve({ headers: { authorization: `Bearer ${tokens[0]}` }, tls: {} }),
    forget() {
      this.forgotten++;
      tokens.shift();
      return Promise.resolve();
    },
  });
  const guarded = (request: IncomingMessage, response: ServerResponse) => {
    response.writeHead(request.headers.authorization === 'Bearer good' ? 200 : 401);
    response.end('{"type":"ADDED"}\n');
  };

  it('that are refused are dropped and had anew, once', async () => {
    const url = await serve(guarded);
    const endpoint = withTokens(url, ['old', 'good']);
    expect((await open(endpoint).request(ask)).status).toBe(200);
    expect(endpoint.forgotten).toBe(1);
  });

  it('that stay refused are an answer, not a loop', async () => {
    const url = await serve(guarded);
    const endpoint = withTokens(url, ['bad', 'worse', 'good']);
    expect((await open(endpoint).request(ask)).status).toBe(401);
    expect(endpoint.forgotten).toBe(1);
  });

  it('are had anew for a watch as well', async () => {
    const url = await serve(guarded);
    const watch = { path: '/w', signal: forever, idleMs: 5_000, opened: () => {} };
    expect(await linesOf(open(withTokens(url, ['old', 'good'])).watch(watch))).toEqual(['{"type":"ADDED"}']);
  });
});

describe('watches', () => {
  const watch = (signal = forever) => ({ path: '/w', signal, idleMs: 60_000, opened: () => {} });

  it('give whole lines, and say when the server has agreed', async () => {
    const url = await serve((_, response) => {
      response.write('{"a":');
      response.write('1}\n{"b":2}\n');
      response.end();
    });
    let opened = 0;
    const lines = await linesOf(open(plainEndpoint(url)).watch({ ...watch(), opened: () => opened++ }));
    expect(lines).toEqual(['{"a":1}', '{"b":2}']);
    expect(opened).toBe(1);
  });

  it('throw what the status means', async () => {
    const url = await serve((_, response) => {
      response.writeHead(410);
      response.end('{"message":"too old"}');
    });
    const lines = linesOf(open(plainEndpoint(url)).watch(watch()));
    await expect(lines).rejects.toMatchObject({ code: 'ApiExpired', text: 'watch /w: too old' });
    await expect(lines).rejects.toBeInstanceOf(LbError);
  });

  it('throw when the connection breaks, after the lines that came', async () => {
    const url = await serve((request, response) => {
      response.write('{"a":1}\n', () => request.socket.destroy());
    });
    const lines: string[] = [];
    const reading = (async () => {
      for await (const line of open(plainEndpoint(url)).watch(watch())) lines.push(line);
    })();
    await expect(reading).rejects.toMatchObject({ code: 'UND_ERR_SOCKET' });
    expect(lines).toEqual(['{"a":1}']);
  });

  it('let go of the connection when the reader stops', async () => {
    let closed = () => {};
    const gone = new Promise<void>((resolve) => (closed = resolve));
    const url = await serve((request, response) => {
      request.socket.on('close', closed);
      response.write('{"a":1}\n');
    });
    for await (const line of open(plainEndpoint(url)).watch(watch())) {
      expect(line).toBe('{"a":1}');
      break;
    }
    await gone;
  });

  it('do not keep calls waiting, however many there are', async () => {
    let watching = 0;
    let all = () => {};
    const allOpen = new Promise<void>((resolve) => (all = resolve));
    const url = await serve((request, response) => {
      if (request.url !== '/w') return void response.end('answered');
      response.write('{}\n');
      if (++watching === 30) all();
    });
    const transport = open(plainEndpoint(url));
    const stop = new AbortController();
    const watches = Array.from({ length: 30 }, () => linesOf(transport.watch(watch(stop.signal))).catch(() => {}));
    await allOpen;
    expect((await transport.request(ask)).body).toBe('answered');
    stop.abort(new Error('enough'));
    await Promise.all(watches);
  });
});

describe('TLS', () => {
  const serveTls = (name: string) =>
    listen(
      createTlsServer(
        { cert: pem(`${name}.crt`), key: pem(`${name}.key`), requestCert: true, rejectUnauthorized: false },
        (request, response) => {
          const peer =
            'getPeerCertificate' in request.socket ? (request.socket.getPeerCertificate as () => { subject?: { CN?: string } })() : {}; // a TLS socket here
          response.end(peer.subject?.CN ?? 'nobody');
        },
      ),
      'https',
    );
  const endpoint = (server: string, tls: () => object): Endpoint => ({
    server,
    authorize: () => Promise.resolve({ headers: {}, tls: tls() }),
    forget: () => Promise.resolve(),
  });

  it('verifies the server by the given authority', async () => {
    const url = await serveTls('a');
    expect((await open(endpoint(url, () => ({ ca: pem('a.crt') }))).request(ask)).status).toBe(200);
    await expect(open(endpoint(url, () => ({ ca: pem('b.crt') }))).request(ask)).rejects.toMatchObject({
      code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    });
    expect((await open(endpoint(url, () => ({ rejectUnauthorized: false }))).request(ask)).status).toBe(200);
  });

  it('takes up new certificates without a restart, and keeps connections while nothing changes', async () => {
    const url = await serveTls('a');
    let client: string | undefined;
    const cert = () => (client === undefined ? {} : { cert: Buffer.from(pem(`${client}.crt`)), key: Buffer.from(pem(`${client}.key`)) });
    const transport = open(endpoint(url, () => ({ ca: pem('a.crt'), ...cert() })));
    const who = async () => (await transport.request(ask)).body;
    expect(await who()).toBe('nobody');
    client = 'a';
    expect(await who()).toBe('portolan-test-a');
    expect(await who()).toBe('portolan-test-a');
    client = 'b';
    expect(await who()).toBe('portolan-test-b');
  });

  it('speaks HTTP/1.1 where the server would rather speak HTTP/2: one frozen stream must not hold up the others', async () => {
    const server = createHttp2Server({ cert: pem('a.crt'), key: pem('a.key'), allowHTTP1: true }, (request, response) => {
      response.end(request.httpVersion);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closers.push(() => new Promise((resolve) => server.close(() => resolve())));
    const address = server.address();
    const url = `https://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
    expect((await open(endpoint(url, () => ({ ca: pem('a.crt') }))).request(ask)).body).toBe('1.1');
  });

  it('goes through a proxy that is named', async () => {
    const asked: string[] = [];
    const proxy = await serve((request, response) => {
      asked.push(request.url ?? '');
      response.end('by proxy');
    });
    const plain = plainEndpoint('http://api.invalid:8080');
    expect((await open({ ...plain, proxyUrl: proxy }).request(ask)).body).toBe('by proxy');
    expect(asked).toEqual(['http://api.invalid:8080/x']);
    await expect(open({ ...plain, proxyUrl: 'socks5://127.0.0.1:1' }).request(ask)).rejects.toThrow(Error);
  });
});
