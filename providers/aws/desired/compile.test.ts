import { describe, expect, it } from 'vitest';
import { fieldPath } from '../../../src/model/ids.ts';
import type { LoadBalancerSpec } from '../../../src/model/spec.ts';
import { parseIp, type IpAddress } from '../../../src/net/ip.ts';
import { loadBalancerName } from '../names.ts';
import type { HaveLoadBalancer, Surroundings } from '../observe/have.ts';
import type { Settings } from '../settings/settings.ts';
import { annotation, balancerOf, elastic, node, owner, specOf, subnet, surroundings, zone } from './compile-stand-ins.ts';
import { compile } from './compile.ts';
import { listener, local } from './stand-ins.ts';

type Spec = Parameters<typeof specOf>[0];

function compiled(spec: Spec, around: Partial<Surroundings> = {}, own: readonly HaveLoadBalancer[] = []) {
  const result = compile(specOf(spec), surroundings(around), own, {});
  expect(result.desired === undefined).toBe(result.refusals.length > 0);
  return { ...result, told: result.refusals.map(({ reason, field, text }) => `${reason} ${field}: ${text}`) };
}

const bySchemeOf = (field: string) => ({ origin: { scheme: fieldPath(field) } });
const internal = { scheme: 'internal', ...bySchemeOf('portolan.dev/scheme') } as const;
const ip = (text: string): IpAddress => parseIp(text) ?? ('' as IpAddress); // only good ones are given
const requested = (text: string): Pick<LoadBalancerSpec<Settings>, 'addresses'> => ({
  addresses: [{ family: 'IPv4', required: true, requested: { address: ip(text), from: fieldPath('spec.loadBalancerIP') } }],
});

it('a plain Service is a load balancer with a listener, a target group, and rules that let everybody in', () => {
  const { desired, refusals, notices, others, replaces } = compiled({});

  expect({ refusals, notices, others, replaces }).toEqual({ refusals: [], notices: [], others: [], replaces: [] });
  const name = loadBalancerName(owner, 'internet-facing', []);
  expect(desired).toMatchObject({
    loadBalancer: {
      name,
      scheme: 'internet-facing',
      ipAddressType: 'ipv4',
      subnets: [{ subnetId: 'subnet-1' }, { subnetId: 'subnet-2' }],
      securityGroups: ['frontend', 'backend'],
      staticAddresses: [],
      tags: { 'portolan.dev/cluster': 'c1', 'portolan.dev/key': 'service/uid-web', 'portolan.dev/service': 'shop/web' },
    },
    frontend: {
      rules: [{ protocol: 'tcp', fromPort: 80, toPort: 80, source: { cidr: '0.0.0.0/0' }, description: 'portolan shop/web' }],
    },
    listeners: [
      {
        ids: ['TCP/80'],
        port: 80,
        protocol: 'TCP',
        certificates: [],
        targetGroup: {
          protocol: 'TCP',
          port: 30_080,
          ipAddressType: 'ipv4',
          healthCheck: { protocol: 'TCP', port: 'traffic-port' },
          targets: [
            { instanceId: 'i-0000000a', port: 30_080 },
            { instanceId: 'i-0000000b', port: 30_080 },
          ],
          tags: { 'portolan.dev/cluster': 'c1', 'portolan.dev/listener': 'TCP/80' },
        },
      },
    ],
  });
  expect(desired?.listeners[0]?.targetGroup.name).toMatch(/^p-shop-web-[0-9a-f]{10}$/);
});

