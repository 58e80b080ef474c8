/** The same story as on the simulator, on this machine; time stands still but for what sockets wait for. */
import { existsSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ManualClock } from '../../../src/clock.ts';
import type { Want } from '../../../src/model/spec.ts';
import { clusterId } from '../../../src/model/ids.ts';
import { parseRows } from '../../../src/settings/parse.ts';
import { parseCidr } from '../../../src/net/ip.ts';
import { connection as connectionRows, defaultSettings, type Connection, type Settings } from '../settings.ts';
import { callContext, gone, hostOf, ip, listener, owner, spec, type Local } from '../test-bed.ts';
import { MachineSimulation } from './machine-simulation.ts';

const ctx = callContext();
let simulation: MachineSimulation;
let clock: ManualClock;
beforeEach(async () => {
  simulation = await MachineSimulation.begin();
  clock = new ManualClock();
});
afterEach(() => simulation.close());

async function start(): Promise<Local> {
  const { values } = parseRows(connectionRows, simulation.connection, 'connection');
  // The definition is the local one, and its rows made the values.
  const provider = simulation.definition.create(values as unknown as Connection, hostOf(clock)) as unknown as Local;
  await provider.start('control', ctx);
  return provider;
}

async function pass(provider: Local, want: Want<Settings>) {
  const { steps } = await provider.plan(want, await provider.observe(want, { maxAgeMs: 0 }, ctx));
  for (const step of steps) await provider.apply(step, ctx);
  await simulation.quiet();
  const report = await provider.report(want, await provider.observe(want, { maxAgeMs: 0 }, ctx));
  return { steps, report, ip: report.ingress === 'unknown' ? undefined : report.ingress[0]?.ip };
}

async function nodes(...localEndpoints: readonly number[]) {
  const addresses = localEndpoints.map((_, index) => ip(`10.0.0.${index + 1}`));
  await simulation.dataPath.setNodes(
    addresses.map((IPv4, index) => ({
      name: `node-${index + 1}`,
      addresses: { IPv4, IPv6: ip(`fd00::${index + 1}`) },
      nodePorts: [
        { protocol: 'TCP', port: 30080 },
        { protocol: 'UDP', port: 30080 },
      ],
      healthPorts: [{ port: 32000, localEndpoints: localEndpoints[index] ?? 0 }],
      proxyHealthy: true,
    })),
  );
  return addresses.map((IPv4, index) => ({ node: `node-${index + 1}`, addresses: { IPv4 } }));
}

const listeners = [listener('TCP', 38_090, 30080), listener('UDP', 38_090, 30080)];

it('carries traffic, sees health change with the clock it was given, and lets go of everything', async () => {
  const members = await nodes(1, 1);
  const provider = await start();
  const local = listeners.map((each) => ({ ...each, healthCheck: { kind: 'local', port: 32_000 } as const }));
  const want = spec({ members, listeners: local });
  const { ip: vip = expect.fail('an address'), report } = await pass(provider, want);
  const { dataPath } = simulation;
  expect(report).toMatchObject({ members: { healthy: 2, total: 2 }, listeners: [{ state: 'serving' }, { state: 'serving' }] });
  const ask = async (protocol: 'TCP' | 'UDP' = 'TCP') => dataPath.request(undefined, vip, 38_090, protocol);
  expect(await Promise.all([ask(), ask()])).toEqual(expect.arrayContaining([{ node: 'node-1' }, { node: 'node-2' }]));
  expect(await ask('UDP')).toHaveProperty('node');

  await nodes(0, 1);
  clock.advance(2000);
  await simulation.quiet();

  expect([await ask(), await ask()]).toEqual([{ node: 'node-2' }, { node: 'node-2' }]);
  await pass(provider, gone(want.owner));
  expect([await ask(), await ask('UDP')]).toEqual(['refused', 'refused']);
  await provider.close();
  await simulation.close();
  expect(existsSync(simulation.connection.stateFile)).toBe(false);
});

it('knows clients by the addresses they play', async () => {
  const members = await nodes(1);
  const settings = { ...defaultSettings, proxyProtocol: 'v2' } as const;
  const sourceRanges = [parseCidr('10.9.0.0/16') ?? expect.fail()];
  const { ip: vip = expect.fail('an address') } = await pass(await start(), spec({ members, listeners, settings, sourceRanges }));
  const ask = (from: string, protocol: 'TCP' | 'UDP') => simulation.dataPath.request(ip(from), vip, 38_090, protocol);

  expect(await ask('10.9.0.7', 'TCP')).toEqual({ node: 'node-1', proxied: { version: 2, client: '10.9.0.7' } });
  expect(await ask('10.9.0.7', 'UDP')).toEqual({ node: 'node-1' });
  expect(await ask('10.8.0.7', 'TCP')).toBe('refused');
  expect(await ask('10.8.0.7', 'UDP')).toBe('no-answer');
});

it('is killed with sockets, lock and all, and the next one serves the same', async () => {
  const members = await nodes(1);
  const want = spec({ members, listeners });
  const { ip: vip = expect.fail('an address') } = await pass(await start(), want);
  simulation.crash();
  await simulation.quiet();
  expect(await simulation.dataPath.request(undefined, vip, 38_090, 'TCP')).toBe('refused');

  const { steps } = await pass(await start(), want);

  expect(steps).toEqual([]);
  expect(await simulation.dataPath.request(undefined, vip, 38_090, 'TCP')).toEqual({ node: 'node-1' });
});

it('has room for others, with a provider and without', async () => {
  const members = await nodes(1);
  const want = spec({ members, listeners });
  const other = await simulation.plantForeign('other-cluster', owner('web', clusterId('cluster-2')));
  const provider = await start();
  const mute = await simulation.plantForeign('in-the-way', want.owner);
  const stray = await simulation.plantStray(owner('nobody'));
  const { ip: vip = expect.fail('an address') } = await pass(provider, want);

  await simulation.tamper['listener-removed'](want.owner.key);
  await simulation.quiet();
  expect(await simulation.dataPath.request(undefined, vip, 38_090, 'TCP')).toBe('refused');
  clock.advance(5000);
  await simulation.quiet();
  expect(await simulation.dataPath.request(undefined, vip, 38_090, 'TCP')).toEqual({ node: 'node-1' });
  await simulation.tamper['load-balancer-removed'](want.owner.key);
  expect((await pass(provider, want)).steps.map(({ op }) => op.do)).toEqual(['create']);
  await simulation.tamper['members-changed'](want.owner.key);
  expect((await pass(provider, want)).steps.map(({ op }) => op.do)).toEqual(['set-members']);
  expect(await Promise.all([other, mute, stray].map((thing) => thing.untouched()))).toEqual([true, true, true]);
});
