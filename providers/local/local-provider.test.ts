import { describe, expect, it } from 'vitest';
import { settle } from '../../src/clock.ts';
import { fieldPath } from '../../src/model/ids.ts';
import type { LoadBalancerSpec } from '../../src/model/spec.ts';
import { parseCidr } from '../../src/net/ip.ts';
import { defaultSettings, type Settings } from './settings.ts';
import { frozen, gone, ip, listener, member, owner, spec, TestBed } from './test-bed.ts';

const nodes = [member('node-1', '10.0.0.1'), member('node-2', '10.0.0.2'), member('node-3', '10.0.0.3')];
const vip = { address: ip('127.80.0.129'), port: 80 };
const client = ip('10.9.9.9');
const office = parseCidr('172.16.0.0/12') ?? expect.fail('a network');
const one = spec({ members: nodes.slice(0, 1) });

describe('one load balancer from creation to deletion', () => {
  it('gets the first free address and spreads connections over all nodes', async () => {
    const bed = new TestBed();
    for (const [index, { node }] of nodes.entries()) await bed.node(node, `10.0.0.${index + 1}`, { tcp: [30080] });
    const provider = await bed.start();

    const { plan, again, report } = await bed.pass(provider, spec({ members: nodes }));

    expect(plan.steps.map(({ id }) => id)).toEqual(['load-balancer/create']);
    expect(again).toEqual({ steps: [], refusals: [] });
    expect(report).toEqual({
      ingress: [{ ip: '127.80.0.129', ipMode: 'Proxy' }],
      listeners: [{ id: 'TCP/80', state: 'serving' }],
      members: { healthy: 3, total: 3 },
      notices: [],
      id: 'lb-1',
    });
    expect(new Set([await bed.ask(vip), await bed.ask(vip), await bed.ask(vip)])).toEqual(new Set(['node-1', 'node-2', 'node-3']));
  });

  it('serves TCP and UDP on one port number', async () => {
    const bed = new TestBed();
    await bed.node('node-1', '10.0.0.1', { tcp: [30053], udp: [30054] });
    const provider = await bed.start();
    await bed.pass(provider, spec({ members: one.members, listeners: [listener('TCP', 53, 30053), listener('UDP', 53, 30054)] }));

    const udp = await bed.udpClient();
    await udp.send('hello', { ...vip, port: 53 });

    expect(udp.answers).toEqual(['node-1:hello via 127.80.0.129']);
    expect(await bed.ask({ ...vip, port: 53 })).toBe('node-1');
  });

  it('is gone when it is deleted: socket, connections, record; whoever waits for an address is told', async () => {
    const bed = new TestBed();
    const node = await bed.node('node-1', '10.0.0.1', { tcp: [30080] });
    const provider = await bed.start();
    await bed.pass(provider, one);
    const open = await bed.network.at(client).connectTcp(vip, 1000);
    await settle();
    expect(node.streams).toHaveLength(1);
    const told = provider.changes?.(bed.ctx.signal)[Symbol.asyncIterator]().next();

    const { plan, again, report } = await bed.pass(provider, gone(one.owner));

    expect(plan.steps).toMatchObject([{ id: 'lb-1/delete', disruption: 'destroys', claim: { loses: ['address 127.80.0.129 (lb-1)'] } }]);
    expect(again.steps).toEqual([]);
    expect(report.ingress).toEqual([]);
    expect(typeof open === 'string' || open.stream.destroyed).toBe(true);
    expect(node.streams[0]?.destroyed).toBe(true);
    expect(bed.network.isListening('TCP', vip)).toBe(false);
    expect(JSON.parse(bed.file)).toEqual({ version: 1, created: 1, loadBalancers: [], memberSets: {} });
    expect(await told).toEqual({ done: false, value: 'all-waiting' });
  });

  it('goes on serving when it is released, also after a restart, and is listed as nobody of ours', async () => {
    const bed = new TestBed();
    await bed.node('node-1', '10.0.0.1', { tcp: [30080] });
    const provider = await bed.start();
    await bed.pass(provider, one);
    const { report } = await bed.pass(provider, gone(one.owner, 'everything'));
    expect(report.ingress).toBe('unknown');
    bed.simulator.crash();
    const next = await bed.start();

    expect(await bed.ask(vip)).toBe('node-1');
    expect(await Array.fromAsync(next.inventory(bed.ctx))).toMatchObject([{ id: 'lb-1', key: '', foreign: { marks: {} } }]);
  });

  it('makes each step one write, after one look at the fence', async () => {
    const bed = new TestBed();
    const provider = await bed.start();
    const { plan } = await bed.pass(provider, one);
    const [step] = plan.steps;
    if (step === undefined) return expect.fail('no step');
    expect([bed.simulator.disk.writes, bed.ctx.calls]).toEqual([1, 1]);

    const outcome = await provider.apply(step, bed.ctx);

    expect(outcome).toEqual({ outputs: { id: 'lb-1', address: '127.80.0.129' } });
    expect([bed.simulator.disk.writes, bed.ctx.calls]).toEqual([1, 2]);
  });

  it('gives ten Services that are made at once ten addresses', async () => {
    const bed = new TestBed();
    const provider = await bed.start();
    const passes = Array.from({ length: 10 }, (_, index) => bed.pass(provider, spec({ owner: owner(`s${index}`) })));
    const addresses = (await Promise.all(passes)).map(({ report }) => JSON.stringify(report.ingress));
    expect(new Set(addresses).size).toBe(10);
  });
});

