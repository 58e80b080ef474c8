/** What the simulation offers to those who try the provider out: traffic, and somebody else at the same cloud. */
import { describe, expect, it } from 'vitest';
import { ManualClock, settle } from '../../../src/clock.ts';
import type { SimulatedNode } from '../../../src/conformance/simulation.ts';
import { clusterId } from '../../../src/model/ids.ts';
import { parseRows } from '../../../src/settings/parse.ts';
import { connection as connectionRows } from '../settings.ts';
import { connection, gone, hostOf, ip, listener, member, owner, spec, TestBed, type Local } from '../test-bed.ts';
import { LocalSimulator } from './local-simulator.ts';

const nodes: readonly SimulatedNode[] = ['node-1', 'node-2'].map((name, index) => ({
  name,
  addresses: { IPv4: ip(`10.0.0.${index + 1}`) },
  nodePorts: [
    { protocol: 'TCP', port: 30080 },
    { protocol: 'UDP', port: 30080 },
  ],
  healthPorts: [{ port: 32000, localEndpoints: index }],
  proxyHealthy: true,
}));
const members = [member('node-1', '10.0.0.1'), member('node-2', '10.0.0.2')];
const want = spec({ members, listeners: [listener('TCP', 80, 30080), listener('UDP', 80, 30080)] });
const vip = ip('127.80.0.129');

async function start(bed: TestBed): Promise<Local> {
  return bed.start({ connection: { stateFile: bed.simulator.connection.stateFile } });
}

async function served(): Promise<{ bed: TestBed; provider: Local }> {
  const bed = new TestBed();
  await bed.simulator.dataPath.setNodes(nodes);
  const provider = await start(bed);
  await bed.pass(provider, want);
  return { bed, provider };
}

it('has a connection that its own rows understand', () => {
  expect(parseRows(connectionRows, new TestBed().simulator.connection, 'connection').problems).toEqual([]);
});

it('puts a wrapper around each interface of each instance', () => {
  const wrapped: string[] = [];
  const clock = new ManualClock();
  const simulator = new LocalSimulator(clock, (api, name) => {
    wrapped.push(name);
    return api;
  });
  simulator.definition.create(connection, hostOf(clock));
  simulator.definition.create(connection, hostOf(clock));

  expect(wrapped).toEqual(['state-file', 'network', 'state-file', 'network']);
});

it('has nodes whose SCTP node port has the number of a UDP one', async () => {
  const [node] = nodes;
  const bed = new TestBed();
  const sctp = { protocol: 'SCTP', port: 30080 } as const;

  await bed.simulator.dataPath.setNodes(node === undefined ? [] : [{ ...node, nodePorts: [sctp, ...node.nodePorts] }]);
  expect(bed.simulator.network.isListening('UDP', { address: ip('10.0.0.1'), port: 30080 })).toBe(true);
});

describe('traffic', () => {
  it('reaches the nodes by TCP and UDP, without time passing', async () => {
    const { bed } = await served();
    const { dataPath } = bed.simulator;
    const before = bed.clock.now();

    const answers = [];
    for (const protocol of ['TCP', 'TCP', 'UDP'] as const) answers.push(await dataPath.request(undefined, vip, 80, protocol));

    expect(answers).toEqual([{ node: 'node-1' }, { node: 'node-2' }, { node: 'node-1' }]);
    expect(bed.clock.now()).toBe(before);
  });

  it('is refused where nobody listens, by a listener whose nodes are gone, and without an answer where it is dropped', async () => {
    const { bed, provider } = await served();
    const { dataPath } = bed.simulator;
    expect(await dataPath.request(undefined, vip, 81, 'TCP')).toBe('refused');
    expect(await dataPath.request(undefined, vip, 81, 'UDP')).toBe('refused');
    await bed.pass(provider, { ...want, sourceRanges: ['10.9.0.0/16'] as unknown as typeof want.sourceRanges }); // canonical

    expect(await dataPath.request(ip('10.8.0.1'), vip, 80, 'TCP')).toBe('refused');
    expect(await dataPath.request(ip('10.8.0.1'), vip, 80, 'UDP')).toBe('no-answer');
    expect(await dataPath.request(ip('10.9.0.1'), vip, 80, 'TCP')).toMatchObject({ node: 'node-1' });
  });

  it('follows the nodes that are said to be there, and their health', async () => {
    const { bed, provider } = await served();
    const { dataPath } = bed.simulator;
    const local = listener('TCP', 80, 30080, { trafficPolicy: 'Local', healthCheck: { kind: 'local', port: 32000 } });
    await bed.pass(provider, { ...want, listeners: [local] });
    await bed.clock.advanceAsync(2000);
    const ask = async () => [await dataPath.request(undefined, vip, 80, 'TCP'), await dataPath.request(undefined, vip, 80, 'TCP')];
    expect(await ask()).toEqual([{ node: 'node-2' }, { node: 'node-2' }]);

    await dataPath.setNodes(
      nodes.map((node) => ({ ...node, healthPorts: [{ port: 32000, localEndpoints: node.name === 'node-1' ? 3 : 0 }] })),
    );
    await bed.clock.advanceAsync(2000);
    expect(await ask()).toEqual([{ node: 'node-1' }, { node: 'node-1' }]);

    await dataPath.setNodes([]);
    await bed.clock.advanceAsync(2000);
    expect(await ask()).toEqual(['refused', 'refused']);
  });

  it('asks kube-proxy of each node, where the policy is Cluster', async () => {
    const { bed } = await served();
    const { dataPath } = bed.simulator;
    await dataPath.setNodes(nodes.map((node) => ({ ...node, proxyHealthy: node.name === 'node-2' })));
    await bed.clock.advanceAsync(2000);

    expect(await dataPath.request(undefined, vip, 80, 'TCP')).toEqual({ node: 'node-2' });
    expect(await dataPath.request(undefined, vip, 80, 'TCP')).toEqual({ node: 'node-2' });
  });
});