it('listeners, attributes and health checks are told of each other', () => {
  const { desired } = compiled({
    listeners: [listener('TCP', 53, 30_053, local), listener('UDP', 53, 30_053, local), listener('TCP', 443, 30_443, local)],
    affinity: { kind: 'client-ip', timeoutSeconds: 10_800 },
    settings: { proxyProtocolPerTargetGroup: ['443'] },
  });

  expect(desired?.listeners).toMatchObject([
    {
      ids: ['TCP/53', 'UDP/53'],
      protocol: 'TCP_UDP',
      targetGroup: {
        attributes: { 'stickiness.enabled': 'true', 'proxy_protocol_v2.enabled': 'false' },
        healthCheck: { protocol: 'HTTP', port: '32000' },
        tags: { 'portolan.dev/listener': 'TCP/53+UDP/53' },
      },
    },
    { ids: ['TCP/443'], targetGroup: { attributes: { 'proxy_protocol_v2.enabled': 'true' }, healthCheck: { protocol: 'TCP' } } },
  ]);
});

describe('the load balancer that is kept', () => {
  const [old, inside] = [balancerOf(), balancerOf({ scheme: 'internal' })];

  it.each<[string, Spec, readonly HaveLoadBalancer[], HaveLoadBalancer | undefined]>([
    ['is the one there is', {}, [old], old],
    ['whatever its scheme, where nobody asks for one', {}, [inside], inside],
    ['not where the Service asks for another scheme', internal, [old], undefined],
    ['is the one of the scheme that is asked for', internal, [old, inside], inside],
    ['is the oldest of several', {}, [inside, old], inside],
    [
      'is the one that status names by its address',
      { published: [{ ip: ip('198.51.100.1') }] },
      [old, balancerOf({ name: 'eip', zones: [zone(1, { ipv4: '198.51.100.1', allocationId: 'eipalloc-1' })] })],
      balancerOf({ name: 'eip', zones: [zone(1, { ipv4: '198.51.100.1', allocationId: 'eipalloc-1' })] }),
    ],
    ['is the one that status names', { published: [{ hostname: old.dnsName.toUpperCase() }] }, [inside, old], old],
    ['has any name where none is asked for', {}, [balancerOf({ name: 'k8s-other' })], balancerOf({ name: 'k8s-other' })],
    ['has the name that is asked for', { settings: { name: 'web' } }, [old, balancerOf({ name: 'web' })], balancerOf({ name: 'web' })],
    ['not where it has another name', { settings: { name: 'web' } }, [old], undefined],
    ['whatever name its class would give it', { settings: { name: 'web' }, explicit: [] }, [old], old],
  ])('%s', (_, spec, own, expected) => {
    const { kept, others, desired } = compiled(spec, {}, own);

    expect(kept).toEqual(expected);
    expect(others).toEqual(own.filter(({ arn }) => arn !== expected?.arn));
    if (kept !== undefined) expect(desired?.loadBalancer).toMatchObject({ name: kept.name, scheme: kept.scheme });
  });

  it('gives its name to its target groups, so no other has the same', () => {
    const names = [[old], [balancerOf({ name: 'web' })], []].map((own) => compiled({}, {}, own).desired?.listeners[0]?.targetGroup.name);
    expect(names[0]).toBe(names[2]);
    expect(names[1]).not.toBe(names[0]);
  });

  it('keeps its subnets, whatever became of them, and gets those that are new', () => {
    const subnets = [subnet(1, { tags: {}, freeAddresses: 0 }), subnet(2), subnet(3)];
    const { desired } = compiled({}, { subnets }, [balancerOf({ zones: [zone(1)] })]);
    expect(desired?.loadBalancer.subnets.map(({ subnetId }) => subnetId)).toEqual(['subnet-1', 'subnet-2', 'subnet-3']);
  });
});

