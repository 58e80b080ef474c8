import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Ec2RouteTable, Ec2Subnet } from '../api/ec2.ts';
import { findings, told } from './stand-ins.ts';
import { chooseSubnets, type SubnetsAsked } from './subnets.ts';

const subnet = (id: string, zone: string, more: Partial<Ec2Subnet> = {}): Ec2Subnet => ({
  id: `subnet-${id}`,
  vpcId: 'vpc-1',
  zone,
  cidr: '10.0.0.0/24',
  ipv6Cidrs: [],
  freeAddresses: 200,
  tags: {},
  ...more,
});
const table = (reachesInternet: boolean, ...ids: string[]): Ec2RouteTable => ({
  id: `rtb-${ids.join('-')}`,
  isMain: ids.length === 0,
  subnetIds: ids.map((id) => `subnet-${id}`),
  reachesInternet,
});
const publicMain = [table(true)];

function choose(subnets: readonly Ec2Subnet[], asked: Partial<SubnetsAsked> = {}, tables: readonly Ec2RouteTable[] = publicMain) {
  const found = findings();
  const of: SubnetsAsked = { scheme: 'internet-facing', ipAddressType: 'ipv4', wanted: [], current: [], ...asked };
  const { chosen, refused } = chooseSubnets(subnets, tables, of, found);
  const why = Object.fromEntries(refused.map(({ id, why: text }) => [id.slice('subnet-'.length), text]));
  return { ids: chosen.map(({ id }) => id.slice('subnet-'.length)), why, refusals: told(found.refusals), found };
}

const role = { 'kubernetes.io/role/elb': '1' };
const internalRole = { 'kubernetes.io/role/internal-elb': '' };
const of = (cluster: string) => ({ [`kubernetes.io/cluster/${cluster}`]: 'owned' });