describe('edits while clients are connected', () => {
  it('moves traffic to another node port and keeps the address and the connections', async () => {
    const bed = new TestBed();
    const node = await bed.node('node-1', '10.0.0.1', { tcp: [30080, 31000] });
    const provider = await bed.start();
    await bed.pass(provider, one);
    const open = await bed.network.at(client).connectTcp(vip, 1000);
    await settle();

    const { plan, report } = await bed.pass(provider, spec({ members: one.members, listeners: [listener('TCP', 80, 31000)] }));

    expect(plan.steps.map(({ id }) => id)).toEqual(['lb-1/listener/TCP/80/node-port']);
    expect(report.ingress).toEqual([{ ip: '127.80.0.129', ipMode: 'Proxy' }]);
    expect(await bed.ask(vip)).toBe('node-1');
    expect(node.streams[0]?.destroyed).toBe(false);
    expect(typeof open === 'string' || open.stream.destroyed).toBe(false);
    await bed.clock.advanceAsync(30_000);
    expect(node.streams[0]?.destroyed).toBe(true);
  });

  it('moves to another address by way of a second load balancer', async () => {
    const bed = new TestBed();
    await bed.node('node-1', '10.0.0.1', { tcp: [30080] });
    const provider = await bed.start();
    await bed.pass(provider, one);
    const internal = spec({
      ...one,
      scheme: 'internal',
      origin: { scheme: fieldPath('portolan.dev/scheme') },
      published: [{ ip: vip.address }],
    });
    const have = await provider.observe(internal, { maxAgeMs: 0 }, bed.ctx);
    const [create, remove] = (await provider.plan(internal, have)).steps;
    if (create === undefined || remove === undefined) return expect.fail('two steps');
    expect((await provider.report(internal, have)).ingress).toEqual([{ ip: '127.80.0.129', ipMode: 'Proxy' }]);

    await provider.apply(create, bed.ctx);
    await settle();

    const both = await provider.observe(internal, { maxAgeMs: 0 }, bed.ctx);
    expect((await provider.report(internal, both)).ingress).toEqual([{ ip: '127.81.0.129', ipMode: 'Proxy' }]);
    expect((await provider.report(frozen(internal), both)).ingress).toBe('unknown');
    expect([await bed.ask(vip), await bed.ask({ address: ip('127.81.0.129'), port: 80 })]).toEqual(['node-1', 'node-1']);
    await provider.apply(remove, bed.ctx);
    expect(bed.network.isListening('TCP', vip)).toBe(false);
  });

  it('narrows source ranges in place, for TCP and UDP, and widens them again', async () => {
    const bed = new TestBed();
    await bed.node('node-1', '10.0.0.1', { tcp: [30080], udp: [30081] });
    const provider = await bed.start();
    const listeners = [listener('TCP', 80, 30080), listener('UDP', 80, 30081)];
    const open = spec({ members: one.members, listeners });
    const narrow: LoadBalancerSpec<Settings> = { ...open, sourceRanges: [office] };
    await bed.pass(provider, open);
    const session = await bed.network.at(client).connectTcp(vip, 1000);
    const udp = await bed.udpClient();
    await udp.send('1', vip);

    await bed.pass(provider, narrow);
    await udp.send('2', vip);

    expect(typeof session === 'string' || session.stream.destroyed).toBe(true);
    expect(udp.answers).toEqual(['node-1:1 via 127.80.0.129']);
    expect(await bed.ask(vip)).toBeUndefined();
    expect(await bed.ask(vip, '172.16.5.5')).toBe('node-1');

    await bed.pass(provider, open);
    await udp.send('3', vip);
    expect(udp.answers).toHaveLength(2);
    expect(await bed.ask(vip)).toBe('node-1');
  });

  it('asks each node for its endpoints when the policy becomes Local', async () => {
    const bed = new TestBed();
    for (const [index, { node }] of nodes.entries()) await bed.node(node, `10.0.0.${index + 1}`, { tcp: [30080] });
    bed.network.serveHttp({ address: ip('10.0.0.2'), port: 32000 }, (path) => (path === '/healthz' ? 200 : 404));
    const provider = await bed.start();
    await bed.pass(provider, spec({ members: nodes }));
    const local = spec({ members: nodes, listeners: [listener('TCP', 80, 30080, { healthCheck: { kind: 'local', port: 32000 } })] });

    const { report } = await bed.pass(provider, local);

    expect(report.members).toEqual({ healthy: 1, total: 3 });
    expect([await bed.ask(vip), await bed.ask(vip), await bed.ask(vip)]).toEqual(['node-2', 'node-2', 'node-2']);
  });
});