describe('a field that asks for another load balancer', () => {
  const old = balancerOf();

  it('is named, the same before the successor is there and after', () => {
    const expected = [{ field: 'portolan.dev/scheme', from: 'public', to: 'internal' }];
    expect(compiled(internal, {}, [old])).toMatchObject({ replaces: expected, others: [old] });
    expect(compiled(internal, {}, [old, balancerOf({ scheme: 'internal' })])).toMatchObject({ replaces: expected, others: [old] });
  });

  it('gives the successor a name of its own', () => {
    expect(compiled(internal, {}, [old]).desired?.loadBalancer).toMatchObject({
      name: loadBalancerName(owner, 'internal', []),
      scheme: 'internal',
    });
  });

  it('may be the name', () => {
    const { replaces, desired } = compiled({ settings: { name: 'web' } }, {}, [old]);
    expect(replaces).toEqual([{ field: annotation('name'), from: old.name, to: 'web' }]);
    expect(desired?.loadBalancer.name).toBe('web');
  });

  it.each([
    ['another name is asked for', { name: 'web' }, {}],
    ['Amazon could not make the old one', {}, { state: 'failed' as const }],
  ])('leaves the scheme to the old one where nobody says it: when %s', (_what, settings, more) => {
    const { others, desired } = compiled({ settings }, {}, [balancerOf({ scheme: 'internal', ...more })]);
    expect([others.length, desired?.loadBalancer.scheme]).toEqual([1, 'internal']);
  });

  it('is refused beside a name that only one of the two can have', () => {
    const spec = { ...internal, settings: { name: 'web' } };
    const { refusals } = compiled(spec, {}, [balancerOf({ name: 'web' })]);
    expect(refusals).toMatchObject([
      {
        reason: 'ConflictingSettings',
        field: annotation('name'),
        text: expect.stringContaining('because of portolan.dev/scheme (public → internal)'),
        remedy: `Change ${annotation('name')} as well, or remove it`,
      },
    ]);
    expect(compiled({ ...spec, settings: { name: 'web-2' } }, {}, [balancerOf({ name: 'web' })]).refusals).toEqual([]);
  });
});