describe('subnets that are found', () => {
  it('are those tagged for the scheme, with 1 or nothing', () => {
    const all = [subnet('c', 'z3', { tags: role }), subnet('a', 'z1'), subnet('b', 'z2', { tags: { 'kubernetes.io/role/elb': '' } })];
    expect(choose(all)).toMatchObject({
      ids: ['b', 'c'],
      why: { a: 'it does not have the tag kubernetes.io/role/elb, which others have' },
    });
    const off = subnet('d', 'z4', { tags: { 'kubernetes.io/role/elb': '0' } });
    expect(choose([...all, off]).ids).toEqual(['b', 'c']);
    expect(choose([subnet('a', 'z1'), subnet('b', 'z2', { tags: internalRole })], { scheme: 'internal' }).ids).toEqual(['b']);
  });

  it('are by their way to the internet where none is tagged', () => {
    const all = [subnet('a', 'z1'), subnet('b', 'z2'), subnet('c', 'z3')];
    const tables = [table(false), table(true, 'b'), table(false, 'c')];
    expect(choose(all, {}, tables)).toMatchObject({
      ids: ['b'],
      why: {
        a: 'it has no route to an internet gateway, so it is private',
        c: 'it has no route to an internet gateway, so it is private',
      },
    });
    expect(choose(all, { scheme: 'internal' }, tables)).toMatchObject({
      ids: ['a', 'c'],
      why: { b: 'it has a route to an internet gateway, so it is public' },
    });
    expect(choose(all, { scheme: 'internal' }, []).ids).toEqual(['a', 'b', 'c']);
  });

  it('are not those of other clusters, nor do their tags count', () => {
    const all = [
      subnet('a', 'z1', { tags: { ...of('other'), ...role } }),
      subnet('b', 'z2'),
      subnet('c', 'z3', { tags: { ...of('other'), ...of('mine') } }),
    ];
    expect(choose(all, { clusterName: 'mine' })).toMatchObject({ ids: ['b', 'c'], why: { a: 'it is tagged for another cluster, other' } });
    expect(choose(all).ids).toEqual(['a']);
  });

  it('have eight free addresses, and an IPv6 network for dual stack', () => {
    const all = [
      subnet('a', 'z1', { freeAddresses: 7 }),
      subnet('b', 'z2', { freeAddresses: 8 }),
      subnet('c', 'z3', { ipv6Cidrs: ['2001:db8::/64'] }),
    ];
    expect(choose(all)).toMatchObject({ ids: ['b', 'c'], why: { a: 'it has 7 free addresses, and 8 are needed' } });
    expect(choose(all, { ipAddressType: 'dualstack' })).toMatchObject({
      ids: ['c'],
      why: { b: 'it has no IPv6 network, which a dual-stack load balancer needs' },
    });
  });

  it('are one per zone: the one of this cluster, else the lowest id', () => {
    const all = [subnet('b', 'z1'), subnet('a', 'z1'), subnet('c', 'z1', { tags: of('mine') })];
    expect(choose(all)).toMatchObject({ ids: ['a'], why: { b: 'z1 is served by subnet-a', c: 'z1 is served by subnet-a' } });
    expect(choose(all, { clusterName: 'mine' })).toMatchObject({ ids: ['c'], why: { a: 'z1 is served by subnet-c' } });
  });

  it('are in zones of one kind, regular ones where there are any', () => {
    const [a, b, c] = [
      subnet('a', 'z1', { zoneKind: 'wavelength-zone' }),
      subnet('b', 'z2', { zoneKind: 'local-zone' }),
      subnet('c', 'z3', { zoneKind: 'availability-zone' }),
    ];
    expect(choose([a, b, c, subnet('d', 'z4')])).toMatchObject({
      ids: ['c', 'd'],
      why: { a: 'its zone z1 is of kind wavelength-zone, others are of kind availability-zone' },
    });
    expect(choose([a, b]).ids).toEqual(['b']);
    expect(choose([a, b, c], { current: ['subnet-a'] })).toMatchObject({
      ids: ['a'],
      why: {
        b: 'its zone z2 is of kind local-zone, others are of kind wavelength-zone',
        c: expect.stringContaining('others are of kind wavelength-zone'),
      },
    });
  });

  it('stay as they are where the load balancer has them, and further zones are added', () => {
    const all = [subnet('a', 'z1', { tags: role }), subnet('b', 'z1', { freeAddresses: 0 }), subnet('c', 'z2', { tags: role })];
    expect(choose(all, { current: ['subnet-b', 'subnet-gone'] })).toMatchObject({
      ids: ['b', 'c'],
      why: { a: 'z1 is served by subnet-b' },
    });
  });

  it('cannot become dual stack where one that the load balancer has lacks IPv6', () => {
    const all = [subnet('a', 'z1'), subnet('b', 'z2', { ipv6Cidrs: ['2001:db8::/64'] })];
    const asked = { ipAddressType: 'dualstack', current: ['subnet-a'] } as const;
    expect(choose(all, asked).refusals).toEqual([
      'ipAddressType: subnet-a, which the load balancer has: it has no IPv6 network, which a dual-stack load balancer needs',
    ]);
  });

  it('are none: each is named with its reason, and what to do', () => {
    const { found } = choose([subnet('a', 'z1'), subnet('b', 'z2', { freeAddresses: 1 })], { scheme: 'internal' });
    expect(found.refusals).toEqual([
      {
        reason: 'InvalidSetting',
        field: 'subnets',
        text: 'no subnet of the VPC can have an internal load balancer: subnet-a: it has a route to an internet gateway, so it is public; subnet-b: it has a route to an internet gateway, so it is public',
        remedy: 'Tag one subnet per zone kubernetes.io/role/internal-elb=1, or list them in subnets',
      },
    ]);
    expect(choose([]).refusals).toEqual(['subnets: no subnet of the VPC can have an internet-facing load balancer: it has none']);
    const many = Array.from({ length: 12 }, (_, index) => subnet(String(index + 10), `z${index}`));
    expect(choose(many, { scheme: 'internal' }).refusals[0]).toMatch(/subnet-19: [^;]*; and 2 more$/);
  });
});

