import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LbError } from '../errors.ts';
import { connect, type Connection, type ConnectOptions, type KubeEnvironment } from './connection.ts';

let folder: string;
const closers: (() => Promise<unknown>)[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'portolan-connection-'));
});
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
  rmSync(folder, { recursive: true });
});

const write = (name: string, content: string): string => {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
};

const kubeconfig = (server: string, user: object = {}, cluster: object = {}, context: object = {}): string =>
  JSON.stringify({
    'current-context': 'here',
    contexts: [{ name: 'here', context: { cluster: 'c', user: 'u', ...context } }],
    clusters: [{ name: 'c', cluster: { server, ...cluster } }],
    users: [{ name: 'u', user }],
  });

const open = async (options: ConnectOptions, env: KubeEnvironment = {}): Promise<Connection> => {
  const connection = await connect(options, env);
  closers.push(() => connection.transport.close());
  return connection;
};

async function refusal(options: ConnectOptions, env: KubeEnvironment = {}): Promise<string> {
  const thrown = await connect(options, env).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof LbError)) throw new Error(`expected an LbError, got ${String(thrown)}`);
  expect(thrown.code).toBe('InvalidKubeconfig');
  expect(thrown.text).not.toContain('\n');
  return thrown.text;
}

/** A server that refuses each token it has seen refused, and tells what it was sent. */
async function serve(accept: (headers: IncomingHttpHeaders) => boolean = () => true) {
  const seen: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers);
    response.writeHead(accept(request.headers) ? 200 : 401);
    response.end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => new Promise((resolve) => server.close(resolve)));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}`, port, seen };
}

const get = (connection: Connection) =>
  connection.transport.request({ method: 'GET', path: '/version', signal: new AbortController().signal, timeoutMs: 5_000 });

describe('where the cluster is', () => {
  it('an URL, without credentials', async () => {
    const { url, seen } = await serve();
    const connection = await open({ server: `${url}/`, version: '1.2.3' });
    expect((await get(connection)).status).toBe(200);
    expect(connection.describe).toBe(url);
    expect(connection.namespace).toBe('default');
    expect(seen[0]?.['user-agent']).toBe('portolan/1.2.3');
    expect(seen[0]?.authorization).toBeUndefined();
  });

  it('the file that is named, before KUBECONFIG, before the home folder', async () => {
    mkdirSync(join(folder, '.kube'));
    write('.kube/config', kubeconfig('http://home.invalid'));
    const named = write('named', kubeconfig('http://named.invalid'));
    const other = write('other', kubeconfig('http://other.invalid', {}, {}, { namespace: 'mine' }));
    const env = { HOME: folder, KUBECONFIG: other };
    expect((await open({ kubeconfig: named }, env)).describe).toBe(`http://named.invalid (context here of ${named})`);
    expect((await open({}, env)).describe).toBe(`http://other.invalid (context here of ${other})`);
    expect((await open({}, env)).namespace).toBe('mine');
    expect((await open({}, { ...env, KUBECONFIG: '' })).describe).toContain('http://home.invalid');
    expect((await open({}, { USERPROFILE: folder })).describe).toContain('http://home.invalid');
    expect((await open({ kubeconfig: named, server: 'http://moved.invalid' }, env)).describe).toContain('http://moved.invalid');
  });

  it('several files as one: the first that names a thing counts, those that are not there do not', async () => {
    const first = write('first', JSON.stringify({ 'current-context': 'here', contexts: [{ name: 'here', context: { cluster: 'c' } }] }));
    const second = write('second', kubeconfig('http://second.invalid'));
    const KUBECONFIG = [join(folder, 'absent'), first, second].join(delimiter);
    expect((await open({}, { KUBECONFIG })).describe).toContain('http://second.invalid');
  });

  it('a pod, by its ServiceAccount', async () => {
    for (const [name, content] of [
      ['token', 't'],
      ['ca.crt', 'c'],
      ['namespace', 'portolan-system\n'],
    ] as const)
      write(name, content);
    const inPod = (host: string) =>
      open({ serviceAccountFolder: folder }, { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: '6443', HOME: folder });
    expect((await inPod('10.96.0.1')).describe).toBe('https://10.96.0.1:6443 (in-cluster)');
    expect((await inPod('10.96.0.1')).namespace).toBe('portolan-system');
    expect((await inPod('fd00::1')).describe).toBe('https://[fd00::1]:6443 (in-cluster)');
  });
});