describe('an address that is asked for', () => {
  const around = { addresses: [elastic(1), elastic(2)] };
  const withElastic = (...numbers: readonly number[]) =>
    balancerOf({ zones: numbers.map((number) => zone(number, { allocationId: `eipalloc-${number}`, ipv4: `198.51.100.${number}` })) });

  it('is an Elastic IP in one subnet, and makes the load balancer public', () => {
    expect(compiled({ ...requested('198.51.100.2'), scheme: 'internal' }, around).desired?.loadBalancer).toMatchObject({
      name: loadBalancerName(owner, 'internet-facing', ['198.51.100.2']),
      scheme: 'internet-facing',
      subnets: [{ subnetId: 'subnet-1', allocationId: 'eipalloc-2' }],
      staticAddresses: ['198.51.100.2'],
    });
  });

  it('is a private address in its subnet, and makes the load balancer internal', () => {
    expect(compiled(requested('10.0.2.9')).desired?.loadBalancer).toMatchObject({
      scheme: 'internal',
      subnets: [{ subnetId: 'subnet-2', privateIpv4: '10.0.2.9' }],
      staticAddresses: ['10.0.2.9'],
    });
  });

  it('is in the subnet that is listed', () => {
    const listed = (...subnets: readonly string[]) => compiled({ ...requested('198.51.100.1'), settings: { subnets } }, around);
    expect(listed('subnet-2').desired?.loadBalancer.subnets).toEqual([{ subnetId: 'subnet-2', allocationId: 'eipalloc-1' }]);
    expect(listed('subnet-2', 'subnet-1').told).toEqual([
      'InvalidSetting spec.loadBalancerIP: each of 198.51.100.1 needs a subnet of its own, and the subnets are subnet-2, subnet-1',
    ]);
  });

  it('may be listed, by place among the subnets, or by the networks of private ones', () => {
    const eips = { settings: { eipAllocations: ['eipalloc-2', 'eipalloc-1'], subnets: ['subnet-2', 'subnet-1'] } };
    expect(compiled(eips, around).desired?.loadBalancer.subnets).toEqual([
      { subnetId: 'subnet-2', allocationId: 'eipalloc-2' },
      { subnetId: 'subnet-1', allocationId: 'eipalloc-1' },
    ]);
    const addresses = { ...internal, settings: { privateIpv4Addresses: ['10.0.2.9', '10.0.1.9'] } };
    expect(compiled(addresses).desired?.loadBalancer.subnets).toEqual([
      { subnetId: 'subnet-1', privateIpv4: '10.0.1.9' },
      { subnetId: 'subnet-2', privateIpv4: '10.0.2.9' },
    ]);
  });

  it.each<[string, Spec, string]>([
    ['unknown', requested('203.0.113.1'), 'AddressOutOfRange spec.loadBalancerIP: 203.0.113.1 is neither an Elastic IP'],
    ['in no subnet', requested('10.9.0.1'), 'AddressOutOfRange spec.loadBalancerIP: 10.9.0.1 is neither'],
    [
      'public beside internal',
      { ...requested('198.51.100.1'), ...internal },
      'ConflictingSettings spec.loadBalancerIP: 198.51.100.1 is an El',
    ],
    [
      'private beside public',
      { ...requested('10.0.1.9'), ...bySchemeOf('portolan.dev/scheme') },
      'ConflictingSettings spec.loadBalancerIP: 10.0.1.9 is a private address',
    ],
    [
      'of IPv6',
      { addresses: [{ family: 'IPv6', required: true, requested: { address: ip('2001:db8::1'), from: fieldPath('x') } }] },
      'UnsupportedFeature x: IPv6 addresses cannot be chosen yet',
    ],
    [
      'an unknown allocation',
      { settings: { eipAllocations: ['eipalloc-9'] } },
      `InvalidSetting ${annotation('eip-allocations')}: "eipalloc-9"`,
    ],
    [
      'listed twice',
      { settings: { eipAllocations: ['eipalloc-1', 'eipalloc-1'] } },
      `InvalidSetting ${annotation('eip-allocations')}: eipalloc-1 is listed twice`,
    ],
    [
      'too few',
      { settings: { eipAllocations: ['eipalloc-1'] } },
      `InvalidSetting ${annotation('eip-allocations')}: each of 198.51.100.1 needs a subnet of its own, and the subnets are`,
    ],
    [
      'two of one subnet',
      { settings: { privateIpv4Addresses: ['10.0.1.9', '10.0.1.10'] } },
      `InvalidSetting ${annotation('private-ipv4-addresses')}: each of 10.0.1.9, 10.0.1.10 needs`,
    ],
    [
      'of a subnet that is not listed',
      { settings: { privateIpv4Addresses: ['10.0.1.9'], subnets: ['subnet-2'] } },
      `InvalidSetting ${annotation('private-ipv4-addresses')}: 10.0.1.9 has no subnet to be in`,
    ],
    [
      'private of IPv6',
      { settings: { privateIpv4Addresses: ['2001:db8::1'] } },
      `InvalidSetting ${annotation('private-ipv4-addresses')}: 2001:db8::1 is no IPv4 address`,
    ],
    [
      'two that differ',
      { ...requested('198.51.100.1'), settings: { eipAllocations: ['eipalloc-2'], subnets: ['subnet-1'] } },
      'ConflictingSettings spec.loadBalancerIP: 198.51.100.1 is not one of the addresses of',
    ],
    [
      'of two kinds',
      { settings: { eipAllocations: ['eipalloc-2'], privateIpv4Addresses: ['10.0.1.9'] } },
      `ConflictingSettings ${annotation('private-ipv4-addresses')}: 198.51.100.2 is an Elastic IP and 10.0.1.9 is a private address`,
    ],
  ])('is refused where it is %s', (_, spec, text) => {
    const { told } = compiled(spec, around);
    expect(told).toHaveLength(1);
    expect(told[0]?.slice(0, text.length)).toBe(text);
  });

  it('is refused where it serves something else, and not where it is on the load balancer already', () => {
    const bound = { addresses: [elastic(1, { associationId: 'eipassoc-1' })] };
    expect(compiled(requested('198.51.100.1'), bound).told).toEqual([
      'AddressInUse spec.loadBalancerIP: the Elastic IP 198.51.100.1 (eipalloc-1) is associated with something else',
    ]);
    const own = withElastic(1);
    expect(compiled(requested('198.51.100.1'), bound, [own])).toMatchObject({ refusals: [], kept: own });
  });

  it('may be asked for in two ways that agree', () => {
    const spec = { ...requested('198.51.100.1'), settings: { eipAllocations: ['eipalloc-1'], subnets: ['subnet-1'] } };
    expect(compiled(spec, around).desired?.loadBalancer.staticAddresses).toEqual(['198.51.100.1']);
  });

  it('asks for another load balancer where it is not there, and for none where it is', () => {
    const old = balancerOf();
    expect(compiled(requested('198.51.100.1'), around, [old])).toMatchObject({
      refusals: [],
      others: [old],
      replaces: [{ field: 'spec.loadBalancerIP', from: old.dnsName, to: '198.51.100.1' }],
    });
    const own = withElastic(1, 2);
    const { kept, replaces, desired } = compiled(requested('198.51.100.1'), around, [own]);
    expect([kept, replaces]).toEqual([own, []]);
    expect(desired?.loadBalancer.subnets).toEqual([
      { subnetId: 'subnet-1', allocationId: 'eipalloc-1' },
      { subnetId: 'subnet-2', allocationId: 'eipalloc-2' },
    ]);
  });

  it('is there where it was made for it and does not show it yet', () => {
    const { loadBalancer } = compiled(requested('198.51.100.1'), around).desired ?? {};
    const own = balancerOf({ name: 'web', tags: loadBalancer?.tags ?? {}, zones: [zone(1)] });
    const { kept, desired, replaces } = compiled(requested('198.51.100.1'), around, [own]);
    expect([kept, replaces]).toEqual([own, []]);
    expect(desired?.loadBalancer.subnets).toEqual([{ subnetId: 'subnet-1', allocationId: 'eipalloc-1' }]);
  });

  it('stays where nobody asks for one any more', () => {
    const own = withElastic(1);
    expect(compiled({}, {}, [own]).desired?.loadBalancer).toMatchObject({
      subnets: [{ subnetId: 'subnet-1', allocationId: 'eipalloc-1' }, { subnetId: 'subnet-2' }],
      staticAddresses: [],
    });
  });

  it('moves no subnet under a load balancer whose addresses are listed for those it has', () => {
    const own = withElastic(1, 2);
    const subnets = [subnet(1), subnet(2), subnet(3)];
    const spec = { settings: { eipAllocations: ['eipalloc-2', 'eipalloc-1'] } };
    expect(compiled(spec, { ...around, subnets }, [own]).desired?.loadBalancer.subnets).toEqual([
      { subnetId: 'subnet-1', allocationId: 'eipalloc-1' },
      { subnetId: 'subnet-2', allocationId: 'eipalloc-2' },
    ]);
  });

  it('is added with its subnet to those there are', () => {
    const own = withElastic(1);
    const both = [
      { subnetId: 'subnet-1', allocationId: 'eipalloc-1' },
      { subnetId: 'subnet-2', allocationId: 'eipalloc-2' },
    ];
    for (const subnets of [[], ['subnet-1', 'subnet-2']]) {
      const { kept, desired, told } = compiled({ settings: { eipAllocations: ['eipalloc-1', 'eipalloc-2'], subnets } }, around, [own]);
      expect([told, kept]).toEqual([[], own]);
      expect(desired?.loadBalancer.subnets).toEqual(both);
    }
    const privately = balancerOf({ scheme: 'internal', zones: [zone(1, { privateIpv4: '10.0.1.9' })] });
    const spec = { settings: { privateIpv4Addresses: ['10.0.1.9', '10.0.2.9'] } };
    expect(compiled(spec, {}, [privately]).desired?.loadBalancer.subnets).toEqual([
      { subnetId: 'subnet-1', privateIpv4: '10.0.1.9' },
      { subnetId: 'subnet-2', privateIpv4: '10.0.2.9' },
    ]);
  });

  it('takes no place of another one in a subnet', () => {
    const spec = { settings: { eipAllocations: ['eipalloc-1', 'eipalloc-3'], subnets: ['subnet-1', 'subnet-2'] } };
    expect(compiled(spec, { addresses: [elastic(1), elastic(3)] }, [withElastic(1, 2)]).told).toEqual([
      `InvalidSetting ${annotation('eip-allocations')}: 198.51.100.3 has no subnet to be in: each gives one address of its own, and the load balancer has subnet-1 (10.0.1.0/24), subnet-2 (10.0.2.0/24)`,
    ]);
  });

  it('is refused with the reason why its subnet cannot be had', () => {
    const subnets = [subnet(1), subnet(2, { freeAddresses: 3 })];
    expect(compiled({ settings: { privateIpv4Addresses: ['10.0.1.9', '10.0.2.9'] } }, { subnets }).told).toEqual([
      expect.stringContaining('the subnets are subnet-1; not subnet-2: it has 3 free addresses, and 8 are needed'),
    ]);
  });

  it('cannot be on the old load balancer and on its successor', () => {
    const own = withElastic(1);
    const spec = { settings: { eipAllocations: ['eipalloc-1'], subnets: ['subnet-1'], name: 'web' } };
    expect(compiled(spec, around, [own]).refusals).toMatchObject([
      { reason: 'AddressInUse', field: annotation('eip-allocations'), text: expect.stringContaining('cannot have 198.51.100.1 beside it') },
    ]);
  });
});