describe('subnets that are listed', () => {
  const all = [
    subnet('a', 'z1', { tags: { Name: 'one' } }),
    subnet('b', 'z2', { tags: { Name: 'both' } }),
    subnet('c', 'z3', { tags: { Name: 'both' }, freeAddresses: 3 }),
    subnet('d', 'z1'),
    subnet('e', 'z5', { zoneKind: 'local-zone' }),
  ];

  it('are taken by id or Name tag in the order they are listed, whatever their tags and routes', () => {
    expect(choose(all, { wanted: ['both', 'subnet-a'], scheme: 'internal', clusterName: 'mine' })).toMatchObject({
      ids: ['b', 'a'],
      refusals: [],
    });
    expect(choose(all, { wanted: ['both', 'both'], current: ['subnet-c'] })).toMatchObject({ ids: ['b', 'c'], refusals: [] });
  });

  it.each([
    [['subnet-x'], 'subnets: "subnet-x" is no subnet of the VPC, by id or by Name tag'],
    [['two'], 'subnets: "two" is no subnet of the VPC, by id or by Name tag'],
    [['one', 'one'], 'subnets: "one" is no further subnet of the VPC, by id or by Name tag'],
    [['subnet-a', 'subnet-d'], 'subnets: subnet-a and subnet-d are both in z1, and a load balancer has one subnet per zone'],
    [['subnet-a', 'subnet-a'], 'subnets: subnet-a is listed twice'],
    [['one', 'subnet-a'], 'subnets: subnet-a is listed twice'],
    [['subnet-a', 'subnet-e'], 'subnets: subnet-a is in a zone of kind availability-zone and subnet-e in one of kind local-zone'],
    [['subnet-c'], 'subnets: subnet-c: it has 3 free addresses, and 8 are needed'],
  ])('%j are refused', (wanted, text) => {
    expect(choose(all, { wanted }).refusals).toEqual([text]);
  });

  it('need IPv6 for dual stack, also those that are there', () => {
    expect(choose(all, { wanted: ['one'], ipAddressType: 'dualstack', current: ['subnet-a'] }).refusals).toEqual([
      'subnets: subnet-a: it has no IPv6 network, which a dual-stack load balancer needs',
    ]);
  });
});

describe('whatever there is', () => {
  const some = fc.uniqueArray(
    fc.record({
      id: fc.integer({ min: 10, max: 40 }).map(String),
      zone: fc.constantFrom('z1', 'z2', 'z3'),
      freeAddresses: fc.constantFrom(0, 8),
      ipv6Cidrs: fc.constantFrom([], ['2001:db8::/64']),
      tags: fc.constantFrom({}, role, internalRole, of('mine'), of('other')),
    }),
    { selector: ({ id }) => id },
  );
  const asked = fc.record({
    scheme: fc.constantFrom('internal' as const, 'internet-facing' as const),
    ipAddressType: fc.constantFrom('ipv4' as const, 'dualstack' as const),
    clusterName: fc.constantFrom('mine', 'third'),
  });
  const made = (all: readonly (Partial<Ec2Subnet> & { id: string; zone: string })[]) =>
    all.map(({ id, zone, ...more }) => subnet(id, zone, more));

  it('each subnet is chosen or refused, one per zone, in one order, and chosen again when it is there', () => {
    fc.assert(
      fc.property(some, asked, fc.boolean(), (all, what, reaches) => {
        const tables = [table(reaches)];
        const { ids, why, refusals } = choose(made(all), what, tables);
        expect([...ids, ...Object.keys(why)].sort()).toEqual(all.map(({ id }) => id).sort());
        expect(new Set(ids.map((id) => all.find((one) => one.id === id)?.zone)).size).toBe(ids.length);
        expect(ids).toEqual(ids.toSorted());
        expect(refusals).toHaveLength(ids.length === 0 ? 1 : 0);
        expect(choose(made(all.toReversed()), what, tables).ids).toEqual(ids);
        expect(choose(made(all), { ...what, current: ids.map((id) => `subnet-${id}`) }, tables).ids).toEqual(ids);
      }),
    );
  });
});
