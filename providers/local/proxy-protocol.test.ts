import type { Duplex } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { settle } from '../../src/clock.ts';
import type { SimulatedNode } from '../../src/conformance/simulation.ts';
import { settingName } from '../../src/model/ids.ts';
import type { LoadBalancerSpec } from '../../src/model/spec.ts';
import { readSettings } from '../../src/settings/read.ts';
import { defaultSettings, recordedSettings, settings as rows, type Settings } from './settings.ts';
import { ip, listener, member, spec, TestBed, textOf } from './test-bed.ts';

const v4 = ip('127.80.0.129');
const v6 = ip('fd00:80::1');
const node: SimulatedNode = {
  name: 'node-1',
  addresses: { IPv4: ip('10.0.0.1'), IPv6: ip('fd00:10::1') },
  nodePorts: [
    { protocol: 'TCP', port: 30080 },
    { protocol: 'UDP', port: 30080 },
  ],
  healthPorts: [],
  proxyHealthy: true,
};
const members = [{ node: node.name, addresses: node.addresses }];
const ranges = { public: ['127.80.0.128/25', 'fd00:80::/120'] };
const dual = spec({
  members,
  addresses: [
    { family: 'IPv4', required: true },
    { family: 'IPv6', required: true },
  ],
  listeners: [listener('TCP', 80, 30080), listener('UDP', 80, 30080)],
});
const withProxy = (proxyProtocol: Settings['proxyProtocol'], of = dual): LoadBalancerSpec<Settings> => ({
  ...of,
  settings: { ...defaultSettings, proxyProtocol },
});

async function served(want: LoadBalancerSpec<Settings>) {
  const bed = new TestBed();
  await bed.simulator.dataPath.setNodes([node]);
  const provider = await bed.start({ connection: { ranges } });
  const { report } = await bed.pass(provider, want);
  return { bed, provider, report };
}

describe('the setting', () => {
  const read = (annotations: Record<string, string>) => readSettings(rows, annotations, {});

  it.each([
    ['portolan.dev/proxy-protocol', 'v1', 1],
    ['portolan.dev/proxy-protocol', 'v2', 2],
    ['loadbalancer.openstack.org/proxy-protocol', 'true', 1],
    ['loadbalancer.openstack.org/proxy-protocol', 'v2', 2],
    ['service.beta.kubernetes.io/aws-load-balancer-proxy-protocol', '*', 2],
  ])('%s: %s is version %d', (key, text, version) => {
    const { settings, refusals, proxyProtocol } = read({ [key]: text });
    expect([refusals, proxyProtocol, recordedSettings(settings).proxyProtocol]).toEqual([[], key, version]);
  });

  it.each(['off', 'false'])('is not asked for by %s', (text) => {
    const { settings, proxyProtocol } = read({ 'portolan.dev/proxy-protocol': text });
    expect([proxyProtocol, recordedSettings(settings)]).toEqual([undefined, recordedSettings(defaultSettings)]);
  });

  it('is refused where it says what nobody knows, or two things', () => {
    expect(read({ 'portolan.dev/proxy-protocol': 'v3' }).refusals).toMatchObject([{ reason: 'InvalidSetting' }]);
    const said = { 'portolan.dev/proxy-protocol': 'v1', 'service.beta.kubernetes.io/aws-load-balancer-proxy-protocol': '*' };
    expect(read(said).refusals).toMatchObject([{ reason: 'ConflictingSettings' }]);
  });
});