describe('what cannot be used, in one line', () => {
  it.each<[string, string, string]>([
    ['no YAML', 'a: [', 'is no YAML: '],
    ['a text', 'hello', 'is no kubeconfig'],
    ['nothing', '', 'is no kubeconfig'],
    ['no current context', '{}', 'has no current-context'],
    ['an unknown context', 'current-context: x', 'has no context named x'],
    [
      'a missing cluster',
      '{"current-context":"x","contexts":[{"name":"x","context":{"cluster":"y"}}]}',
      'the cluster of context x is not there',
    ],
    ['a context without cluster', '{"current-context":"x","contexts":[{"name":"x"}]}', 'the cluster of context x is not there'],
    ['lists that are none', '{"current-context":"x","contexts":{}}', 'contexts is no list'],
    ['a missing user', kubeconfig('http://x', {}, {}, { user: 'nobody' }), 'the user of context here is not there'],
    ['a server that is no URL', kubeconfig('127.0.0.1'), 'the server "127.0.0.1" is no http or https URL'],
    ['a server of another scheme', kubeconfig('ftp://x'), 'the server "ftp://x" is no http or https URL'],
  ])('%s', async (_, content, text) => {
    const file = write('config', content);
    const said = await refusal({ kubeconfig: file });
    expect(said).toContain(text);
    expect(said).toContain(file);
  });

  it('files that cannot be read', async () => {
    const absent = join(folder, 'absent');
    expect(await refusal({ kubeconfig: absent })).toBe(`${absent} cannot be read: there is no such file`);
    expect(await refusal({}, { KUBECONFIG: absent })).toBe(`${absent} cannot be read: there is no such file`);
    expect(await refusal({ kubeconfig: folder })).toBe(`${folder} cannot be read: it is a folder`);
    const hidden = write('hidden', '{}');
    chmodSync(hidden, 0);
    // A superuser may read it all the same, and finds it wanting.
    expect(await refusal({ kubeconfig: hidden })).toMatch(/permission denied|has no current-context/);
  });

  it('a URL that is none, a pod without a token, and nothing at all', async () => {
    expect(await refusal({ server: 'here' })).toBe('server: the server "here" is no http or https URL');
    expect(await refusal({ serviceAccountFolder: folder }, { KUBERNETES_SERVICE_HOST: '10.0.0.1' })).toContain(
      'without a ServiceAccount token',
    );
    expect(await refusal({}, { HOME: folder })).toContain('no cluster is named');
    expect(await refusal({}, {})).toContain('no cluster is named');
  });
});

