/** A Service, a network and load balancers for tests of what a spec comes to. */
import { clusterId, fieldPath, serviceKey, serviceLoadBalancer, serviceUid, settingName, type Digest } from '../../../src/model/ids.ts';
import { marksOf, type Owner } from '../../../src/model/owner.ts';
import type { LoadBalancerSpec, Member } from '../../../src/model/spec.ts';
import type { Ec2Address, Ec2SecurityGroup, Ec2Subnet } from '../api/ec2.ts';
import type { ElbZone } from '../api/elb.ts';
import { loadBalancerName } from '../names.ts';
import type { HaveLoadBalancer, Surroundings } from '../observe/have.ts';
import type { Settings } from '../settings/settings.ts';
import { listener, silent } from './stand-ins.ts';

const uid = serviceUid('uid-web');
export const owner: Owner = {
  clusterId: clusterId('c1'),
  key: serviceLoadBalancer(uid),
  services: [{ uid, name: serviceKey('shop', 'web') }],
};

export const node = (name: string, instance = `i-0000000${name}`): Member => ({
  node: name,
  providerId: `aws:///eu-central-1a/${instance}`,
  addresses: {},
});

/** Settings that are named count as said by the Service. */
export function specOf({
  settings = {},
  ...more
}: Partial<Omit<LoadBalancerSpec<Settings>, 'settings'>> & { readonly settings?: Partial<Settings> } = {}): LoadBalancerSpec<Settings> {
  const digest = 'd' as Digest; // not looked at here
  return {
    owner,
    scheme: 'public',
    addresses: [{ family: 'IPv4', required: true }],
    listeners: [listener('TCP', 80, 30_080)],
    members: [node('a'), node('b')],
    sourceRanges: [],
    affinity: { kind: 'none' },
    published: [],
    explicit: Object.keys(settings).map(settingName),
    origin: {},
    frozen: [],
    inputDigest: digest,
    specDigest: digest,
    membersDigest: digest,
    ...more,
    settings: { ...silent, ...settings },
  };
}

export const annotation = (name: string) => fieldPath(`service.beta.kubernetes.io/aws-load-balancer-${name}`);

/** `subnet-1` is 10.0.1.0/24 in zone `a`, `subnet-2` in `b`, and so on; all public, with IPv6 where it is said. */
export const subnet = (number: number, more: Partial<Ec2Subnet> = {}): Ec2Subnet => ({
  id: `subnet-${number}`,
  vpcId: 'vpc-1',
  zone: 'abc'[number - 1] ?? 'z',
  cidr: `10.0.${number}.0/24`,
  ipv6Cidrs: [],
  freeAddresses: 200,
  tags: { 'kubernetes.io/role/elb': '1', 'kubernetes.io/role/internal-elb': '1' },
  ...more,
});

export const elastic = (number: number, more: Partial<Ec2Address> = {}): Ec2Address => ({
  allocationId: `eipalloc-${number}`,
  publicIp: `198.51.100.${number}`,
  tags: {},
  ...more,
});

export const group = (id: string, name: string): Ec2SecurityGroup => ({ id, name: id, vpcId: 'vpc-1', ingress: [], tags: { Name: name } });

export const surroundings = (more: Partial<Surroundings> = {}): Surroundings => ({
  vpcId: 'vpc-1',
  subnets: [subnet(1), subnet(2)],
  routeTables: [],
  addresses: [],
  groups: [],
  unusable: [],
  ...more,
});

/** In `subnet-1` and `subnet-2`, as it is made for a Service that says nothing. */
export function balancerOf(more: Partial<HaveLoadBalancer> = {}): HaveLoadBalancer {
  const scheme = more.scheme ?? 'internet-facing';
  const name = more.name ?? loadBalancerName(owner, scheme, []);
  return {
    arn: `arn:${name}`,
    name,
    type: 'network',
    scheme,
    dnsName: `${name}.elb.example.com`,
    vpcId: 'vpc-1',
    state: 'active',
    ipAddressType: 'ipv4',
    securityGroups: ['sg-backend', 'sg-front'],
    zones: [zone(1), zone(2)],
    createdAt: 0,
    tags: marksOf(owner),
    listeners: [],
    attributes: 'unread',
    ...more,
  };
}

export const zone = (number: number, more: Partial<ElbZone> = {}): ElbZone => ({
  zone: 'abc'[number - 1] ?? 'z',
  subnetId: `subnet-${number}`,
  ...more,
});
