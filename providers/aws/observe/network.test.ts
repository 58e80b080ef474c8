import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../src/clock.ts';
import { LbError } from '../../../src/errors.ts';
import type { Ec2Address, Ec2SecurityGroup, Ec2Subnet } from '../api/ec2.ts';
import { member, spec, TestBed } from '../test-bed.ts';
import { Network } from './network.ts';

const { signal } = new AbortController();
const nothing = { publicIps: [], allocationIds: [], groupIds: [], groupNames: [] };
const memory = Number.POSITIVE_INFINITY;

function rig(vpc: 'said' | 'by nodes' = 'said') {
  const clock = new ManualClock();
  const asked: string[] = [];
  const cloud = { subnets: [] as Ec2Subnet[], addresses: [] as Ec2Address[], groups: [] as Ec2SecurityGroup[], failing: '' };
  const answer = <T>(what: string, value: T): Promise<T> => {
    asked.push(what);
    return cloud.failing === what ? Promise.reject(new LbError('CloudUnavailable', what)) : Promise.resolve(value);
  };
  const ec2 = {
    subnets: () => answer('subnets', cloud.subnets),
    routeTables: () => answer('routeTables', []),
    addresses: () => answer('addresses', cloud.addresses),
    securityGroups: () => answer('groups', cloud.groups),
    instances: (ids: readonly string[]) =>
      answer(
        'instances',
        ids.includes('i-0000000a') ? [{ id: 'i-0000000a', state: 'running' as const, vpcId: 'vpc-9', securityGroups: [] }] : [],
      ),
  };
  return { clock, asked, cloud, network: new Network(ec2, clock, vpc === 'said' ? 'vpc-1' : undefined, signal) };
}
const subnet = (role: string): Ec2Subnet => ({
  id: role,
  vpcId: 'vpc-1',
  zone: 'a',
  cidr: '10.0.0.0/24',
  ipv6Cidrs: [],
  freeAddresses: 9,
  tags: { [`kubernetes.io/role/${role}`]: '1' },
});
const group: Ec2SecurityGroup = { id: 'sg-1', name: 'one', vpcId: 'vpc-1', ingress: [], tags: { Name: 'one' } };
const address: Ec2Address = { allocationId: 'eipalloc-1', publicIp: '198.51.100.1', tags: {} };

describe('the VPC', () => {
  it('is that of the connection, without a question', async () => {
    const { network, asked } = rig();
    expect([await network.vpcOf([]), asked]).toEqual(['vpc-1', []]);
  });

  it('is that of the nodes, asked for until one is known', async () => {
    const { network, asked } = rig('by nodes');
    await expect(network.vpcOf([{ node: 'bare', addresses: {} }])).rejects.toMatchObject({ code: 'NotFound', verdict: 'retry' });
    expect(asked).toEqual([]);
    await expect(network.vpcOf([member('b')])).rejects.toMatchObject({ code: 'NotFound' });
    expect(await network.vpcOf([member('b'), member('a')])).toBe('vpc-9');
    expect([await network.vpcOf([]), network.vpcId, asked]).toEqual(['vpc-9', 'vpc-9', ['instances', 'instances']]);
  });
});

describe('subnets and routes', () => {
  it('are read once in ten minutes, routes only where tags do not say which are public', async () => {
    const { clock, network, asked, cloud } = rig();
    await Promise.all([network.around(), network.around()]);
    expect(asked).toEqual(['subnets', 'routeTables']);
    clock.advance(600_000);
    await network.around();
    expect(asked).toHaveLength(2);
    cloud.subnets = [subnet('elb'), subnet('internal-elb')];
    clock.advance(1);
    expect(await network.around()).toEqual({ subnets: cloud.subnets, routeTables: [] });
    expect(asked).toEqual(['subnets', 'routeTables', 'subnets']);
  });

  it('are read again when something is not as it was known, and when a read failed', async () => {
    const { network, asked, cloud } = rig();
    cloud.subnets = [subnet('elb'), subnet('internal-elb')];
    cloud.failing = 'subnets';
    await expect(network.around()).rejects.toMatchObject({ code: 'CloudUnavailable' });
    cloud.failing = '';
    await network.around();
    network.forget();
    await network.around();
    expect(asked).toEqual(['subnets', 'subnets', 'subnets']);
  });
});

describe('what a Service names', () => {
  it('is nothing to ask for where it names nothing', async () => {
    const { network, asked } = rig();
    expect([await network.named(nothing, 0), asked]).toEqual([{ addresses: [], groups: [] }, []]);
  });

  it('is as old as may be where all of it is there', async () => {
    const { clock, network, asked, cloud } = rig();
    cloud.groups = [group];
    cloud.addresses = [address];
    const things = { publicIps: [], allocationIds: ['eipalloc-1'], groupIds: ['sg-1'], groupNames: [] };
    await network.named(things, 0);
    clock.advance(3_600_000);
    expect(await network.named(things, memory)).toEqual({ addresses: [address], groups: [group] });
    expect(asked).toEqual(['addresses', 'groups']);
    await network.named(things, 10_000);
    expect(asked).toHaveLength(4);
  });

  it.each([
    ['a group by id', { ...nothing, groupIds: ['sg-2'] }],
    ['a group by name', { ...nothing, groupNames: ['two'] }],
    ['an address', { ...nothing, publicIps: ['198.51.100.9'] }],
    ['an allocation', { ...nothing, allocationIds: ['eipalloc-9'] }],
  ])('is looked for again after a minute where %s is missing', async (_what, things) => {
    const { clock, network, asked } = rig();
    await network.named(things, memory);
    clock.advance(60_000);
    await network.named(things, memory);
    expect(asked).toHaveLength(1);
    clock.advance(1);
    await network.named(things, memory);
    expect(asked).toHaveLength(2);
  });

  it('is looked for again where an address is bound: it may be free by now', async () => {
    const { clock, network, asked, cloud } = rig();
    cloud.addresses = [{ ...address, associationId: 'eipassoc-1' }];
    const things = { ...nothing, publicIps: ['198.51.100.1'] };
    await network.named(things, memory);
    clock.advance(60_001);
    await network.named(things, memory);
    expect(asked).toHaveLength(2);
  });

  it('is forgotten a day after nobody names it any more', async () => {
    const { clock, network, asked, cloud } = rig();
    cloud.groups = [group];
    const things = { ...nothing, groupIds: ['sg-1'] };
    await network.named(things, 0);
    clock.advance(86_400_001);
    await network.named({ ...nothing, groupNames: ['one'] }, 0);
    await network.named(things, memory);
    expect(asked).toHaveLength(3);
  });

  it('costs nothing when a node joins', async () => {
    const bed = await new TestBed().startWithUnit();
    const of = (...letters: readonly string[]) => spec({ members: letters.map(member) }, { 'security-groups': 'sg-front' });
    await bed.pass(of('a'));
    bed.clock.advance(180_000);
    bed.takeCalls();
    await bed.pass(of('a', 'b'), memory);
    const { DescribeLoadBalancers: _watched, ...calls } = bed.takeCalls();
    expect(calls).toEqual({ RegisterTargets: 1 });
  });
});