describe('credentials', () => {
  it.each<[string, object, string]>([
    ['a token', { token: 'secret' }, 'Bearer secret'],
    ['name and password', { username: 'me', password: 'secret' }, `Basic ${Buffer.from('me:secret').toString('base64')}`],
  ])('%s', async (_, user, authorization) => {
    const { url, seen } = await serve();
    await get(await open({ kubeconfig: write('config', kubeconfig(url, user)) }));
    expect(seen[0]?.authorization).toBe(authorization);
  });

  it('a token in a file beside the kubeconfig, read again when the server refuses it', async () => {
    const { url, seen } = await serve((headers) => headers.authorization === 'Bearer new');
    write('token', 'old\n');
    const connection = await open({ kubeconfig: write('config', kubeconfig(url, { tokenFile: 'token' })) });
    expect((await get(connection)).status).toBe(401);
    write('token', 'new\n');
    expect((await get(connection)).status).toBe(200);
    expect(seen.map((headers) => headers.authorization)).toEqual(['Bearer old', 'Bearer old', 'Bearer old', 'Bearer new']);
  });

  it('of a plugin beside the kubeconfig, asked again when the server refuses what it said', async () => {
    const { url, seen } = await serve((headers) => headers.authorization === 'Bearer token-2');
    const plugin = write(
      'plugin',
      `#!/bin/sh\necho x >> ${folder}/runs\necho '{"status":{"token":"token-'$(wc -l < ${folder}/runs | tr -d ' ')'"}}'\n`,
    );
    chmodSync(plugin, 0o755);
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: './plugin' };
    const connection = await open({ kubeconfig: write('config', kubeconfig(url, { exec })) });
    expect((await get(connection)).status).toBe(200);
    expect((await get(connection)).status).toBe(200);
    expect(seen.map((headers) => headers.authorization)).toEqual(['Bearer token-1', 'Bearer token-2', 'Bearer token-2']);
  });

  it('that cannot be had are an error with the cause, not a crash', async () => {
    const { url } = await serve();
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'portolan-no-such-plugin' };
    const connection = await open({ kubeconfig: write('config', kubeconfig(url, { exec })) });
    await expect(get(connection)).rejects.toMatchObject({ code: 'ApiForbidden', text: expect.stringContaining('ENOENT') as string });
  });

  it('a client certificate and the authority, from files beside the kubeconfig', async () => {
    const fixtures = join(import.meta.dirname, '../../test/fixtures/tls');
    for (const name of ['a.crt', 'b.crt', 'b.key']) write(name, readFileSync(join(fixtures, name), 'utf8'));
    const options = { cert: readFileSync(join(fixtures, 'a.crt')), key: readFileSync(join(fixtures, 'a.key')), requestCert: true };
    const server = createTlsServer({ ...options, rejectUnauthorized: false }, (request, response) => {
      response.end(
        'getPeerCertificate' in request.socket ? (request.socket.getPeerCertificate as () => { subject: { CN: string } })().subject.CN : '',
      ); // a TLS socket here
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closers.push(() => new Promise((resolve) => server.close(resolve)));
    const address = server.address();
    const url = `https://localhost:${typeof address === 'object' && address !== null ? address.port : 0}`;
    const user = { 'client-certificate': 'b.crt', 'client-key': 'b.key' };
    const cluster = { 'certificate-authority': 'a.crt', 'tls-server-name': 'localhost', 'insecure-skip-tls-verify': false };
    const connection = await open({ kubeconfig: write('config', kubeconfig(url, user, cluster)) });
    expect((await get(connection)).body).toBe('portolan-test-b');
  });

  it("of an authority whose file is replaced with the server's certificate: no restart", async () => {
    const fixtures = join(import.meta.dirname, '../../test/fixtures/tls');
    const pem = (name: string) => readFileSync(join(fixtures, name), 'utf8');
    write('ca.crt', pem('a.crt'));
    const server = createTlsServer({ cert: pem('a.crt'), key: pem('a.key') }, (_, response) => void response.end('{}'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closers.push(() => new Promise((resolve) => server.close(resolve)));
    const address = server.address();
    const url = `https://localhost:${typeof address === 'object' && address !== null ? address.port : 0}`;
    const connection = await open({ kubeconfig: write('config', kubeconfig(url, {}, { 'certificate-authority': 'ca.crt' })) });
    expect((await get(connection)).status).toBe(200);

    server.setSecureContext({ cert: pem('b.crt'), key: pem('b.key') });
    server.closeAllConnections();
    await expect(get(connection)).rejects.toThrow(Error);
    write('ca.crt', pem('b.crt'));
    expect((await get(connection)).status).toBe(200);
  });

  it('a proxy is taken over', async () => {
    const { url, seen } = await serve();
    const connection = await open({ kubeconfig: write('config', kubeconfig('http://api.invalid', { token: 't' }, { 'proxy-url': url })) });
    expect((await get(connection)).status).toBe(200);
    expect(seen[0]?.host).toBe('api.invalid');
  });
});
