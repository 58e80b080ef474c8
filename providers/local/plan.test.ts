import { describe, expect, it } from 'vitest';
import { digestOf } from '../../src/model/digest.ts';
import { clusterId, fieldPath } from '../../src/model/ids.ts';
import type { LoadBalancerSpec, MemberSet, Want } from '../../src/model/spec.ts';
import { parseCidr, type Cidr } from '../../src/net/ip.ts';
import { parseRanges } from './address-range.ts';
import { observed } from './observe.ts';
import type { Operation } from './operation.ts';
import { planned } from './plan.ts';
import { defaultSettings, type Settings } from './settings.ts';
import { emptyState, type State } from './state.ts';
import { changed } from './state-change.ts';
import { connection, frozen, gone, ip, listener, member, owner, spec } from './test-bed.ts';

const ranges = parseRanges(connection);
const cidr = (text: string): Cidr => parseCidr(text) ?? expect.fail(text);
const requested = (address: string): LoadBalancerSpec<Settings>['addresses'] => [
  { family: 'IPv4', required: true, requested: { address: ip(address), from: fieldPath('spec.loadBalancerIP') } },
];

const planOf = (want: Want<Settings>, state: State) =>
  planned(
    want,
    observed(want, state, ranges, () => undefined),
  );

const withMembers = (want: LoadBalancerSpec<Settings>, members: MemberSet) => ({ ...want, members, membersDigest: digestOf(members) });

/** The state after every step of the plan. */
function after(want: Want<Settings>, state: State): State {
  let next = state;
  for (const { op } of planOf(want, state).steps) next = changed(next, op).state;
  return next;
}

const standing = after(spec(), emptyState);
/** The state in the middle of a change: the successor is made, the old one is there. */
const halfway = (want: Want<Settings>): State => {
  const [create] = planOf(want, standing).steps;
  return create === undefined ? standing : changed(standing, create.op).state;
};
const ops = (want: Want<Settings>, state = standing): readonly Operation[] => planOf(want, state).steps.map(({ op }) => op);

describe('where a load balancer is made', () => {
  it('is one step, marked from its first moment, on the first usable address of the scheme', () => {
    const [step, ...others] = planOf(spec({ scheme: 'internal' }), emptyState).steps;

    expect(others).toEqual([]);
    expect(step).toMatchObject({
      id: 'load-balancer/create',
      verb: 'create',
      proof: {
        willMark: { 'portolan.dev/cluster': 'cluster-1', 'portolan.dev/key': 'service/uid-web', 'portolan.dev/service': 'default/web' },
      },
      disruption: 'none',
      repeat: 'safe',
    });
    expect(step?.op).toMatchObject({ do: 'create', scheme: 'internal' });
    expect(step?.op.do === 'create' ? step.op.choices.map((list) => list.slice(0, 2)) : []).toEqual([['127.81.0.129', '127.81.0.130']]);
  });

  it('is where status says it was, if that address is free: the state file may have been lost', () => {
    const published = [{ ip: ip('127.80.0.200') }];
    expect(ops(spec({ published }), emptyState)[0]).toMatchObject({ choices: [expect.arrayContaining(['127.80.0.200'])] });
    expect(after(spec({ published }), emptyState).loadBalancers[0]?.addresses).toEqual(['127.80.0.200']);

    const taken = after(spec({ owner: owner('other'), published }), emptyState);
    expect(ops(spec({ published }), taken)[0]).not.toMatchObject({ choices: [expect.arrayContaining(['127.80.0.200'])] });
    expect(after(spec({ published }), taken).loadBalancers[1]?.addresses).toEqual(['127.80.0.129']);
  });

  it('is what the user asked for', () => {
    expect(after(spec({ addresses: requested('127.80.0.140') }), emptyState).loadBalancers[0]?.addresses).toEqual(['127.80.0.140']);
  });

  it.each(['192.0.2.1', '127.81.0.130', '127.80.0.128', '127.80.0.255'])('is refused at %s, with the ranges and the field', (address) => {
    const { steps, refusals } = planOf(spec({ addresses: requested(address) }), emptyState);

    expect(steps).toEqual([]);
    expect(refusals).toMatchObject([
      { reason: 'AddressOutOfRange', field: 'spec.loadBalancerIP', text: expect.stringContaining('127.80.0.128/25') },
    ]);
  });

  it('is refused where another one is, with the name of its Service', () => {
    const { refusals } = planOf(spec({ owner: owner('other'), addresses: requested('127.80.0.129') }), standing);
    expect(refusals).toMatchObject([{ reason: 'AddressInUse', text: expect.stringContaining('default/web') }]);
  });

  it("does not name another cluster's Service", () => {
    const foreign = owner('secret', clusterId('cluster-2'));
    const { refusals } = planOf(spec({ addresses: requested('127.80.0.129') }), after(spec({ owner: foreign }), emptyState));
    expect(refusals).toMatchObject([{ reason: 'AddressInUse', text: 'the address 127.80.0.129 belongs to another load balancer' }]);
  });

  it('is refused when no address is free', () => {
    const small = parseRanges({ ...connection, ranges: { public: ['127.80.0.129/32'] } });
    const full = after(spec({ addresses: requested('127.80.0.129') }), emptyState);
    const other = spec({ owner: owner('other') });

    expect(
      planned(
        other,
        observed(other, full, small, () => undefined),
      ).refusals,
    ).toMatchObject([{ reason: 'AddressesExhausted', text: expect.stringContaining('127.80.0.129/32') }]);
  });

  it('is refused for a Service of IPv6 alone', () => {
    expect(planOf(spec({ addresses: [{ family: 'IPv6', required: true }] }), emptyState).refusals).toMatchObject([
      { reason: 'UnsupportedFeature' },
    ]);
  });
});

