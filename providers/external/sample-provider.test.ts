import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { runPass, type PassResult } from '../../src/engine/pass.ts';
import type { LbError } from '../../src/errors.ts';
import { noCheckpoint } from '../../src/model/checkpoint.ts';
import { digestOf } from '../../src/model/digest.ts';
import { clusterId, fieldPath, listenerId, serviceLoadBalancer, serviceUid } from '../../src/model/ids.ts';
import { defaultGuard } from '../../src/model/load-balancer-class.ts';
import { marksOf, type Owner } from '../../src/model/owner.ts';
import type { Frozen, Gone, Listener, LoadBalancerSpec, Member, Want } from '../../src/model/spec.ts';
import { parseCidr, parseIp } from '../../src/net/ip.ts';
import type { AnyProvider, ProviderHost } from '../../src/provider.ts';
import { simulateCommand } from '../registry.ts';
import { Bed, owner, spec as plainSpec } from './test-bed.ts';
import { python } from '../../test/fixtures/external-provider/python.ts';

const sample = join(import.meta.dirname, '../../docs/guide/sample-provider/provider.py');
// Alone in its folder, as somebody who copies it has it.
const folder = mkdtempSync(join(tmpdir(), 'portolan-sample-'));
const program = join(folder, 'provider.py');
beforeAll(() => copyFileSync(sample, program));
afterAll(() => rmSync(folder, { recursive: true }));

const ip = (text: string) => parseIp(text) ?? expect.unreachable(text);
const member = (node: string, address: string): Member => ({ node, addresses: { IPv4: ip(address) } });
const listener = (id: `${'TCP' | 'UDP'}/${number}`, nodePort: number, over: Partial<Listener> = {}): Listener => {
  const [protocol, port] = [id.startsWith('TCP') ? ('TCP' as const) : ('UDP' as const), Number(id.slice(4))];
  const names = { id: listenerId(protocol, port), service: serviceUid('uid-web'), protocol, port, name: '' };
  return { ...names, nodePort, trafficPolicy: 'Cluster', healthCheck: { kind: 'cluster' }, ...over };
};
const two = [member('n1', '127.90.0.11'), member('n2', '127.90.0.12')];
const spec = (over: Partial<LoadBalancerSpec<unknown>> = {}): LoadBalancerSpec<unknown> => {
  const members = over.members ?? two;
  return plainSpec({ settings: { udpIdleTimeout: 60_000 }, ...over, members, membersDigest: digestOf(members) });
};
const frozen = (members: readonly Member[], nodePorts: Frozen['nodePorts']): Frozen => ({
  frozen: true,
  owner,
  members,
  membersDigest: digestOf(members),
  nodePorts,
});
const gone = (leave: Gone<unknown>['leave'], of: Owner = owner): Gone<unknown> => ({ gone: true, owner: of, leave });

interface Life {
  readonly bed: Bed;
  readonly provider: AnyProvider;
  readonly pass: (want: Want<unknown>, approvals?: readonly string[]) => Promise<PassResult>;
}

