import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ranWith } from '../../../test/builders/command-run.ts';
import { ManualClock } from '../../clock.ts';
import { EmbeddedApi } from '../../embedded/api.ts';
import { serveHttp, type HttpDoor } from '../../embedded/http-door.ts';
import { exitCodes } from '../io.ts';
import { runCommandLine } from '../program.ts';

/** Whole command lines against an API server behind HTTP and the provider `local`, files and all. */
let folder: string;
let api: EmbeddedApi;
let door: HttpDoor;

const config = (stateFile: string) => `apiVersion: portolan.dev/v1
kind: Config
providers:
  - name: here
    kind: local
    connection: { ranges: { public: [127.99.0.128/25] }, stateFile: "${stateFile}" }
classes:
  - { id: local, name: portolan.dev/local, default: true, provider: here }
`;

const kubeconfig = (server: string) => `apiVersion: v1
kind: Config
clusters: [{ name: c, cluster: { server: "${server}" } }]
users: [{ name: u, user: {} }]
contexts: [{ name: c, context: { cluster: c, user: u, namespace: shop } }]
current-context: c
`;

const service = `apiVersion: v1
kind: Service
metadata: { name: web }
spec: { type: LoadBalancer, ports: [{ port: 8080 }] }
`;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portolan-look-'));
  api = new EmbeddedApi({ clock: new ManualClock() });
  await api.request({
    method: 'POST',
    path: '/api/v1/namespaces',
    headers: { 'content-type': 'application/json' },
    body: '{"metadata":{"name":"shop"}}',
  });
  door = await serveHttp(api, { host: '127.0.0.1', port: 0 });
  await writeFile(join(folder, 'portolan.yaml'), config(join(folder, 'state.json')));
  await writeFile(join(folder, 'kubeconfig'), kubeconfig(door.url));
  await writeFile(join(folder, 'web.yaml'), service);
});
afterEach(async () => {
  await door.close();
  api.close();
  await rm(folder, { recursive: true });
});

const run = (...argv: readonly string[]) => ranWith((io) => runCommandLine(argv, io));
const flags = () => ['--config', join(folder, 'portolan.yaml'), '--kubeconfig', join(folder, 'kubeconfig')];

it("puts a manifest without a namespace into the kubeconfig's, and leaves no file behind", async () => {
  const { code, out, err } = await run('plan', '-f', join(folder, 'web.yaml'), ...flags());
  expect(out).toContain('shop/web (class local, provider here)');
  expect({ code, err }).toEqual({ code: exitCodes.no, err: '' });
  expect((await readdir(folder)).sort()).toEqual(['kubeconfig', 'portolan.yaml', 'web.yaml']);
});

it('explains by command line, too', async () => {
  const made = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web' },
    spec: { type: 'ExternalName', externalName: 'example.com' },
  };
  await api.request({
    method: 'POST',
    path: '/api/v1/namespaces/shop/services',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(made),
  });
  const { code, out } = await run('explain', 'shop/web', ...flags(), '-o', 'json');
  expect(code).toBe(exitCodes.no);
  expect(JSON.parse(out)).toMatchObject({ service: 'shop/web', ready: false, claim: { kind: 'foreign' } });
});

describe('wrong input ends with 2 and at most three lines, and asks nobody', () => {
  it.each([
    ['a name that is none', ['plan', 'web'], '"web" does not name a Service'],
    ['no name', ['explain'], "missing required argument 'service'"],
    ['a format that is none', ['plan', '-o', 'yaml'], 'Allowed choices are text, json'],
    ['an unknown flag', ['explain', 'a/b', '--kubeconfg', 'x'], '--kubeconfig'],
    ['a manifest that is not there', ['plan', '-f', '/nowhere/web.yaml'], '/nowhere/web.yaml is not there'],
    ['a configuration that is not there', ['plan', '--config', '/nowhere/portolan.yaml'], '/nowhere/portolan.yaml'],
  ])('%s', async (_title, argv, says) => {
    const { code, out, err } = await run(...argv);
    expect({ code, out }).toEqual({ code: exitCodes.input, out: '' });
    expect(err).toContain(says);
    expect(err.trimEnd().split('\n').length).toBeLessThanOrEqual(3);
    expect(api.log.filter(({ method }) => method === 'GET')).toEqual([]);
  });

  it('a Service that is not there', async () => {
    expect(await run('explain', 'shop/none', ...flags())).toMatchObject({ code: exitCodes.input, out: '' });
  });
});