describe('a connection', () => {
  it.each([
    ['v1', 1],
    ['v2', 2],
  ] as const)('tells the node its client, in %s, in both families', async (said, version) => {
    const { bed } = await served(withProxy(said));
    const { dataPath } = bed.simulator;

    expect(await dataPath.request(ip('10.9.9.9'), v4, 80, 'TCP')).toEqual({ node: 'node-1', proxied: { version, client: '10.9.9.9' } });
    expect(await dataPath.request(ip('2001:db8::9'), v6, 80, 'TCP')).toEqual({
      node: 'node-1',
      proxied: { version, client: '2001:db8::9' },
    });
  });

  it('begins with the header, before anybody speaks, then carries both directions as they are', async () => {
    const { bed } = await served(withProxy('v1'));
    const streams: Duplex[] = [];
    await bed.simulator.dataPath.setNodes([]);
    await bed.network.at(ip('10.0.0.1')).listenTcp(
      { address: ip('10.0.0.1'), port: 30080 },
      ({ stream }) => streams.push(stream),
      () => {},
    );
    const connection = await bed.network.at(ip('10.9.9.9')).connectTcp({ address: v4, port: 80 }, 1000);
    if (typeof connection === 'string') return expect.fail(connection);
    await settle();
    const [first] = streams;
    if (first === undefined) return expect.fail('no connection arrived');
    const line = `PROXY TCP4 10.9.9.9 127.80.0.129 ${/\d+/.exec(String(first.read()).split(' ')[4] ?? '')?.[0]} 80\r\n`;
    expect(line).toMatch(/^PROXY TCP4 10\.9\.9\.9 127\.80\.0\.129 4\d{4} 80\r\n$/);

    connection.stream.end('PROXY TCP4 forged\r\n');
    expect(await textOf(first)).toBe('PROXY TCP4 forged\r\n');
    first.end('answer');
    expect(await textOf(connection.stream)).toBe('answer');
  });

  it('that stands stays as it is when the setting is edited; the next one is told', async () => {
    const { bed, provider } = await served(dual);
    const { dataPath } = bed.simulator;
    const open = await bed.network.at(ip('10.9.9.9')).connectTcp({ address: v4, port: 80 }, 1000);
    if (typeof open === 'string') return expect.fail(open);
    await settle();

    const { plan } = await bed.pass(provider, withProxy('v2'));

    expect(plan.steps).toMatchObject([{ id: 'lb-1/settings', disruption: 'none', summary: expect.stringContaining('version 2') }]);
    open.stream.write('hello\n');
    expect(await textOf(open.stream)).toBe('node-1\n');
    expect(await dataPath.request(undefined, v4, 80, 'TCP')).toMatchObject({ proxied: { version: 2 } });
    expect((await bed.pass(provider, dual)).plan.steps).toMatchObject([{ summary: expect.stringContaining('no PROXY header') }]);
    expect(await dataPath.request(undefined, v4, 80, 'TCP')).toEqual({ node: 'node-1' });
  });

  it('is served so again after a restart', async () => {
    const { bed } = await served(withProxy('v2'));
    bed.simulator.crash();
    const next = await bed.start({ connection: { ranges } });

    expect((await bed.pass(next, withProxy('*'))).plan.steps).toEqual([]);
    expect(await bed.simulator.dataPath.request(undefined, v4, 80, 'TCP')).toMatchObject({ proxied: { version: 2 } });
  });
});

describe('UDP', () => {
  it('is served without it, which whoever asked for it is told', async () => {
    const asked = { ...withProxy('v2'), explicit: [settingName('proxyProtocol')] };
    const { bed, report } = await served(asked);

    expect(report.notices).toEqual([
      { reason: 'SettingWithoutEffect', text: 'UDP/80: served without a PROXY header, which is sent on TCP only', kind: 'service' },
    ]);
    expect(report.ingress).toMatchObject([{ ipMode: 'Proxy' }, { ipMode: 'Proxy' }]);
    expect(await bed.simulator.dataPath.request(undefined, v4, 80, 'UDP')).toEqual({ node: 'node-1' });
  });

  it('is no complaint about a Service whose class asks for it, and nothing at all to one of TCP alone', async () => {
    expect((await served(withProxy('v2'))).report.notices).toMatchObject([{ reason: 'SettingWithoutEffect', kind: 'info' }]);
    const tcp = { ...dual, listeners: [listener('TCP', 80, 30080)] };
    expect((await served({ ...withProxy('v2', tcp), explicit: [settingName('proxyProtocol')] })).report.notices).toEqual([]);
  });
});

describe('health checks', () => {
  it.each([
    ['v1', 'PROXY UNKNOWN\r\n'],
    ['v2', '\r\n\r\n\0\r\nQUIT\n \0\0\0'],
    ['off', undefined],
  ] as const)('of a node port under %s send a header that names nobody, and end in order', async (said, expected) => {
    const bed = new TestBed();
    const heard: Promise<string | undefined>[] = [];
    // No kube-proxy: its port refuses, so the node port is tried.
    await bed.network.at(ip('10.0.0.1')).listenTcp(
      { address: ip('10.0.0.1'), port: 30080 },
      ({ stream }) => {
        stream.on('end', () => stream.end());
        heard.push(textOf(stream));
      },
      () => {},
    );
    const provider = await bed.start();
    const want = withProxy(said, spec({ members: [member('node-1', '10.0.0.1')] }));
    const { report } = await bed.pass(provider, want);

    expect(report.members).toEqual({ healthy: 1, total: 1 });
    expect(await heard[0]).toBe(expected);
    await bed.clock.advanceAsync(2000);
    expect(await heard[1]).toBe(expected);
  });

  it('let go of a server that holds on', async () => {
    const bed = new TestBed();
    const streams: Duplex[] = [];
    await bed.network.at(ip('10.0.0.1')).listenTcp(
      { address: ip('10.0.0.1'), port: 30080 },
      ({ stream }) => streams.push(stream.on('error', () => {})),
      () => {},
    );
    const provider = await bed.start();
    await bed.pass(provider, withProxy('v1', spec({ members: [member('node-1', '10.0.0.1')] })));
    expect(streams[0]?.destroyed).toBe(false);

    await bed.clock.advanceAsync(1000);

    expect(streams[0]?.destroyed).toBe(true);
  });
});
