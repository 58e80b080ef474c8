import { beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../src/clock.ts';
import { clusterId, clusterUnit, providerName } from '../../src/model/ids.ts';
import { marksOf } from '../../src/model/owner.ts';
import { isAskedByAmazon, permissions } from './api/permissions.ts';
import { checkedPermissions, partitionOf } from './permission-checks.ts';
import { AmazonState } from './simulator/amazon-state.ts';
import { Door } from './simulator/door.ts';
import { options } from './simulator/seed-of-tests.ts';
import { SimulatedDryRuns } from './simulator/simulated-dry-runs.ts';
import { SimulatedEc2 } from './simulator/simulated-ec2.ts';
import { SimulatedElb } from './simulator/simulated-elb.ts';
import { nodeGroup, threeZones, vpcId } from './simulator/three-zones.ts';

const owner = { clusterId: clusterId('one'), key: clusterUnit(providerName('aws-main')), services: [] };
let state: AmazonState;
let door: Door;
beforeEach(() => {
  state = new AmazonState(new ManualClock(), threeZones);
  door = new Door(state);
});

async function checked() {
  const amazon = { elb: new SimulatedElb(door), ec2: new SimulatedEc2(door), dryRuns: new SimulatedDryRuns(door), close: () => {} };
  const place = { region: 'eu-central-1' };
  const found = new Map<string, { readonly outcome: string; readonly note?: string }>();
  for await (const { action, ...check } of checkedPermissions(
    { amazon, place, vpcId, clusterId: owner.clusterId, provider: providerName('aws-main') },
    options,
  ))
    found.set(action, check);
  return found;
}

const group = (): Promise<unknown> =>
  new SimulatedEc2(door).createSecurityGroup({ name: 'ours', description: 'ours', vpcId, tags: marksOf(owner) }, options);

const letIn = async (): Promise<unknown> => {
  const ec2 = new SimulatedEc2(door);
  const [ours] = await ec2.securityGroups(vpcId, { tag: 'portolan.dev/cluster', value: 'one' }, options);
  const rule = { protocol: 'tcp', fromPort: 30_000, toPort: 32_767, source: { group: ours?.id ?? '' }, description: '' } as const;
  return await ec2.authorizeIngress(nodeGroup, [rule], {}, options);
};

describe('permissions are checked', () => {
  it('each once, reads by reading, changes of EC2 by dry runs, and nothing is changed', async () => {
    await group();
    await letIn();
    const before = JSON.stringify([...state.securityGroups]);
    const found = await checked();
    expect([...found.keys()]).toEqual(permissions.map(({ action }) => action));
    const of = (outcome: string) => [...found].filter(([, check]) => check.outcome === outcome).map(([action]) => action);
    expect(of('missing')).toEqual([]);
    expect(of('granted')).toEqual(
      permissions
        .filter(({ action, mutates }) => (!mutates || action.startsWith('ec2:')) && !isAskedByAmazon(action))
        .map(({ action }) => action),
    );
    expect(found.get('elasticloadbalancing:CreateLoadBalancer')?.note).toContain('no way to try');
    expect(found.get('iam:CreateServiceLinkedRole')?.note).toContain('IAM');
    expect(JSON.stringify([...state.securityGroups])).toBe(before);
    expect(state.loadBalancers.size).toBe(0);
  });

  it.each([
    'elasticloadbalancing:DescribeTargetHealth',
    'ec2:DescribeAddresses',
    'ec2:CreateSecurityGroup',
    'ec2:RevokeSecurityGroupIngress',
  ])('and the one that is missing is named: %s', async (action) => {
    await group();
    door.denied.add(action);
    const missing = [...(await checked())].filter(([, { outcome }]) => outcome === 'missing');
    expect(missing).toEqual([[action, { outcome: 'missing', note: expect.stringContaining(action) as unknown }]]);
  });

  it('as far as there is something to try them on', async () => {
    const found = await checked();
    expect(found.get('ec2:CreateSecurityGroup')?.outcome).toBe('granted');
    expect(found.get('ec2:DeleteSecurityGroup')).toEqual({
      outcome: 'unknown',
      note: expect.stringContaining('no security group yet') as unknown,
    });
    door.denied.add('ec2:DescribeSecurityGroups');
    expect((await checked()).get('ec2:DescribeSecurityGroups')?.outcome).toBe('missing');
  });

  it('and the rules of groups where nodes let the load balancers in', async () => {
    await group();
    expect((await checked()).get('ec2:DescribeSecurityGroupRules')?.outcome).toBe('unknown');
    await letIn();
    expect((await checked()).get('ec2:DescribeSecurityGroupRules')?.outcome).toBe('granted');
    door.denied.add('ec2:DescribeSecurityGroupRules');
    expect((await checked()).get('ec2:DescribeSecurityGroupRules')?.outcome).toBe('missing');
  });

  it('and have failed where Amazon does not answer, which is not waited for twice', async () => {
    state = new AmazonState(new ManualClock(), threeZones, { rates: { 'ec2-read': { burst: 0, perSecond: 0 } } });
    door = new Door(state);
    const found = await checked();
    expect(found.get('elasticloadbalancing:DescribeTags')?.outcome).toBe('granted');
    expect(['ec2:DescribeSubnets', 'ec2:DescribeInstances', 'ec2:CreateSecurityGroup'].map((action) => found.get(action)?.outcome)).toEqual(
      ['failed', 'failed', 'failed'],
    );
    expect(found.get('elasticloadbalancing:CreateListener')?.outcome).toBe('unknown');
    expect(door.calls.get('ec2:DescribeInstances')).toBeUndefined();
  });
});

it('regions have partitions of their own', () => {
  expect(['eu-central-1', 'cn-north-1', 'us-gov-west-1'].map((region) => partitionOf({ region }))).toEqual(['aws', 'aws-cn', 'aws-us-gov']);
});