describe('edits in place', () => {
  it('are nothing where nothing changed, nor where a request names the present address, nor where it is taken back', () => {
    expect(ops(spec())).toEqual([]);
    expect(ops(spec({ addresses: requested('127.80.0.129') }))).toEqual([]);
    expect(ops(spec(), after(spec({ addresses: requested('127.80.0.140') }), emptyState))).toEqual([]);
  });

  it('make the new listener before the old one goes, and say what that drops', () => {
    const { steps } = planOf(spec({ listeners: [listener('TCP', 8080, 30080)] }), standing);

    expect(steps).toMatchObject([
      { id: 'lb-1/listener/TCP/8080/create', verb: 'create', disruption: 'none' },
      {
        id: 'lb-1/listener/TCP/80/delete',
        after: ['lb-1/listener/TCP/8080/create'],
        verb: 'delete',
        disruption: 'drops-connections',
        claim: { loses: ['listener TCP/80 (lb-1)'], because: [{ field: 'spec.ports', from: 'TCP/80', to: '' }] },
      },
    ]);
  });

  it('tell a UDP listener from a TCP listener of the same number', () => {
    const both = spec({ listeners: [listener('TCP', 80, 30080), listener('UDP', 80, 30081)] });
    expect(ops(both)).toEqual([
      { do: 'add-listener', on: 'lb-1', listener: { id: 'UDP/80', nodePort: 30081, healthCheck: { kind: 'cluster' } } },
    ]);
  });

  it('move a node port and the members without a record ahead', () => {
    const { steps } = planOf(spec({ listeners: [listener('TCP', 80, 31000)], members: [member('node-1', '10.0.0.1')] }), standing);

    expect(steps.map(({ id, membersOnly, disruption }) => ({ id, membersOnly, disruption }))).toEqual([
      { id: 'lb-1/members', membersOnly: true, disruption: 'none' },
      { id: 'lb-1/listener/TCP/80/node-port', membersOnly: true, disruption: 'drains' },
    ]);
  });

  it('drain a member that leaves', () => {
    const two = spec({ members: [member('node-1', '10.0.0.1'), member('node-2', '10.0.0.2')] });
    const [step] = planOf(spec({ members: two.members.slice(0, 1) }), after(two, emptyState)).steps;
    expect(step).toMatchObject({ id: 'lb-1/members', disruption: 'drains', membersOnly: true });
  });

  it('follow the traffic policy, the affinity and the timeouts unnoticed', () => {
    const want = spec({
      listeners: [listener('TCP', 80, 30080, { healthCheck: { kind: 'local', port: 32000 } })],
      affinity: { kind: 'client-ip', timeoutSeconds: 60 },
      settings: { ...defaultSettings, drainTimeout: 1, udpIdleTimeout: 2000 },
    });
    const { steps } = planOf(want, standing);
    expect(steps.map(({ id, disruption }) => [id, disruption])).toEqual([
      ['lb-1/listener/TCP/80/health-check', 'none'],
      ['lb-1/affinity', 'none'],
      ['lb-1/settings', 'none'],
    ]);
    expect(ops(want, after(want, standing))).toEqual([]);
  });

  it.each([
    ['from open to narrow', [], ['10.0.0.0/8'], 'drops-connections'],
    ['from open to a list that holds everybody', [], ['0.0.0.0/0'], 'none'],
    ['to wider', ['10.1.0.0/16'], ['10.0.0.0/8'], 'none'],
    ['to more', ['10.1.0.0/16'], ['10.1.0.0/16', '192.168.0.0/16'], 'none'],
    ['to open', ['10.1.0.0/16'], [], 'none'],
    ['to narrower', ['10.0.0.0/8'], ['10.1.0.0/16'], 'drops-connections'],
    ['to others', ['10.0.0.0/8'], ['192.168.0.0/16'], 'drops-connections'],
  ])('judge source ranges %s', (_, from, to, disruption) => {
    const before = after(spec({ sourceRanges: from.map(cidr) }), emptyState);
    const [step] = planOf(spec({ sourceRanges: to.map(cidr) }), before).steps;
    expect(step).toMatchObject({ id: 'lb-1/source-ranges', disruption });
    expect(step?.claim === undefined).toBe(disruption === 'none');
  });
});