describe.skipIf(!python)('the sample provider (needs python3 3.11)', () => {
  let simulation: Awaited<ReturnType<typeof simulateCommand>> | undefined;
  const running: AnyProvider[] = [];
  afterEach(async () => {
    await Promise.all(running.splice(0).map((provider) => provider.close()));
    await simulation?.close?.();
    simulation = undefined;
  });

  async function begin(host: Partial<ProviderHost> = {}, connection = {}, mode: 'control' | 'read' = 'control'): Promise<Life> {
    const bed = new Bed();
    simulation ??= await simulateCommand(['python3', program], bed.clock);
    const provider = simulation.definition.create({ ...simulation.connection, ...connection }, { ...bed.host, ...host });
    running.push(provider);
    await provider.start(mode, bed.ctx);
    const pass = (want: Want<unknown>, approvals: readonly string[] = []) => {
      const rules = { policy: defaultGuard, approvals: new Set(approvals), byClass: false };
      const ports = { begin: () => Promise.resolve(), stillPublished: () => 0 };
      return runPass({ want, provider, settleMs: 0, maxAgeMs: 0, rules, planOnly: false }, ports, {
        clock: bed.clock,
        call: bed.ctx,
        checkpoint: noCheckpoint,
      });
    };
    return { bed, provider, pass };
  }
  const steps = ({ runs }: PassResult): readonly string[] => runs.map(({ step, outcome }) => `${step.id} ${outcome}`);

  it('makes, edits in every way, and takes away; each time the second plan is empty', async () => {
    const { bed, pass } = await begin();
    const story: readonly [LoadBalancerSpec<unknown>, readonly string[]][] = [
      [spec(), ['load-balancer/create done']],
      [spec({ members: two.slice(0, 1) }), ['lb-1/members done']],
      [spec({ listeners: [listener('TCP/80', 31_000)] }), ['lb-1/TCP/80/node-port done', 'lb-1/members done']],
      [
        spec({ listeners: [listener('TCP/80', 31_000, { healthCheck: { kind: 'local', port: 32_000 } })] }),
        ['lb-1/TCP/80/health-check done'],
      ],
      [spec({ listeners: [listener('UDP/80', 31_001)] }), ['lb-1/UDP/80/create done', 'lb-1/TCP/80/delete done']],
      [spec({ listeners: [listener('UDP/80', 31_001)], settings: { udpIdleTimeout: 1_000 } }), ['lb-1/settings done']],
    ];
    for (const [want, expected] of story) {
      const result = await pass(want);
      expect([...steps(result)].sort()).toEqual([...expected].sort());
      expect(result).toMatchObject({ outcome: 'finished', report: { id: 'lb-1', ingress: [{ ip: '127.80.0.129', ipMode: 'Proxy' }] } });
      expect(steps(await pass(want))).toEqual([]);
    }
    expect(await pass(gone('nothing'))).toMatchObject({ outcome: 'finished', report: { ingress: [] } });
    expect(bed.beforeCalls).toBe(story.flatMap(([, expected]) => expected).length + 1);
    // An id is never used twice.
    expect(await pass(spec())).toMatchObject({ report: { id: 'lb-2' } });
  });

  it('holds narrower source ranges for approval where that is asked for, and never wider ones', async () => {
    const { pass } = await begin();
    await pass(spec());
    const narrow = [parseCidr('10.0.0.0/8') ?? expect.unreachable()];
    const narrower = await pass(spec({ sourceRanges: narrow }));
    expect(narrower.runs[0]?.step).toMatchObject({
      disruption: 'drops-connections',
      claim: { because: [{ field: 'spec.loadBalancerSourceRanges', from: '0.0.0.0/0', to: '10.0.0.0/8' }] },
    });
    expect((await pass(spec())).runs[0]?.step).toMatchObject({ disruption: 'none' });
  });

  it('lets a frozen one follow members and node ports, and nothing else', async () => {
    const { pass } = await begin();
    await pass(spec());

    const result = await pass(
      frozen(two.slice(1), [
        { id: listenerId('TCP', 80), nodePort: 31_000 },
        { id: listenerId('TCP', 81), nodePort: 31_001 },
      ]),
    );

    expect(steps(result)).toEqual(['lb-1/members done', 'lb-1/TCP/80/node-port done']);
    expect(result.report).toMatchObject({ id: 'lb-1', listeners: [{ id: 'TCP/80', state: 'serving' }] });
  });

  it('makes the new one first where the scheme is asked to change, and gives up the old one when approved', async () => {
    const { pass } = await begin();
    await pass(spec());
    expect(steps(await pass(spec({ scheme: 'internal' })))).toEqual([]);
    const moved = spec({
      scheme: 'internal',
      origin: { scheme: fieldPath('portolan.dev/scheme') },
      published: [{ ip: ip('127.80.0.129') }],
    });

    const held = await pass(moved);
    expect(held).toMatchObject({ outcome: 'held', report: { ingress: [{ ip: '127.80.0.129' }] } });
    expect(
      await pass(
        moved,
        held.held.map(({ code }) => code),
      ),
    ).toMatchObject({
      outcome: 'finished',
      report: { id: 'lb-2', ingress: [{ ip: '127.81.0.129' }] },
    });
  });

  it('releases: the marks go, the rest stays, and nobody gets the address', async () => {
    const { pass, provider, bed } = await begin();
    await pass(spec());

    expect(await pass(gone('everything'))).toMatchObject({ outcome: 'finished', report: { ingress: 'unknown' } });

    const things = await Array.fromAsync(provider.inventory(bed.ctx));
    expect(things).toEqual([{ kind: 'load-balancer', id: 'lb-1', name: '127.80.0.129', key: '', main: true, foreign: { marks: {} } }]);
    expect(await pass(spec())).toMatchObject({ report: { ingress: [{ ip: '127.80.0.130' }] } });
  });

  it('finds everything again after kill -9, between any two calls', async () => {
    const first = await begin();
    await first.pass(spec());
    simulation?.crash();
    running.pop();

    const second = await begin();

    expect(steps(await second.pass(spec()))).toEqual([]);
    expect(await second.pass(spec())).toMatchObject({ report: { id: 'lb-1', ingress: [{ ip: '127.80.0.129' }] } });
  });

  it('carries out a step once, however often it is asked to', async () => {
    const { provider, bed } = await begin();
    const want = spec();
    const plan = await provider.plan(want, await provider.observe(want, { maxAgeMs: 0 }, bed.ctx));
    for (const step of [...plan.steps, ...plan.steps])
      expect(await provider.apply(step, bed.ctx)).toEqual({ outputs: { id: 'lb-1', address: '127.80.0.129' } });
    expect(await Array.fromAsync(provider.inventory(bed.ctx))).toHaveLength(1);
    const end = await provider.plan(gone('nothing'), await provider.observe(gone('nothing'), { maxAgeMs: 0 }, bed.ctx));
    for (const step of [...end.steps, ...end.steps]) await provider.apply(step, bed.ctx);
    expect(await Array.fromAsync(provider.inventory(bed.ctx))).toEqual([]);
  });

  it('touches nothing of another cluster, not even where it is told to', async () => {
    const theirs = await begin({ clusterId: clusterId('cluster-2') });
    const foreign: Owner = { ...owner, clusterId: clusterId('cluster-2'), key: serviceLoadBalancer(serviceUid('uid-other')) };
    await theirs.pass(spec({ owner: foreign }));
    await theirs.provider.close();
    running.pop();

    const { provider, bed, pass } = await begin();
    const end = await provider.plan(gone('nothing', foreign), await provider.observe(gone('nothing', foreign), { maxAgeMs: 0 }, bed.ctx));
    const [step] = end.steps;
    if (step === undefined) throw new Error('it sees its own');
    const forged = { ...step, proof: { marks: marksOf(owner), on: 'lb-1' } } as typeof step; // a proof with marks
    await expect(provider.apply(forged, bed.ctx)).rejects.toMatchObject({ code: 'ForeignResource' });

    expect(await pass(spec())).toMatchObject({ report: { ingress: [{ ip: '127.80.0.130' }] } });
    expect(await Array.fromAsync(provider.inventory(bed.ctx))).toMatchObject([{ foreign: { marks: {} } }, { id: 'lb-2' }]);
  });

  it('refuses where no address is free, and says what it cannot do', async () => {
    const { pass, provider } = await begin({}, { publicRange: '127.80.0.128/30', internalRange: '' });

    expect(provider.capabilities({}).internalScheme).toEqual({ lacks: 'connection.internalRange is not set' });
    for (const uid of ['a', 'b']) await pass(spec({ owner: { ...owner, key: serviceLoadBalancer(serviceUid(uid)) } }));
    expect(await pass(spec())).toMatchObject({
      outcome: 'refused',
      refusals: [{ reason: 'AddressesExhausted', text: 'no public address is free' }],
    });
  });

  it('lists more than a page', async () => {
    const { pass, provider, bed } = await begin();
    for (let count = 0; count < 101; count++) await pass(spec({ owner: { ...owner, key: serviceLoadBalancer(serviceUid(`u${count}`)) } }));
    expect(await Array.fromAsync(provider.inventory(bed.ctx))).toHaveLength(101);
  });

  it('reads beside the one that writes, and does not write', async () => {
    const bed = new Bed();
    const command = ['python3', program];
    const connection = { stateFile: join(folder, 'shared.json'), publicRange: '127.80.77.0/24' };
    const definition = await bed.describe({ command, env: {} });
    const make = async (mode: 'control' | 'read') => {
      const provider = definition.create({ command, ...connection }, bed.host);
      running.push(provider);
      await provider.start(mode, bed.ctx);
      return provider;
    };
    writeFileSync(join(folder, 'forward.py'), readFileSync(join(sample, '../forward.py')));
    await make('control');
    await expect(make('control')).rejects.toMatchObject({ code: 'StateFileLocked' } satisfies Partial<LbError>);
    running.pop();
    const reader = await make('read');

    const have = await reader.observe(spec(), { maxAgeMs: 0 }, bed.ctx);
    expect(await reader.plan(spec(), have)).toMatchObject({ steps: [{ id: 'load-balancer/create' }] });
  });

  it.each([
    [{ publicRange: 'nonsense' }, 'InvalidConfig'],
    [{ stateFile: '/nonexistent/folder/state.json' }, 'InternalError'],
  ])('does not start with %j, and says why', async (wrong, code) => {
    const bed = new Bed();
    const command = ['python3', program];
    const definition = await bed.describe({ command, env: {} });
    const provider = definition.create(
      { command, stateFile: join(folder, 'wrong.json'), publicRange: '127.80.78.0/24', ...wrong },
      bed.host,
    );
    running.push(provider);

    await expect(provider.start('control', bed.ctx)).rejects.toMatchObject({ code });
  });
});