describe('IPv6', () => {
  const ipv6 = { ipv6Cidrs: ['2001:db8:1::/64'] };
  const both = { subnets: [subnet(1, ipv6), subnet(2, ipv6)] };
  const dual = (required: boolean): Spec => ({
    addresses: [
      { family: 'IPv4', required: true },
      { family: 'IPv6', required },
    ],
  });
  const only: Spec = { addresses: [{ family: 'IPv6', required: true }] };
  const udp = { listeners: [listener('UDP', 53, 30_053)] };

  it.each<[string, Spec, Partial<Surroundings>, readonly [string, string], number]>([
    ['where the Service needs it', dual(true), both, ['dualstack', 'ipv4'], 0],
    ['where the Service would like it', dual(false), both, ['dualstack', 'ipv4'], 0],
    ['of the targets, where the Service has no other family', only, both, ['dualstack', 'ipv6'], 0],
    ['where the annotation says so', { settings: { ipAddressType: 'dualstack' } }, both, ['dualstack', 'ipv4'], 0],
    ['not where no subnet has it and nobody needs it, which is said', dual(false), {}, ['ipv4', 'ipv4'], 1],
    ['not with UDP, where nobody needs it, which is said', { ...dual(false), ...udp }, both, ['ipv4', 'ipv4'], 1],
    [
      'not where the annotation forbids what nobody needs',
      { ...dual(false), settings: { ipAddressType: 'ipv4' } },
      both,
      ['ipv4', 'ipv4'],
      1,
    ],
  ])('is there %s', (_, spec, around, expected, noted) => {
    const { desired, notices, told } = compiled(spec, around);
    expect(told).toEqual([]);
    expect([desired?.loadBalancer.ipAddressType, desired?.listeners[0]?.targetGroup.ipAddressType]).toEqual(expected);
    expect(notices.map(({ reason, kind, field }) => [reason, kind, field])).toEqual(
      Array.from({ length: noted }, () => ['UnsupportedFeature', 'service', 'spec.ipFamilies']),
    );
  });

  it.each<[string, Spec, Partial<Surroundings>, string]>([
    ['no subnet has it', dual(true), {}, 'InvalidSetting settings.subnets'],
    ['a port is UDP', { ...dual(true), ...udp }, both, 'UnsupportedFeature spec.ipFamilies'],
    [
      'a port is UDP, and the annotation asks for it',
      { ...udp, settings: { ipAddressType: 'dualstack' } },
      both,
      `UnsupportedFeature ${annotation('ip-address-type')}`,
    ],
    ['the annotation forbids it', { ...dual(true), settings: { ipAddressType: 'ipv4' } }, both, 'ConflictingSettings spec.ipFamilies'],
  ])('is refused where it is needed and %s', (_, spec, around, expected) => {
    expect(compiled(spec, around).told.map((text) => text.split(':')[0])).toEqual([expected]);
  });

  it('opens the load balancer to everybody of both families', () => {
    const sources = compiled(dual(true), both).desired?.frontend?.rules.map(({ source }) => source);
    expect(sources).toEqual([{ cidr: '0.0.0.0/0' }, { cidr: '::/0' }]);
  });
});

