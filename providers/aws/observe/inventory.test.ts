import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../src/clock.ts';
import { LbError } from '../../../src/errors.ts';
import { clusterId } from '../../../src/model/ids.ts';
import { clusterMark, type Marks } from '../../../src/model/owner.ts';
import type { ElbHealthCheck, ElbLoadBalancer, ElbTargetGroup } from '../api/elb.ts';
import type { Ec2SecurityGroup } from '../api/ec2.ts';
import { Inventory } from './inventory.ts';

const signal = new AbortController().signal;
const check: ElbHealthCheck = {
  protocol: 'TCP',
  port: 'traffic-port',
  intervalSeconds: 10,
  timeoutSeconds: 10,
  healthyThreshold: 3,
  unhealthyThreshold: 3,
};
const loadBalancer = (arn: string, more: Partial<ElbLoadBalancer> = {}): ElbLoadBalancer => ({
  arn,
  name: arn,
  type: 'network',
  scheme: 'internal',
  dnsName: `${arn}.example`,
  vpcId: 'vpc-1',
  state: 'active',
  ipAddressType: 'ipv4',
  securityGroups: [],
  zones: [],
  createdAt: 0,
  ...more,
});
const targetGroup = (arn: string): ElbTargetGroup => ({
  arn,
  name: arn,
  protocol: 'TCP',
  port: 30_000,
  vpcId: 'vpc-1',
  targetType: 'instance',
  ipAddressType: 'ipv4',
  healthCheck: check,
  loadBalancers: [],
});

/** An Amazon that says what it is given to say, and counts. */
function bed() {
  const clock = new ManualClock(0);
  const asked: string[] = [];
  const amazon = {
    loadBalancers: [] as ElbLoadBalancer[],
    targetGroups: [] as ElbTargetGroup[],
    groups: [] as Ec2SecurityGroup[],
    tags: new Map<string, Marks>(),
    failing: '',
  };
  const answer = <T>(operation: string, value: T): Promise<T> => {
    asked.push(operation);
    return amazon.failing === operation ? Promise.reject(new LbError('CloudThrottled', operation)) : Promise.resolve(value);
  };
  const inventory = new Inventory({
    elb: {
      loadBalancers: () => answer('load balancers', amazon.loadBalancers),
      targetGroups: () => answer('target groups', amazon.targetGroups),
      tags: (arns) => answer(`tags of ${arns.length}`, new Map(arns.map((arn) => [arn, amazon.tags.get(arn) ?? {}]))),
    },
    ec2: { securityGroups: (vpcId, filter) => answer(`groups of ${vpcId} ${JSON.stringify(filter)}`, amazon.groups) },
    clock,
    clusterId: clusterId('c1'),
    vpcId: () => 'vpc-1',
    settleMs: 30_000,
    signal,
  });
  return { clock, amazon, asked, inventory };
}