describe('an address that changes', () => {
  const internal = spec({ scheme: 'internal', origin: { scheme: fieldPath('portolan.dev/scheme') } });

  it('makes the successor first; the old one goes with a claim that names it and the field', () => {
    const { steps } = planOf(internal, standing);

    expect(steps).toMatchObject([
      { id: 'load-balancer/create' },
      {
        id: 'lb-1/delete',
        after: ['load-balancer/create'],
        releases: ['127.80.0.129'],
        disruption: 'changes-address',
        claim: { loses: ['address 127.80.0.129 (lb-1)'], because: [{ field: 'portolan.dev/scheme', from: 'public', to: 'internal' }] },
      },
    ]);
  });

  it('has the same claim after the successor is made, so that an approval holds to the end', () => {
    const [, remove] = planOf(internal, standing).steps;

    const { steps } = planOf(internal, halfway(internal));

    expect(steps).toMatchObject([{ id: 'lb-1/delete', after: [] }]);
    expect(steps[0]?.claim).toEqual(remove?.claim);
  });

  it('names the class where the Service did not set the scheme itself', () => {
    const byClass = spec({ scheme: 'internal', origin: { scheme: fieldPath('classes[web].settings.scheme') } });
    expect(planOf(byClass, standing).steps[1]?.claim?.because).toMatchObject([{ field: 'classes[web].settings.scheme' }]);
  });

  it('never follows a mere default: what neither the Service nor its class asks for moves nothing', () => {
    expect(planOf(spec({ scheme: 'internal' }), standing).steps).toEqual([]);
  });

  it('names the request and both addresses', () => {
    expect(planOf(spec({ addresses: requested('127.80.0.140') }), standing).steps[1]?.claim?.because).toEqual([
      { field: 'spec.loadBalancerIP', from: '127.80.0.129', to: '127.80.0.140' },
    ]);
  });

  it('stays when the change is taken back halfway; what nobody was told of goes unnoticed', () => {
    const between = halfway(internal);

    const { steps } = planOf(spec({ published: [{ ip: ip('127.80.0.129') }] }), between);

    expect(steps).toMatchObject([{ id: 'lb-2/delete', disruption: 'none' }]);
  });

  it('needs a claim when the change is taken back after status named the new one', () => {
    const between = halfway(internal);

    const back = spec({ published: [{ ip: ip('127.81.0.129') }], origin: { scheme: fieldPath('portolan.dev/scheme') } });
    const { steps } = planOf(back, between);

    expect(steps).toMatchObject([
      {
        id: 'lb-2/delete',
        disruption: 'changes-address',
        claim: { because: [{ field: 'portolan.dev/scheme', from: 'internal', to: 'public' }] },
      },
    ]);
  });

  it('keeps the published one of two that fit, and says why the other goes', () => {
    const asked = spec({ addresses: requested('127.80.0.140') });
    const between = halfway(asked);

    const { steps } = planOf(spec({ published: [{ ip: ip('127.80.0.140') }] }), between);

    expect(steps).toMatchObject([
      {
        id: 'lb-1/address/127.80.0.129/delete',
        claim: { because: [{ field: 'status.loadBalancer.ingress', from: '127.80.0.129', to: '127.80.0.140' }] },
      },
    ]);
  });

  it('lets the members of the old one follow while it waits to go', () => {
    const between = halfway(internal);

    const { steps } = planOf(withMembers(internal, [member('node-1', '10.0.0.1')]), between);

    expect(steps.map(({ id, after: before }) => [id, before])).toEqual([
      ['lb-2/members', []],
      ['lb-1/members', []],
      ['lb-1/delete', ['lb-1/members']],
    ]);
  });
});

