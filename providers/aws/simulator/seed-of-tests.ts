/** A small region for tests: one VPC with two public zones and one private subnet, three instances, two Elastic IPs. */
import { ManualClock } from '../../../src/clock.ts';
import { LbError } from '../../../src/errors.ts';
import type { ElbHealthCheck, NewLoadBalancer, NewListener, NewTargetGroup } from '../api/elb.ts';
import { AmazonRefusal } from './amazon-error.ts';
import { AmazonState, type AmazonOptions, type Seed } from './amazon-state.ts';
import { Door } from './door.ts';
import { SimulatedEc2 } from './simulated-ec2.ts';
import { SimulatedElb } from './simulated-elb.ts';

const subnet = { vpcId: 'vpc-1', zoneKind: 'availability-zone', freeAddresses: 200, tags: {} };
const instance = { state: 'running', vpcId: 'vpc-1', securityGroups: ['sg-node'] } as const;

export const smallRegion: Seed = {
  vpcs: ['vpc-1', 'vpc-2'],
  subnets: [
    { ...subnet, id: 'subnet-a', zone: 'eu-west-1a', cidr: '10.0.0.0/24', ipv6Cidrs: ['2001:db8:0:a::/64'] },
    { ...subnet, id: 'subnet-a2', zone: 'eu-west-1a', cidr: '10.0.1.0/24', ipv6Cidrs: [] },
    { ...subnet, id: 'subnet-b', zone: 'eu-west-1b', cidr: '10.0.2.0/24', ipv6Cidrs: ['2001:db8:0:b::/64'] },
    { ...subnet, id: 'subnet-full', zone: 'eu-west-1c', cidr: '10.0.3.0/28', ipv6Cidrs: [], freeAddresses: 7 },
    { ...subnet, id: 'subnet-other', vpcId: 'vpc-2', zone: 'eu-west-1a', cidr: '10.1.0.0/24', ipv6Cidrs: [] },
  ],
  routeTables: [{ id: 'rtb-1', vpcId: 'vpc-1', isMain: true, subnetIds: [], reachesInternet: true }],
  instances: [
    { ...instance, id: 'i-0000000a', subnetId: 'subnet-a' },
    { ...instance, id: 'i-0000000b', subnetId: 'subnet-b' },
    { ...instance, id: 'i-0000000c', subnetId: 'subnet-full' },
    { ...instance, id: 'i-000000ff', subnetId: 'subnet-other', vpcId: 'vpc-2', securityGroups: [] },
  ],
  addresses: [
    { allocationId: 'eipalloc-1', publicIp: '198.51.100.1', tags: {} },
    { allocationId: 'eipalloc-2', publicIp: '198.51.100.2', tags: {} },
  ],
  securityGroups: [
    { id: 'sg-node', name: 'nodes', vpcId: 'vpc-1', ingress: [], tags: { 'kubernetes.io/cluster/one': 'owned' } },
    { id: 'sg-front', name: 'front', vpcId: 'vpc-1', ingress: [], tags: {} },
    { id: 'sg-other', name: 'other', vpcId: 'vpc-2', ingress: [], tags: {} },
  ],
  certificates: ['arn:cert/1', 'arn:cert/2', 'arn:cert/3'],
  prefixLists: { 'pl-1': 20 },
};

/** The small region, behind one door, on a clock that stands still. */
export function region(of: AmazonOptions = {}, seed: Partial<Seed> = {}) {
  const clock = new ManualClock();
  const state = new AmazonState(clock, { ...smallRegion, ...seed }, of);
  const door = new Door(state);
  return { clock, state, door, elb: new SimulatedElb(door), ec2: new SimulatedEc2(door) };
}

/** A load balancer that listens on port 80, and its target group. */
export async function serving(elb: SimulatedElb, group: Partial<NewTargetGroup> = {}, balancer: Partial<NewLoadBalancer> = {}) {
  const loadBalancer = await elb.createLoadBalancer(newLoadBalancer(balancer), options);
  const targetGroup = await elb.createTargetGroup(newTargetGroup(group), options);
  const protocol = newTargetGroup(group).protocol;
  const tls = protocol === 'TLS' ? { certificate: 'arn:cert/1' } : {};
  const listener = await elb.createListener(newListener(loadBalancer.arn, targetGroup.arn, { protocol, ...tls }), options);
  return { loadBalancer, targetGroup, listener };
}

export const options = { signal: new AbortController().signal };

/** What a call was refused with: our code, and Amazon's. @throws Error where it was not refused */
export async function refusalOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof LbError && error.cause instanceof AmazonRefusal)) throw error;
    return `${error.code} ${error.cause.name}`;
  }
  throw new Error('it was not refused');
}

export const tcpCheck: ElbHealthCheck = {
  protocol: 'TCP',
  port: 'traffic-port',
  intervalSeconds: 10,
  timeoutSeconds: 10,
  healthyThreshold: 3,
  unhealthyThreshold: 3,
};

export const newLoadBalancer = (change: Partial<NewLoadBalancer> = {}): NewLoadBalancer => ({
  name: 'p-default-web-0123456789',
  scheme: 'internet-facing',
  ipAddressType: 'ipv4',
  subnets: [{ subnetId: 'subnet-a' }],
  securityGroups: ['sg-front'],
  tags: { one: '1' },
  ...change,
});

export const newTargetGroup = (change: Partial<NewTargetGroup> = {}): NewTargetGroup => ({
  name: 'p-default-web-80',
  protocol: 'TCP',
  port: 30_080,
  vpcId: 'vpc-1',
  ipAddressType: 'ipv4',
  healthCheck: tcpCheck,
  tags: { one: '1' },
  ...change,
});

export const newListener = (loadBalancer: string, targetGroup: string, change: Partial<NewListener> = {}): NewListener => ({
  loadBalancer,
  port: 80,
  protocol: 'TCP',
  targetGroup,
  tags: {},
  ...change,
});
