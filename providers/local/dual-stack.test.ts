import { describe, expect, it } from 'vitest';
import { settle } from '../../src/clock.ts';
import { digestOf } from '../../src/model/digest.ts';
import { fieldPath } from '../../src/model/ids.ts';
import type { AddressWant, LoadBalancerSpec, Member } from '../../src/model/spec.ts';
import type { Family } from '../../src/net/ip.ts';
import { parseRanges } from './address-range.ts';
import { observed } from './observe.ts';
import { planned } from './plan.ts';
import { reported } from './report.ts';
import type { Settings } from './settings.ts';
import { emptyState, type State } from './state.ts';
import { changed } from './state-change.ts';
import { connection, frozen, ip, listener, owner, spec, TestBed, type Local } from './test-bed.ts';

type Spec = LoadBalancerSpec<Settings>;
const both = { public: ['127.80.0.128/25', 'fd00:80::/120'], internal: ['127.81.0.128/25'] };
const ranges = parseRanges({ ...connection, ranges: both });
const first = ['127.80.0.129', 'fd00:80::1'].map(ip);

const wish = (family: Family, over: { readonly required?: boolean; readonly requested?: string } = {}): AddressWant => ({
  family,
  required: over.required ?? true,
  ...(over.requested === undefined
    ? {}
    : { requested: { address: ip(over.requested), from: fieldPath('portolan.dev/load-balancer-ips') } }),
});
const dual = [wish('IPv4'), wish('IPv6')];
const single = [wish('IPv4')];
const publishedOf = (...addresses: readonly string[]) => ({ published: addresses.map((address) => ({ ip: ip(address) })) });

const haveOf = (want: Parameters<typeof observed>[0], state: State) => observed(want, state, ranges, () => undefined);
const planOf = (want: Parameters<typeof observed>[0], state: State) => planned(want, haveOf(want, state));
const after = (want: Spec, state: State): State => planOf(want, state).steps.reduce((next, { op }) => changed(next, op).state, state);
const addressesOf = (state: State) => state.loadBalancers.map(({ addresses }) => addresses);
const standing = after(spec({ addresses: dual }), emptyState);
const alone = after(spec({ addresses: single }), emptyState);

describe('two families', () => {
  it('are one load balancer with an address of each, made by one step, in the order of the want', () => {
    const { steps } = planOf(spec({ addresses: dual }), emptyState);

    expect(steps.map(({ id, summary }) => [id, summary])).toEqual([
      ['load-balancer/create', 'create a load balancer with TCP/80 on 127.80.0.129 and fd00:80::1 or the next free address'],
    ]);
    expect(addressesOf(standing)).toEqual([first]);
    expect(planOf(spec({ addresses: dual }), standing)).toEqual({ steps: [], refusals: [] });
    expect(addressesOf(after(spec({ addresses: [wish('IPv6'), wish('IPv4')] }), emptyState))).toEqual([[...first].reverse()]);
  });

  it('are reported in the order of the want, whichever came first', () => {
    const turned = spec({ addresses: [wish('IPv6'), wish('IPv4')] });
    expect(reported(turned, haveOf(turned, standing)).ingress).toEqual(
      first.toReversed().map((address) => ({ ip: address, ipMode: 'Proxy' })),
    );
  });

  it('can be IPv6 alone', () => {
    expect(addressesOf(after(spec({ addresses: [wish('IPv6')] }), emptyState))).toEqual([['fd00:80::1']]);
  });

  it('are where status says they were, each', () => {
    const want = spec({ addresses: dual, ...publishedOf('fd00:80::9', '127.80.0.140') });
    expect(addressesOf(after(want, emptyState))).toEqual([['127.80.0.140', 'fd00:80::9']]);
  });
});