describe('nodes', () => {
  it('that are no instances are left out, five of them named', () => {
    const strangers = ['1', '2', '3', '4', '5', '6', '7'].map((name) => ({ node: `n${name}`, addresses: {} }));
    const { desired, notices } = compiled({ members: [node('a'), node('b'), ...strangers] }, { unusable: ['i-0000000b'] });

    expect(desired?.listeners[0]?.targetGroup.targets).toEqual([{ instanceId: 'i-0000000a', port: 30_080 }]);
    expect(notices).toMatchObject([{ reason: 'MemberNotUsable', kind: 'info' }]);
    expect(notices[0]?.text).toMatch(/^left out: b \(its instance i-0000000b does not run\), n1 \(.*, and 3 more$/);
  });

  it('do not change what else is wanted, nor does their order', () => {
    const some = compiled({ members: [node('a'), node('b')] }).desired;
    expect(compiled({ members: [node('b'), node('a')] }).desired).toEqual(some);
    expect(compiled({ members: [] }).desired?.loadBalancer).toEqual(some?.loadBalancer);
  });
});

it('pods as targets are refused, and where it was asked for them is said', () => {
  expect(compiled({ settings: { targetType: 'ip', kind: 'nlb-ip' } }).refusals).toMatchObject([
    { reason: 'UnsupportedFeature', field: annotation('type'), remedy: expect.stringContaining('to external') },
    { reason: 'UnsupportedFeature', field: annotation('nlb-target-type'), remedy: expect.stringContaining('to instance') },
  ]);
  expect(compiled({ settings: { targetType: 'instance', kind: 'nlb' } }).refusals).toEqual([]);
});

it('the cluster name is looked at in the tags of subnets', () => {
  const theirs = { tags: { 'kubernetes.io/cluster/other': 'shared', 'kubernetes.io/role/elb': '1' } };
  const around = surroundings({ subnets: [subnet(1), subnet(2, theirs)] });
  const idsOf = (clusterName?: string) =>
    compile(specOf(), around, [], clusterName === undefined ? {} : { clusterName }).desired?.loadBalancer.subnets.length;
  expect([idsOf(), idsOf('mine')]).toEqual([2, 1]);
});

it('a setting is named where it was said: by the annotation, or in the class', () => {
  const bad = { healthCheckPort: 'nothing', targetGroupAttributesByPort: { '81': {} }, name: '-' };
  const fieldsOf = (explicit: boolean) =>
    compiled({ settings: bad, ...(explicit ? {} : { explicit: [] }) })
      .refusals.map(({ field }) => String(field))
      .sort();
  expect(fieldsOf(true)).toEqual([annotation('healthcheck-port'), annotation('name'), annotation('target-group-attributes.81')]);
  expect(fieldsOf(false)).toEqual(['settings.healthCheckPort', 'settings.name', 'settings.targetGroupAttributesByPort.81']);
});