describe('sockets that cannot be had', () => {
  it.each(['PortNotPermitted', 'PortInUse', 'AddressNotAvailable'] as const)(
    '%s is reported for the port and tried again',
    async (reason) => {
      const bed = new TestBed();
      await bed.node('node-1', '10.0.0.1', { tcp: [30080] });
      bed.network.refuseToBind('TCP', vip, reason);
      const provider = await bed.start();
      const told = provider.changes?.(bed.ctx.signal)[Symbol.asyncIterator]();

      const { again, report } = await bed.pass(provider, one);

      expect(again.steps).toEqual([]);
      expect(report.ingress).toHaveLength(1);
      expect(report.listeners).toMatchObject([{ id: 'TCP/80', state: 'failed', reason, text: 'TCP/80 on 127.80.0.129 cannot be had' }]);
      const next = told?.next();
      await bed.clock.advanceAsync(5000);
      expect((await bed.pass(provider, one)).report.listeners).toMatchObject([{ state: 'failed', reason }]);
      bed.network.refuseToBind('TCP', vip, undefined);
      await bed.clock.advanceAsync(5000);
      expect(await next).toMatchObject({ value: one.owner.key });
      expect((await bed.pass(provider, one)).report.listeners).toEqual([{ id: 'TCP/80', state: 'serving' }]);
      expect(await bed.ask(vip)).toBe('node-1');
    },
  );

  it('is seen when a listening socket is closed by something else, and opened again', async () => {
    const bed = new TestBed();
    await bed.node('node-1', '10.0.0.1', { tcp: [30080] });
    const provider = await bed.start();
    await bed.pass(provider, one);
    await bed.clock.advanceAsync(2000);
    const told = provider.changes?.(bed.ctx.signal)[Symbol.asyncIterator]();
    await told?.next();

    expect(bed.network.dropListener('TCP', vip)).toBe(true);

    expect(await told?.next()).toMatchObject({ value: one.owner.key });
    const { report } = await bed.pass(provider, frozen(one));
    expect(report.listeners).toMatchObject([{ state: 'failed', reason: 'ListenFailed' }]);
    await bed.clock.advanceAsync(5000);
    expect((await bed.pass(provider, frozen(one))).report.listeners).toEqual([{ id: 'TCP/80', state: 'serving' }]);
  });
});