describe('the second family', () => {
  it('comes in place: the first address and the load balancer stay', () => {
    const want = spec({ addresses: dual, ...publishedOf('127.80.0.129') });
    const { steps } = planOf(want, alone);

    expect(steps).toMatchObject([{ id: 'lb-1/address/IPv6/create', verb: 'create', disruption: 'none', op: { do: 'add-address' } }]);
    expect(after(want, alone).loadBalancers).toMatchObject([{ id: 'lb-1', addresses: first, added: { 'fd00:80::1': 2 } }]);
  });

  it('goes in place, when no status has named it for long enough and the loss is approved', () => {
    const want = spec({ addresses: single, ...publishedOf('127.80.0.129', 'fd00:80::1') });
    const { steps } = planOf(want, standing);

    expect(steps).toMatchObject([
      {
        id: 'lb-1/address/fd00:80::1/delete',
        verb: 'delete',
        releases: ['fd00:80::1'],
        disruption: 'changes-address',
        claim: { loses: ['address fd00:80::1 (lb-1)'], because: [{ field: 'spec.ipFamilies', from: 'IPv4,IPv6', to: 'IPv4' }] },
      },
    ]);
    expect(reported(want, haveOf(want, standing)).ingress).toEqual([{ ip: '127.80.0.129', ipMode: 'Proxy' }]);
    expect(addressesOf(after(want, standing))).toEqual([['127.80.0.129']]);
  });

  it('stays in status while its loss waits for approval', () => {
    const want = frozen(spec({ addresses: single }));
    expect(reported(want, haveOf(want, standing)).ingress).toEqual(first.map((address) => ({ ip: address, ipMode: 'Proxy' })));
  });

  it('that comes again is another thing to lose: an old approval does not hold', () => {
    const claims = [standing, after(spec({ addresses: dual }), after(spec({ addresses: single }), standing))].map(
      (state) => planOf(spec({ addresses: single }), state).steps[0]?.claim?.loses,
    );
    expect(claims).toEqual([['address fd00:80::1 (lb-1)'], ['address fd00:80::1 (lb-1, added as 2)']]);
  });

  it('changes its address without the first one, the new one before the old one', () => {
    const want = spec({ addresses: [wish('IPv4'), wish('IPv6', { requested: 'fd00:80::50' })], ...publishedOf(...first) });
    const { steps } = planOf(want, standing);

    expect(steps).toMatchObject([
      { id: 'lb-1/address/IPv6/create' },
      {
        id: 'lb-1/address/fd00:80::1/delete',
        after: ['lb-1/address/IPv6/create'],
        claim: { because: [{ field: 'portolan.dev/load-balancer-ips', from: 'fd00:80::1', to: 'fd00:80::50' }] },
      },
    ]);
    const [add, remove] = steps;
    if (add === undefined || remove === undefined) return expect.fail('two steps');
    const between = changed(standing, add.op).state;
    expect(planOf(want, between).steps).toMatchObject([{ id: remove.id, after: [], claim: remove.claim }]);
    expect(reported(want, haveOf(want, between)).ingress).toMatchObject([{ ip: '127.80.0.129' }, { ip: 'fd00:80::50' }]);
    expect(reported(frozen(want), haveOf(frozen(want), between)).ingress).toBe('unknown');
    expect(addressesOf(after(want, between))).toEqual([['127.80.0.129', 'fd00:80::50']]);

    const back = spec({ addresses: dual, ...publishedOf(...first) });
    expect(planOf(back, between).steps).toMatchObject([{ id: 'lb-1/address/fd00:80::50/delete', disruption: 'none' }]);
  });
});