describe('other wants', () => {
  const edited = spec({
    scheme: 'internal',
    listeners: [listener('TCP', 80, 31000), listener('TCP', 443, 31001)],
    members: [member('node-1', '10.0.0.1')],
  });

  it('a frozen one gets members and node ports of what it has, and nothing else', () => {
    const { steps } = planOf(frozen(edited), standing);
    expect(steps.map(({ id }) => id)).toEqual(['lb-1/members', 'lb-1/listener/TCP/80/node-port']);
    expect(steps.every(({ membersOnly }) => membersOnly)).toBe(true);
  });

  it('a frozen one is never made, and keeps a node port that was taken away', () => {
    expect(ops(frozen(edited), emptyState)).toEqual([]);
    expect(ops(frozen(spec({ listeners: [listener('TCP', 80, 0)] })))).toEqual([]);
  });

  it('a released one loses its marks and nothing else, and is nobody’s afterwards', () => {
    const released = after(gone(owner(), 'everything'), standing);

    expect(released.loadBalancers).toMatchObject([{ id: 'lb-1', marks: {}, addresses: ['127.80.0.129'] }]);
    expect(ops(gone(owner()), released)).toEqual([]);
    expect(after(spec(), released).loadBalancers[1]?.addresses).toEqual(['127.80.0.130']);
  });

  it('a gone one takes both of a change away', () => {
    const between = halfway(spec({ scheme: 'internal' }));
    expect(after(gone(owner()), between).loadBalancers).toEqual([]);
  });

  it("touches nothing of another cluster's, not even of the same Service", () => {
    const foreign = owner('web', clusterId('cluster-2'));
    expect(ops(gone(foreign))).toEqual([]);
    expect(ops(frozen(spec({ owner: foreign, listeners: [listener('TCP', 80, 31000)] })))).toEqual([]);
  });

  it('knows no cluster unit', () => {
    expect(ops({ cluster: true, owner: owner(), members: [], used: true })).toEqual([]);
  });
});
