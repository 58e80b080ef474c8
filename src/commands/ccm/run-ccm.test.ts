import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { httpsGet } from '../../../test/fixtures/https-get.ts';
import { systemClock } from '../../clock.ts';
import { EmbeddedApi } from '../../embedded/api.ts';
import { serveHttp, type HttpDoor } from '../../embedded/http-door.ts';
import { flagDefaults, type CcmFlags } from './flag-rows.ts';
import { runCcm } from './run-ccm.ts';

/** Whole processes, but for the process: an API server behind HTTP, the provider `local`, the secure port. */
let folder: string;
let api: EmbeddedApi;
let door: HttpDoor;
let stop: AbortController;
let running: Promise<unknown>[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portolan-ccm-'));
  api = new EmbeddedApi({ clock: systemClock });
  door = await serveHttp(api, { host: '127.0.0.1', port: 0 });
  await writeFile(join(folder, 'cloud.yaml'), `connection: { ranges: { public: [127.99.1.128/25] }, stateFile: "${folder}/state.json" }\n`);
  [stop, running] = [new AbortController(), []];
});
afterEach(async () => {
  stop.abort(new Error('the test is over'));
  await Promise.all(running);
  await door.close();
  api.close();
  await rm(folder, { recursive: true });
});

/** Starts one; gives its port. */
async function start(more: Partial<CcmFlags> = {}): Promise<number> {
  const port = await freePort();
  const flags: CcmFlags = {
    ...flagDefaults,
    'cloud-provider': 'local',
    'cloud-config': join(folder, 'cloud.yaml'),
    master: door.url,
    'bind-address': '127.0.0.1',
    'secure-port': port,
    'authorization-always-allow-paths': ['*'],
    ...more,
  };
  running.push(runCcm({ flags }, { out: () => {}, err: () => {}, env: {}, signal: stop.signal, colour: false }));
  return port;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // a TCP server that listens has one
  await new Promise<void>((resolve) => void server.close(() => resolve()));
  return port;
}

const page = async (port: number, path: string) => (await httpsGet(port, path)).body;
const shows = (port: number, path: string, text: string) =>
  vi.waitFor(async () => expect(await page(port, path)).toBe(text), { timeout: 10_000, interval: 20 });
const runsHere = 'running_managed_controllers{manager="cloud-controller-manager",name="service"} 1';

it('health has the names of upstream: of who leads, and of who waits', async () => {
  const leader = await start();
  await shows(leader, '/healthz?verbose', '[+]leaderElection ok\n[+]service-lb-controller ok\nhealthz check passed\n');
  await shows(leader, '/livez?verbose', '[+]leaderElection ok\n[+]service-lb-controller ok\nlivez check passed\n');
  await shows(leader, '/readyz?verbose', '[+]leaderElection ok\n[+]service-lb-controller ok\nreadyz check passed\n');
  expect(await page(leader, '/metrics')).toContain(runsHere);

  const waiting = await start();
  await shows(waiting, '/readyz?verbose', '[+]leaderElection ok\nreadyz check passed\n');
  expect(await page(waiting, '/healthz?verbose')).toBe('[+]leaderElection ok\nhealthz check passed\n');
  expect(await page(waiting, '/metrics')).not.toContain('running_managed_controllers{');
});

it('who is alone has no election to show', async () => {
  const port = await start({ 'leader-elect': false });

  await shows(port, '/healthz?verbose', '[+]service-lb-controller ok\nhealthz check passed\n');
  expect(await page(port, '/metrics')).toContain(runsHere);
});

it('where the service controller is switched off there is only that it answers', async () => {
  const port = await start({ controllers: ['*', '-service'] });

  await shows(port, '/healthz?verbose', '[+]ping ok\nhealthz check passed\n');
});