describe('a family that is not to be had', () => {
  const internal = { scheme: 'internal', origin: { scheme: fieldPath('portolan.dev/scheme') } } as const;
  const small = parseRanges({ ...connection, ranges: { public: ['127.80.0.128/25', 'fd00:80::1/128'] } });

  it('is missing visibly where it may be, with the setting that would give it', () => {
    const want = spec({ ...internal, addresses: [wish('IPv4'), wish('IPv6', { required: false })] });
    const state = after(want, emptyState);
    const report = reported(want, haveOf(want, state));

    expect(planOf(want, state)).toEqual({ steps: [], refusals: [] });
    expect(report.ingress).toMatchObject([{ ip: '127.81.0.129' }]);
    expect(report.notices).toEqual([
      {
        reason: 'UnsupportedFeature',
        text: 'no IPv6 address: connection.ranges.internal of the provider has no IPv6 network',
        field: 'spec.ipFamilies',
        kind: 'service',
      },
    ]);
  });

  it('is refused where it must be there, with nothing half made; what stands stays', () => {
    const want = spec({ ...internal, addresses: dual });
    expect(planOf(want, emptyState)).toMatchObject({ steps: [], refusals: [{ reason: 'UnsupportedFeature', field: 'spec.ipFamilies' }] });
    expect(planOf(want, after(spec({ ...internal, addresses: single }), emptyState)).steps).toEqual([]);
  });

  it('comes as soon as an address is free', () => {
    const taker = spec({ owner: owner('other'), addresses: [wish('IPv6')] });
    const want = spec({ addresses: [wish('IPv4'), wish('IPv6', { required: false })] });
    const have = (state: State) => observed(want, state, small, () => undefined);
    const full = changed(
      emptyState,
      planned(
        taker,
        observed(taker, emptyState, small, () => undefined),
      ).steps[0]?.op ?? expect.fail(),
    ).state;
    const made = changed(full, planned(want, have(full)).steps[0]?.op ?? expect.fail()).state;

    expect(addressesOf(made)).toEqual([['fd00:80::1'], ['127.80.0.129']]);
    expect(reported(want, have(made)).notices).toMatchObject([
      { reason: 'AddressesExhausted', text: 'no public address is free in fd00:80::1/128' },
    ]);
    const free = changed(made, { do: 'delete', on: made.loadBalancers[0]?.id ?? expect.fail() }).state;
    expect(planned(want, have(free)).steps.map(({ op }) => op)).toEqual([{ do: 'add-address', on: 'lb-2', choices: ['fd00:80::1'] }]);
  });

  it('is refused where nothing would be left', () => {
    const want = spec({ ...internal, addresses: [wish('IPv6', { required: false })] });
    expect(planOf(want, emptyState)).toMatchObject({ steps: [], refusals: [{ reason: 'UnsupportedFeature' }] });
  });

  it('is refused where it was asked for by name, whether it must be there or not', () => {
    const outside = spec({ addresses: [wish('IPv4'), wish('IPv6', { required: false, requested: 'fd00:99::1' })] });
    expect(planOf(outside, standing)).toMatchObject({ steps: [], refusals: [{ reason: 'AddressOutOfRange' }] });
    const taken = spec({ owner: owner('other'), addresses: [wish('IPv4'), wish('IPv6', { requested: 'fd00:80::1' })] });
    expect(planOf(taken, standing)).toMatchObject({
      steps: [],
      refusals: [{ reason: 'AddressInUse', field: 'portolan.dev/load-balancer-ips' }],
    });
  });
});

