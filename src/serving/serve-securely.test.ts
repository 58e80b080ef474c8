import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import { Agent, type AgentOptions } from 'node:https';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type ConnectionOptions } from 'node:tls';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { httpsGet } from '../../test/fixtures/https-get.ts';
import { keptLog, reviewApi } from '../../test/fixtures/review-api.ts';
import { ManualClock } from '../clock.ts';
import { Health } from '../health.ts';
import { KubeClient } from '../kube/client.ts';
import { MetricsRegistry } from '../metrics.ts';
import { serveSecurely, type AuthenticationOptions, type SecureServingOptions } from './serve-securely.ts';

const tls = join(import.meta.dirname, '../../test/fixtures/tls');
const pem = (name: string): string => readFileSync(join(tls, name), 'utf8');
const bob = { cert: pem('client.crt'), key: pem('client.key') };

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

function world() {
  const api = reviewApi();
  api.tokens.set('t-bob', { username: 'bob' });
  api.rights.add('bob get /metrics').add('bob get /configz');
  // What OpenSSL checks goes by the real time, so the clock begins there.
  const clock = new ManualClock(Date.now());
  const { log, lines } = keptLog();
  const client = new KubeClient({ transport: api, clock });
  const authentication: AuthenticationOptions = { client, tokenTtlMs: 10_000, lookup: 'required' };
  const options: SecureServingOptions = {
    bindAddress: '127.0.0.1',
    port: 0,
    pairName: 'portolan',
    authentication,
    authorization: { client, allowedTtlMs: 10_000, deniedTtlMs: 10_000 },
    alwaysAllowPaths: ['/healthz', '/readyz', '/livez'],
    health: new Health(),
    metrics: new MetricsRegistry(),
    configz: () => ({ 'portolan.dev': {} }),
    clock,
    log,
  };
  const start = async (more: Partial<SecureServingOptions> = {}) => {
    const serving = await serveSecurely({ ...options, ...more });
    closers.push(() => serving.close());
    return serving;
  };
  return { api, clock, lines, authentication, options, start };
}

/** Asks for `/metrics` on a connection of its own, which would take up the session of an earlier one. */
function askOnce(port: number, options: ConnectionOptions): Promise<{ session: Buffer; reused: boolean; answer: string }> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false, ...options });
    let session: Buffer = Buffer.alloc(0);
    let text = '';
    socket.on('session', (ticket: Buffer) => (session = ticket));
    socket.setEncoding('utf8').on('data', (part: string) => (text += part));
    socket.on('end', () => resolve({ session, reused: socket.isSessionReused(), answer: text.split('\r\n', 1)[0] ?? '' }));
    socket.on('error', reject);
    socket.write('GET /metrics HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n');
  });
}

const oneConnection = (options: AgentOptions = {}): Agent => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1, ...options });
  closers.push(() => Promise.resolve(agent.destroy()));
  return agent;
};