describe('health', () => {
  it('is told once for many nodes, and a load balancer without a healthy one says so', async () => {
    const bed = new TestBed();
    const made = await Promise.all(nodes.map(({ node }, index) => bed.node(node, `10.0.0.${index + 1}`, { tcp: [30080] })));
    const provider = await bed.start();
    const want = spec({ members: nodes });
    await bed.pass(provider, want);
    const told = provider.changes?.(bed.ctx.signal)[Symbol.asyncIterator]();
    await bed.clock.advanceAsync(1000);
    expect(await told?.next()).toMatchObject({ value: want.owner.key });

    for (const node of made) node.healthy = false;
    await bed.clock.advanceAsync(3000);

    expect(await told?.next()).toMatchObject({ value: want.owner.key });
    const { report, plan } = await bed.pass(provider, want);
    expect(plan.steps).toEqual([]);
    expect(report.members).toEqual({ healthy: 0, total: 3 });
    expect(report.notices).toEqual([{ reason: 'NoHealthyMember', text: 'no node is healthy for TCP/80', kind: 'health' }]);
    expect(report.listeners).toEqual([{ id: 'TCP/80', state: 'serving' }]);
  });
});

describe('what it says of itself', () => {
  it('lacks what it lacks with a reason, also a scheme without a range', async () => {
    const bed = new TestBed();
    const provider = await bed.start({ connection: { ranges: { public: ['127.80.0.128/25'] } } });
    const capabilities = provider.capabilities(defaultSettings);
    expect(Object.entries(capabilities).flatMap(([feature, has]) => (has === true ? [] : [feature]))).toEqual([
      'sctp',
      'ipv6',
      'dualStack',
      'internalScheme',
      'noNodePorts',
    ]);
    expect(provider.permissions().length).toBeGreaterThan(0);
  });
});

describe('the end', () => {
  it('lets connections finish for a moment, then cuts them; keeps the file and frees the sockets', async () => {
    const bed = new TestBed();
    const node = await bed.node('node-1', '10.0.0.1', { tcp: [30080] });
    const provider = await bed.start();
    await bed.pass(provider, one);
    const [quick, stuck] = [await bed.network.at(client).connectTcp(vip, 1000), await bed.network.at(client).connectTcp(vip, 1000)];
    if (typeof quick === 'string' || typeof stuck === 'string') return expect.fail('connected');
    await settle();
    const before = bed.file;

    let closed = false;
    const closing = provider.close().then(() => (closed = true));
    await settle();
    expect(bed.network.isListening('TCP', vip)).toBe(false);
    quick.stream.end();
    quick.stream.resume();
    await bed.clock.advanceAsync(500);
    expect([quick.stream.readableEnded, closed]).toEqual([true, false]);
    await bed.clock.advanceAsync(600);
    await closing;

    expect(stuck.stream.destroyed).toBe(true);
    expect(node.streams.every(({ destroyed }) => destroyed)).toBe(true);
    expect(bed.clock.nextDueMs()).toBeUndefined();
    expect(bed.file).toBe(before);
    expect(bed.simulator.disk.locks.size).toBe(0);
  });
});