describe('traffic', () => {
  const node = (name: string, addresses: Member['addresses']) => ({
    name,
    addresses,
    nodePorts: [
      { protocol: 'TCP' as const, port: 30080 },
      { protocol: 'UDP' as const, port: 30080 },
    ],
    healthPorts: [],
    proxyHealthy: true,
  });
  const nodes = [node('two', { IPv4: ip('10.0.0.1'), IPv6: ip('fd00:10::1') }), node('four', { IPv4: ip('10.0.0.2') })];
  const memberOf = ({ name, addresses }: (typeof nodes)[number]): Member => ({ node: name, addresses });

  async function served(members: readonly Member[]): Promise<{ bed: TestBed; provider: Local; want: Spec }> {
    const bed = new TestBed();
    await bed.simulator.dataPath.setNodes(nodes);
    const provider = await bed.start({ connection: { ranges: both } });
    const listeners = [listener('TCP', 80, 30080), listener('UDP', 80, 30080)];
    const want = spec({ addresses: dual, members, membersDigest: digestOf(members), listeners });
    return { bed, provider, want };
  }

  it('reaches members by their address of the family it came in; who has none is no backend (contract J5)', async () => {
    const { bed, provider, want } = await served(nodes.map(memberOf));
    const { report } = await bed.pass(provider, want);
    const { dataPath } = bed.simulator;
    const ask = async (to: string, protocol: 'TCP' | 'UDP') => {
      const answers = [await dataPath.request(undefined, ip(to), 80, protocol), await dataPath.request(undefined, ip(to), 80, protocol)];
      return answers.map((answer) => (typeof answer === 'string' ? answer : answer.node));
    };

    expect(report).toMatchObject({
      ingress: [{ ip: '127.80.0.129' }, { ip: 'fd00:80::1' }],
      members: { healthy: 2, total: 2 },
      notices: [],
    });
    expect(await ask('127.80.0.129', 'TCP')).toEqual(['two', 'four']);
    expect(await ask('fd00:80::1', 'TCP')).toEqual(['two', 'two']);
    expect(await ask('fd00:80::1', 'UDP')).toEqual(['two', 'two']);
  });

  it('says so where no node has an address of a family', async () => {
    const { bed, provider, want } = await served(nodes.slice(1).map(memberOf));
    const { report } = await bed.pass(provider, want);

    expect(report.members).toEqual({ healthy: 1, total: 1 });
    expect(report.notices).toEqual([
      { reason: 'NoNodes', text: 'no node has an IPv6 address, so nothing answers on fd00:80::1', kind: 'service' },
    ]);
    expect(await bed.simulator.dataPath.request(undefined, ip('fd00:80::1'), 80, 'TCP')).toBe('refused');
  });

  it('of the first family goes on while the second comes and goes', async () => {
    const { bed, provider, want } = await served(nodes.map(memberOf));
    await bed.pass(provider, { ...want, addresses: single });
    const open = await bed.network.at(ip('10.9.9.9')).connectTcp({ address: ip('127.80.0.129'), port: 80 }, 1000);
    if (typeof open === 'string') return expect.fail(open);
    await bed.pass(provider, want);
    expect(bed.network.isListening('TCP', { address: ip('fd00:80::1'), port: 80 })).toBe(true);

    await bed.pass(provider, { ...want, addresses: single });
    await settle();

    expect(bed.network.isListening('TCP', { address: ip('fd00:80::1'), port: 80 })).toBe(false);
    expect(open.stream.destroyed).toBe(false);
  });

  it('is failed on one address: the listener is, and says where', async () => {
    const { bed, provider, want } = await served(nodes.map(memberOf));
    bed.network.refuseToBind('TCP', { address: ip('fd00:80::1'), port: 80 }, 'AddressNotAvailable');
    const { report } = await bed.pass(provider, want);

    expect(report.listeners).toMatchObject([
      { id: 'TCP/80', state: 'failed', reason: 'AddressNotAvailable', text: expect.stringContaining('fd00:80::1') },
      { id: 'UDP/80', state: 'serving' },
    ]);
  });
});

describe('capabilities', () => {
  const lacking = async (of: Parameters<TestBed['start']>[0]) =>
    Object.entries((await new TestBed().start(of)).capabilities(spec().settings)).flatMap(([feature, has]) =>
      has === true ? [] : [[feature, has.lacks]],
    );
  const kept = (list: readonly (readonly string[])[]) => Object.fromEntries(list.filter(([feature]) => /ip|dual/.test(feature ?? '')));

  it('follow the ranges', async () => {
    expect(kept(await lacking({ connection: { ranges: both } }))).toEqual({});
    expect(kept(await lacking({ connection: { ranges: { public: ['fd00:80::/120'] } } }))).toEqual({
      ipv4: 'connection.ranges has no IPv4 network',
      dualStack: expect.stringContaining('connection.ranges.public'),
    });
    expect(kept(await lacking({ connection: { ranges: { public: ['127.80.0.128/25'], internal: ['fd00:81::/120'] } } }))).toEqual({
      dualStack: expect.stringContaining('connection.ranges.internal'),
    });
  });
});