async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'portolan-serving-'));
  closers.push(() => rm(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

describe('over TLS', () => {
  it('nobody gets 401, bob gets 403 or the page, and everybody gets health', async () => {
    const { start } = world();
    const { port } = await start();

    expect(await httpsGet(port, '/metrics')).toMatchObject({
      status: 401,
      headers: {
        'www-authenticate': 'Bearer',
        connection: 'close',
        'cache-control': 'no-cache, private',
        'x-content-type-options': 'nosniff',
      },
    });
    expect(await httpsGet(port, '/nothing', { token: 't-bob' })).toMatchObject({
      status: 403,
      headers: { 'content-type': 'application/json' },
    });
    expect(await httpsGet(port, '/configz', { token: 't-bob' })).toMatchObject({ status: 200, body: '{"portolan.dev":{}}\n' });
    expect(await httpsGet(port, '/healthz?verbose')).toMatchObject({ status: 200, body: '[+]ping ok\nhealthz check passed\n' });
  });

  it('the certificate it made is good for this machine', async () => {
    const { start } = world();
    const { port } = await start();
    const { shown } = await httpsGet(port, '/healthz');

    for (const host of ['127.0.0.1', 'localhost']) {
      expect(await httpsGet(port, '/healthz', { host, family: 4, ca: shown, rejectUnauthorized: true })).toMatchObject({ status: 200 });
    }
    await expect(httpsGet(port, '/healthz', { ca: shown, rejectUnauthorized: true, servername: 'example.com' })).rejects.toMatchObject({
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
    });
  });

  it('versions and suites are as told', async () => {
    const { start } = world();
    const modern = await start({ minVersion: 'VersionTLS13' });
    const chosen = await start({ cipherSuites: ['TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384'] });
    const old = { maxVersion: 'TLSv1.2' } as const;

    await expect(httpsGet(modern.port, '/healthz', old)).rejects.toThrow(/alert protocol version/);
    expect(await httpsGet(modern.port, '/healthz')).toMatchObject({ status: 200 });
    await expect(httpsGet(chosen.port, '/healthz', { ...old, ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' })).rejects.toThrow(
      /handshake failure/,
    );
    expect(await httpsGet(chosen.port, '/healthz', old)).toMatchObject({ status: 200 });
    expect(await httpsGet(chosen.port, '/healthz')).toMatchObject({ status: 200 });
  });

  it.each(['//x', '//x/metrics', '/../metrics', '/./metrics', 'http://elsewhere/metrics', '/metrics#x', '/healthz/../metrics'])(
    '%s is no way round',
    async (path) => {
      const { start } = world();
      const { port } = await start();

      expect(await httpsGet(port, path)).toMatchObject({ status: 401 });
    },
  );

  it('what is no path is answered so', async () => {
    const { start } = world();
    const { port } = await start();

    expect(await httpsGet(port, 'http://[')).toMatchObject({ status: 400 });
  });

  it('a page that breaks is our fault, told in the log and not to the client', async () => {
    const { start, lines } = world();
    const { port } = await start({
      configz: () => {
        throw new Error('secret of ours');
      },
    });

    expect(await httpsGet(port, '/configz', { token: 't-bob' })).toMatchObject({ status: 500, body: 'internal server error\n' });
    expect(lines).toContain('error a request could not be answered');
  });

  it('a port that is taken is an error that names the flag', async () => {
    const { start } = world();
    const { port } = await start();

    await expect(start({ port })).rejects.toMatchObject({
      code: 'AddressTaken',
      text: `127.0.0.1:${port} is in use`,
      field: '--secure-port',
    });
  });

  it('closing ends connections that wait', async () => {
    const { start } = world();
    const serving = await start();
    const { port } = serving;
    const agent = oneConnection();
    await httpsGet(port, '/healthz', { agent });

    await serving.close();
    await expect(httpsGet(port, '/healthz')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});

describe('client certificates', () => {
  it('count where the cluster vouches for them', async () => {
    const { api, start } = world();
    api.authorities = pem('authority.crt');
    const { port } = await start();

    expect(await httpsGet(port, '/metrics', bob)).toMatchObject({ status: 200 });
    expect(api.specs).toEqual([
      {
        user: 'bob',
        groups: ['viewers', 'dev', 'system:authenticated'],
        nonResourceAttributes: { path: '/metrics', verb: 'get' },
      },
    ]);
    expect(await httpsGet(port, '/metrics', { cert: pem('a.crt'), key: pem('a.key') })).toMatchObject({ status: 401 });
  });

  it('count by a file, which goes before the cluster', async () => {
    const { api, authentication, start } = world();
    api.authorities = pem('other-authority.crt');
    const { port } = await start({ authentication: { ...authentication, clientCaFile: join(tls, 'authority.crt') } });

    expect(await httpsGet(port, '/metrics', bob)).toMatchObject({ status: 200 });
  });

  it('do not count where somebody else took the name of an authority', async () => {
    const { api, start } = world();
    api.authorities = pem('authority.crt');
    const { port } = await start();

    expect(await httpsGet(port, '/metrics', { cert: pem('impostor.crt'), key: pem('impostor.key') })).toMatchObject({ status: 401 });
  });

  it.each(['nothing', 'another'])('do not count where %s vouches', async (which) => {
    const { api, start } = world();
    api.authorities = which === 'nothing' ? undefined : pem('other-authority.crt');
    const { port } = await start();

    expect(await httpsGet(port, '/metrics', bob)).toMatchObject({ status: 401 });
    expect(await httpsGet(port, '/metrics', { ...bob, token: 't-bob' })).toMatchObject({ status: 200 });
    expect(await httpsGet(port, '/healthz', bob)).toMatchObject({ status: 200 });
  });

  it('no longer count when their authority is gone, also on a connection that stands', async () => {
    const { api, clock, lines, start } = world();
    api.authorities = pem('authority.crt');
    const { port } = await start();
    const agent = oneConnection(bob);
    expect(await httpsGet(port, '/metrics', { agent })).toMatchObject({ status: 200 });

    api.authorities = pem('other-authority.crt');
    await clock.advanceAsync(60_000);
    expect(lines).toContain('info the authorities of client certificates were replaced');
    expect(await httpsGet(port, '/metrics', { agent })).toMatchObject({ status: 401, headers: { connection: 'close' } });
    expect(await httpsGet(port, '/metrics', bob)).toMatchObject({ status: 401 });

    api.authorities = `${pem('other-authority.crt')}${pem('authority.crt')}`;
    await clock.advanceAsync(60_000);
    expect(await httpsGet(port, '/metrics', bob)).toMatchObject({ status: 200 });
  });

  it('no longer count after their end, also on a connection that stands', async () => {
    const { api, start } = world();
    api.authorities = pem('authority.crt');
    const later = new ManualClock(Date.now());
    const { port } = await start({ clock: later });
    const agent = oneConnection(bob);
    expect(await httpsGet(port, '/metrics', { agent })).toMatchObject({ status: 200 });

    later.now = () => Date.UTC(2200, 0, 1);
    expect(await httpsGet(port, '/metrics', { agent })).toMatchObject({ status: 401 });
  });

  it('are shown on each connection: no session is taken up again', async () => {
    const { api, start } = world();
    api.authorities = pem('authority.crt');
    const { port } = await start();

    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
      const known = await askOnce(port, { ...bob, maxVersion });
      expect(known).toMatchObject({ reused: false, answer: 'HTTP/1.1 200 OK' });
      expect(await askOnce(port, { maxVersion, session: known.session })).toMatchObject({
        reused: false,
        answer: 'HTTP/1.1 401 Unauthorized',
      });
    }
  });

  it('do not count for a handshake that began with an authority which is gone at its end', async () => {
    const { api, clock, lines, start } = world();
    api.authorities = pem('authority.crt');
    const { port } = await start();
    const raw = createConnection({ host: '127.0.0.1', port });
    await once(raw, 'connect');
    // The server makes the TLS side of a connection when it accepts it, before any byte comes.
    expect(await httpsGet(port, '/healthz')).toMatchObject({ status: 200 });
    api.authorities = pem('other-authority.crt');
    await clock.advanceAsync(60_000);
    expect(lines).toContain('info the authorities of client certificates were replaced');

    expect(await askOnce(port, { ...bob, socket: raw })).toMatchObject({ answer: 'HTTP/1.1 401 Unauthorized' });
  });
});

describe('the lookup of authorities', () => {
  it('that must succeed stops the start', async () => {
    const { api, start } = world();
    api.trouble = 'forbidden';

    await expect(start()).rejects.toMatchObject({ code: 'ApiForbidden' });
  });

  it('that may fail is tried again, and complains once', async () => {
    const { api, clock, lines, authentication, start } = world();
    api.authorities = pem('authority.crt');
    api.trouble = 'forbidden';
    const { port } = await start({ authentication: { ...authentication, lookup: 'tolerated' } });
    await clock.advanceAsync(120_000);
    expect(lines.filter((line) => line.startsWith('warn '))).toEqual([
      'warn the authorities of client certificates cannot be read: no client certificate counts until they can',
      'warn what serving reads again cannot be used: the last good one goes on',
    ]);

    api.trouble = 'none';
    await clock.advanceAsync(60_000);
    expect(await httpsGet(port, '/metrics', bob)).toMatchObject({ status: 200 });
  });

  it('is not made where it is skipped, or there is no client for it', async () => {
    const { api, authentication, start } = world();
    api.authorities = pem('authority.crt');
    const { client: _, ...without } = authentication;
    const skipped = await start({ authentication: { ...authentication, lookup: 'skipped' } });
    const unconnected = await start({ authentication: without });

    expect(api.asked).toEqual([]);
    expect(await httpsGet(skipped.port, '/metrics', bob)).toMatchObject({ status: 401 });
    expect(await httpsGet(unconnected.port, '/metrics', { token: 't-bob' })).toMatchObject({ status: 401 });
  });

  it('in a file that is wrong stops the start, whatever is tolerated', async () => {
    const { authentication, start } = world();
    const wrong = { ...authentication, lookup: 'tolerated', clientCaFile: join(tls, 'a.key') } as const;

    await expect(start({ authentication: wrong })).rejects.toMatchObject({ code: 'InvalidFlag', field: '--client-ca-file' });
  });
});

describe('the serving certificate', () => {
  it('follows its files; a broken one is not taken', async () => {
    const { clock, lines, start } = world();
    const folder = await folderWith({ 'tls.crt': pem('a.crt'), 'tls.key': pem('a.key') });
    const [certFile, keyFile] = [join(folder, 'tls.crt'), join(folder, 'tls.key')];
    const { port } = await start({ certFile, keyFile });
    const shown = async () => (await httpsGet(port, '/healthz')).shown.trim();
    expect(await shown()).toBe(pem('a.crt').trim());

    await copyFile(join(tls, 'b.crt'), certFile);
    await clock.advanceAsync(10_000);
    await vi.waitFor(() => expect(lines).toContain('warn what serving reads again cannot be used: the last good one goes on'));
    expect(await shown()).toBe(pem('a.crt').trim());

    await copyFile(join(tls, 'b.key'), keyFile);
    await clock.advanceAsync(10_000);
    await vi.waitFor(() => expect(lines).toContain('info the serving certificate was replaced'));
    expect(await shown()).toBe(pem('b.crt').trim());
  });

  it('that was made is kept in a folder, and found there by the next process', async () => {
    const { start } = world();
    const certDir = await folderWith({});
    const first = await httpsGet((await start({ certDir })).port, '/healthz');
    const second = await httpsGet((await start({ certDir })).port, '/healthz');

    expect(second.shown).toBe(first.shown);
    expect((await readFile(join(certDir, 'portolan.crt'), 'utf8')).trim()).toBe(first.shown.trim());
  });
});