describe('the inventory', () => {
  it('is two reads and the tags of what was not seen before, twenty at a time, however many Services ask', async () => {
    const { clock, amazon, asked, inventory } = bed();
    amazon.loadBalancers = Array.from({ length: 15 }, (_, i) => loadBalancer(`lb-${i}`));
    amazon.targetGroups = Array.from({ length: 15 }, (_, i) => targetGroup(`tg-${i}`));
    for (const { arn } of [...amazon.loadBalancers, ...amazon.targetGroups]) amazon.tags.set(arn, { team: 'b' });
    amazon.tags.set('lb-3', { team: 'a' });
    await Promise.all([inventory.balancing(0), inventory.balancing(0), inventory.balancing(30_000)]);
    expect(asked).toEqual(['load balancers', 'target groups', 'tags of 20', 'tags of 10']);
    expect(inventory.tagsOf('lb-3')).toEqual({ team: 'a' });
    expect(inventory.loadBalancers.values()).toHaveLength(15);

    asked.length = 0;
    clock.advance(1_000);
    amazon.loadBalancers.push(loadBalancer('new'));
    await inventory.balancing(30_000);
    expect(asked).toEqual([]);
    await inventory.balancing(0);
    expect(asked).toEqual(['load balancers', 'target groups', 'tags of 1']);
  });

  it('asks for no tags of another kind of load balancer, or of another VPC: they are none of ours', async () => {
    const { amazon, asked, inventory } = bed();
    amazon.loadBalancers = [loadBalancer('a', { type: 'application' }), loadBalancer('b', { vpcId: 'vpc-2' }), loadBalancer('c')];
    await inventory.balancing(0);
    expect(inventory.loadBalancers.values().map(({ arn }) => arn)).toEqual(['a', 'b', 'c']);
    expect(asked).toContain('tags of 1');
  });

  it('takes in nothing where a part of it failed, and is asked again', async () => {
    const { clock, amazon, asked, inventory } = bed();
    amazon.loadBalancers = [loadBalancer('a')];
    amazon.tags.set('a', { team: 'b' });
    await inventory.balancing(0);
    amazon.loadBalancers = [loadBalancer('a'), loadBalancer('b')];
    amazon.failing = 'tags of 1';
    clock.advance(1);
    await expect(inventory.balancing(0)).rejects.toMatchObject({ code: 'CloudThrottled' });
    expect(inventory.loadBalancers.values().map(({ arn }) => arn)).toEqual(['a']);
    amazon.failing = '';
    asked.length = 0;
    await inventory.balancing(0);
    expect(asked).toHaveLength(3);
    expect(inventory.loadBalancers.values()).toHaveLength(2);
  });

  it('shows what was made before a list does, with the tags it was made with', async () => {
    const { clock, inventory, asked } = bed();
    await inventory.balancing(0);
    inventory.loadBalancers.made('a', loadBalancer('a', { state: 'provisioning' }), clock.monotonic());
    inventory.tagged('a', { [clusterMark]: 'c1' });
    clock.advance(1);
    await inventory.balancing(0);
    expect(inventory.loadBalancers.get('a')?.state).toBe('provisioning');
    expect(inventory.tagsOf('a')).toEqual({ [clusterMark]: 'c1' });
    expect(asked.filter((one) => one.startsWith('tags'))).toEqual([]);
  });

  it('asks again for the tags of what had none, for as long as they may come late', async () => {
    const { clock, amazon, asked, inventory } = bed();
    amazon.loadBalancers = [loadBalancer('a'), loadBalancer('foreign')];
    await inventory.balancing(0);
    expect(inventory.tagsOf('a')).toEqual({});
    amazon.tags.set('a', { [clusterMark]: 'c1' });
    clock.advance(5_000);
    await inventory.balancing(0);
    expect(inventory.tagsOf('a')).toEqual({ [clusterMark]: 'c1' });
    clock.advance(30_000);
    asked.length = 0;
    await inventory.balancing(0);
    expect(asked).toEqual(['load balancers', 'target groups']);
  });

  it('forgets the tags of what has gone, and asks for tags again where somebody must know', async () => {
    const { clock, amazon, inventory } = bed();
    amazon.loadBalancers = [loadBalancer('a')];
    amazon.tags.set('a', { owner: 'us' });
    await inventory.balancing(0);
    amazon.tags.set('a', { owner: 'them' });
    expect(inventory.tagsOf('a')).toEqual({ owner: 'us' });
    await inventory.readTags(['a']);
    expect(inventory.tagsOf('a')).toEqual({ owner: 'them' });
    amazon.loadBalancers = [];
    clock.advance(1);
    await inventory.balancing(0);
    expect(inventory.tagsOf('a')).toEqual({});
  });

  it('believes the tags it has written until they must have settled, whoever asks', async () => {
    const { clock, amazon, inventory } = bed();
    amazon.loadBalancers = [loadBalancer('a')];
    await inventory.balancing(0);
    inventory.tagged('a', { owner: 'us' });
    clock.advance(29_999);
    await inventory.readTags(['a']);
    expect(inventory.tagsOf('a')).toEqual({ owner: 'us' });
    clock.advance(1);
    await inventory.readTags(['a']);
    expect(inventory.tagsOf('a')).toEqual({});
  });

  it('reads a list that lacks what is ours a second time before it is believed', async () => {
    const { clock, amazon, asked, inventory } = bed();
    amazon.loadBalancers = [loadBalancer('a')];
    amazon.groups = [{ id: 'sg-1', name: 'x', vpcId: 'vpc-1', ingress: [], tags: { [clusterMark]: 'c1' } }];
    amazon.tags.set('a', { [clusterMark]: 'c1' });
    await Promise.all([inventory.balancing(0), inventory.groups(0)]);
    amazon.loadBalancers = [];
    amazon.groups = [];
    clock.advance(1);
    asked.length = 0;
    await Promise.all([inventory.balancing(0), inventory.groups(0)]);
    expect(asked.map((one) => one.split(' ')[0] ?? '').toSorted((a, b) => a.localeCompare(b))).toEqual([
      'groups',
      'groups',
      'load',
      'load',
      'target',
      'target',
    ]);
    expect([inventory.loadBalancers.values(), inventory.securityGroups.values()]).toEqual([[], []]);
  });

  it("reads the cluster's security groups by their mark, by themselves", async () => {
    const { amazon, asked, inventory } = bed();
    amazon.groups = [{ id: 'sg-1', name: 'x', vpcId: 'vpc-1', ingress: [], tags: { [clusterMark]: 'c1' } }];
    await inventory.groups(0);
    expect(asked).toEqual([`groups of vpc-1 ${JSON.stringify({ tag: clusterMark, value: 'c1' })}`]);
    expect(inventory.securityGroups.get('sg-1')?.name).toBe('x');
  });

  it('is read again in full once something was not as it is known', async () => {
    const { asked, inventory } = bed();
    await Promise.all([inventory.balancing(0), inventory.groups(0)]);
    asked.length = 0;
    inventory.forget();
    await Promise.all([inventory.balancing(Number.POSITIVE_INFINITY), inventory.groups(Number.POSITIVE_INFINITY)]);
    expect(asked).toHaveLength(3);
  });
});