describe('tampering', () => {
  it('removes a load balancer under its provider, which makes it again at the same address', async () => {
    const { bed, provider } = await served();
    await bed.simulator.tamper['load-balancer-removed'](want.owner.key);
    await settle();
    expect(await bed.simulator.dataPath.request(undefined, vip, 80, 'TCP')).toBe('refused');

    const { plan, report } = await bed.pass(provider, { ...want, published: [{ ip: vip }] });

    expect(plan.steps.map(({ op }) => op.do)).toEqual(['create']);
    expect(report).toMatchObject({ ingress: [{ ip: vip }], id: 'lb-2', listeners: [{ state: 'serving' }, { state: 'serving' }] });
  });

  it('closes listening sockets, which are opened again', async () => {
    const { bed, provider } = await served();
    await bed.simulator.tamper['listener-removed'](want.owner.key);
    expect((await bed.pass(provider, want)).report.listeners.map(({ state }) => state)).toEqual(['failed', 'failed']);

    await bed.clock.advanceAsync(5000);

    expect(await bed.simulator.dataPath.request(undefined, vip, 80, 'TCP')).toMatchObject({ node: 'node-1' });
  });

  it('takes the members away, and one step brings them back', async () => {
    const { bed, provider } = await served();
    await bed.simulator.tamper['members-changed'](want.owner.key);
    expect(await bed.simulator.dataPath.request(undefined, vip, 80, 'TCP')).toBe('refused');

    const { plan } = await bed.pass(provider, want);

    expect(plan.steps.map(({ op }) => op.do)).toEqual(['set-members']);
    expect(await bed.simulator.dataPath.request(undefined, vip, 80, 'TCP')).toHaveProperty('node');
  });

  it('is found by the next process where there is none', async () => {
    const { bed } = await served();
    bed.simulator.crash();
    await bed.simulator.tamper['load-balancer-removed'](want.owner.key);
    const provider = await start(bed);

    expect((await bed.pass(provider, want)).plan.steps.map(({ op }) => op.do)).toEqual(['create']);
  });
});

describe('things of others', () => {
  it.each(['before', 'while'] as const)('stand %s a provider runs: listed, not touched, not in the way for long', async (when) => {
    const bed = new TestBed();
    const early = when === 'while' ? await start(bed) : undefined;
    const other = await bed.simulator.plantForeign('other-cluster', owner('web', clusterId('cluster-2')));
    const mute = await bed.simulator.plantForeign('in-the-way', owner('web'));
    const stray = await bed.simulator.plantStray(owner('nobody'));
    const provider = early ?? (await start(bed));

    const { report } = await bed.pass(provider, want);
    await bed.simulator.tamper['load-balancer-removed'](want.owner.key);
    await bed.pass(provider, want);
    await bed.pass(provider, gone(want.owner));

    expect(report).toMatchObject({ ingress: [{ ip: '127.80.0.132' }], id: 'lb-4' });
    expect(await Array.fromAsync(provider.inventory(bed.ctx))).toMatchObject([
      { id: other.id, key: want.owner.key, foreign: { marks: { 'portolan.dev/cluster': 'cluster-2' } } },
      { id: mute.id, key: '', foreign: { marks: {} } },
      { id: stray.id, key: owner('nobody').key },
    ]);
    expect(await Promise.all([other, mute, stray].map((thing) => thing.untouched()))).toEqual([true, true, true]);
  });

  it('show when somebody changed or removed them', async () => {
    const bed = new TestBed();
    const provider = await start(bed);
    const stray = await bed.simulator.plantStray(owner('nobody'));

    await bed.pass(provider, spec({ owner: owner('nobody'), members }));
    expect([await stray.exists(), await stray.untouched()]).toEqual([true, false]);

    await bed.pass(provider, gone(owner('nobody')));
    expect([await stray.exists(), await stray.untouched()]).toEqual([false, false]);
  });
});
