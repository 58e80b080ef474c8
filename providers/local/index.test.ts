/** The provider as it is shipped: real sockets on loopback, a real file. */
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import type { IpAddress } from '../../src/net/ip.ts';
import type { Want } from '../../src/model/spec.ts';
import { providerKinds, providers } from '../registry.ts';
import { MachineNetwork } from './api/machine-network.ts';
import { provider as definition } from './index.ts';
import { defaultSettings, type Connection, type Settings } from './settings.ts';
import { callContext, gone, hostOf, ip, listener, member, spec, textOf, type Local } from './test-bed.ts';

/** Addresses nobody else uses. */
const net = `127.${20 + (process.pid % 200)}.${(process.pid >> 8) % 250}`;
const vip = { address: ip(`${net}.129`), port: 38_080 };
const nodePort = 38_081;
const nodes = [member('node-1', `${net}.11`), member('node-2', `${net}.12`)];
const want = spec({ members: nodes, listeners: [listener('TCP', vip.port, nodePort), listener('UDP', vip.port, nodePort)] });
const world = new MachineNetwork(systemClock);
const ctx = callContext();

let folder: string;
const endings: (() => Promise<unknown>)[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portolan-local-'));
});
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
  await rm(folder, { recursive: true, force: true });
});

async function start(ranges: Connection['ranges'] = { public: [`${net}.128/25`] }): Promise<Local> {
  const connection = { ranges, stateFile: join(folder, 'state.json'), probeInterval: 100 };
  // The definition is the local one: its `have` and operations are known here.
  const local = definition.create(connection, hostOf(systemClock)) as unknown as Local;
  await local.start('control', ctx);
  return local;
}

async function pass(local: Local, of: Want<Settings>) {
  const { steps } = await local.plan(of, await local.observe(of, { maxAgeMs: 0 }, ctx));
  for (const step of steps) await local.apply(step, ctx);
  const have = await local.observe(of, { maxAgeMs: 0 }, ctx);
  return { again: await local.plan(of, have), report: await local.report(of, have) };
}

/** A node that says its name to a TCP client that has ended, and sends datagrams back with it. */
async function node(name: string, address: IpAddress): Promise<void> {
  const at = { address, port: nodePort };
  const accept = ({ stream }: { stream: Duplex }) => {
    stream.on('error', () => {});
    stream.on('end', () => stream.end(name));
    stream.resume();
  };
  const tcp = await world.listenTcp(at, accept, () => {});
  const udp = await world.bindUdp(
    at,
    (data, from) => udp.send(Buffer.from(`${name}:${data.toString()}`), from),
    () => {},
  );
  endings.push(tcp.close, udp.close);
}

async function ask(to = vip): Promise<string | undefined> {
  const connection = await world.connectTcp(to, 2000);
  if (typeof connection === 'string') return connection;
  connection.stream.end();
  return textOf(connection.stream);
}

function askUdp(text: string, to = vip): Promise<string> {
  return new Promise((resolve, reject) => {
    const flow = world.openFlow(
      to,
      (data) => resolve(data.toString()),
      () => reject(new Error('refused')),
    );
    endings.push(async () => flow.close());
    flow.send(Buffer.from(text));
  });
}

it('carries TCP and UDP to every node, survives a restart with the file byte-equal, and lets go of everything', async () => {
  await node('node-1', ip(`${net}.11`));
  await node('node-2', ip(`${net}.12`));
  const first = await start();

  const { again, report } = await pass(first, want);
  expect(again.steps).toEqual([]);
  expect(report).toMatchObject({
    ingress: [{ ip: vip.address, ipMode: 'Proxy' }],
    listeners: [{ state: 'serving' }, { state: 'serving' }],
  });
  expect(new Set([await ask(), await ask(), await ask(), await ask()])).toEqual(new Set(['node-1', 'node-2']));
  expect(new Set([await askUdp('x'), await askUdp('x')])).toEqual(new Set(['node-1:x', 'node-2:x']));
  const file = await readFile(join(folder, 'state.json'), 'utf8');
  await first.close();
  expect(await ask()).toBe('refused');

  const second = await start();
  expect((await second.plan(want, await second.observe(want, { maxAgeMs: 0 }, ctx))).steps).toEqual([]);
  expect(await readFile(join(folder, 'state.json'), 'utf8')).toBe(file);
  expect(['node-1', 'node-2']).toContain(await ask());
  await pass(second, gone(want.owner));
  expect(await ask()).toBe('refused');
  await second.close();
});

it('holds back a sender whose reader does not read: memory stays bounded', async () => {
  const at = { address: ip(`${net}.11`), port: nodePort };
  const [total, chunk] = [64 * 1024 * 1024, Buffer.alloc(64 * 1024)];
  let sent = 0;
  let stalled = () => {};
  const stall = new Promise<void>((resolve) => (stalled = resolve));
  const pour = (stream: Duplex) => {
    while (sent < total) {
      sent += chunk.length;
      if (stream.write(chunk)) continue;
      // Nothing drains any more once every buffer on the way is full.
      const cancel = systemClock.after(300, stalled);
      stream.once('drain', () => {
        cancel();
        pour(stream);
      });
      return;
    }
    stream.end();
  };
  const accept = ({ stream }: { stream: Duplex }) => {
    stream.on('error', () => {});
    // Only who asks: health checks connect and leave.
    stream.once('data', () => pour(stream));
  };
  endings.push((await world.listenTcp(at, accept, () => {})).close);
  const local = await start();
  endings.push(() => local.close());
  await pass(local, spec({ members: nodes.slice(0, 1), listeners: [listener('TCP', vip.port, nodePort)] }));
  const connection = await world.connectTcp(vip, 2000);
  if (typeof connection === 'string') return expect.fail(connection);
  connection.stream.end('pour');

  await stall;
  expect(sent).toBeLessThan(total / 2);
  let received = 0;
  connection.stream.on('data', (data: Buffer) => (received += data.length));
  await new Promise((resolve) => connection.stream.once('end', resolve));
  expect(received).toBe(total);
});

it.each([
  ['v1', (port: number) => Buffer.from(`PROXY TCP4 127.0.0.1 ${vip.address} ${port} ${vip.port}\r\n`)],
  [
    'v2',
    (port: number) => {
      const octets = [127, 0, 0, 1, ...vip.address.split('.').map(Number), port >> 8, port & 255, vip.port >> 8, vip.port & 255];
      return Buffer.from(['0d0a0d0a000d0a515549540a2111000c', Buffer.from(octets).toString('hex')].join(''), 'hex');
    },
  ],
] as const)('tells a node its client by PROXY protocol %s', async (proxyProtocol, header) => {
  const heard: Promise<string | undefined>[] = [];
  const accept = ({ stream }: { stream: Duplex }) => {
    stream.on('end', () => stream.end('answer'));
    heard.push(textOf(stream.setEncoding('latin1')));
  };
  endings.push((await world.listenTcp({ address: ip(`${net}.11`), port: nodePort }, accept, () => {})).close);
  const local = await start();
  endings.push(() => local.close());
  const settings = { ...defaultSettings, proxyProtocol };
  await pass(local, spec({ members: nodes.slice(0, 1), listeners: [listener('TCP', vip.port, nodePort)], settings }));
  const client = connect({ host: vip.address, port: vip.port, localAddress: '127.0.0.1', allowHalfOpen: true });
  await once(client, 'connect');
  const said = `${header(client.localPort ?? 0).toString('latin1')}question`;
  client.end('question');

  expect(await textOf(client)).toBe('answer');
  expect(await Promise.all(heard)).toContain(said);
  // The others are health checks, which name nobody.
  const others = (await Promise.all(heard)).filter((text) => text !== said);
  expect(new Set(others)).toEqual(new Set([proxyProtocol === 'v1' ? 'PROXY UNKNOWN\r\n' : '\r\n\r\n\0\r\nQUIT\n \0\0\0']));
});

const hasIpv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1'));

it.skipIf(!hasIpv6)('serves IPv6 beside IPv4, each by the address of its family', async () => {
  const at = { address: ip('::1'), port: nodePort };
  const accept = ({ stream }: { stream: Duplex }) => {
    stream.on('error', () => {});
    stream.on('end', () => stream.end('six'));
    stream.resume();
  };
  const udp = await world.bindUdp(
    at,
    (data, from) => udp.send(Buffer.from(`six:${data.toString()}`), from),
    () => {},
  );
  endings.push((await world.listenTcp(at, accept, () => {})).close, udp.close);
  await node('four', ip(`${net}.11`));
  const local = await start({ public: [`${net}.128/25`, '::1/128'] });
  endings.push(() => local.close());
  const dual = spec({
    addresses: [
      { family: 'IPv6', required: true },
      { family: 'IPv4', required: true },
    ],
    members: [{ node: 'node-1', addresses: { IPv4: ip(`${net}.11`), IPv6: at.address } }],
    listeners: want.listeners,
  });

  const { report, again } = await pass(local, dual);

  expect(again.steps).toEqual([]);
  expect(report).toMatchObject({ ingress: [{ ip: '::1' }, { ip: vip.address }], members: { total: 1 }, notices: [] });
  expect(report.listeners.map(({ state }) => state)).toEqual(['serving', 'serving']);
  expect([await ask(), await ask({ ...vip, address: at.address })]).toEqual(['four', 'six']);
  expect([await askUdp('x'), await askUdp('x', { ...vip, address: at.address })]).toEqual(['four:x', 'six:x']);
});

it('is found by its kind, with a twin', async () => {
  expect(providerKinds).toContain('local');
  const entry = providers['local'];
  expect((await entry?.load())?.provider).toBe(definition);
  const simulation = await entry?.simulate?.(systemClock);
  expect(simulation?.definition).toMatchObject({ kind: 'local', settleMs: 0, clusterUnit: false, endpointSlices: false });
  simulation?.crash();
});
