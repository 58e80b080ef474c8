import type { Ec2SecurityGroup, Ec2Subnet } from '../api/ec2.ts';
import type { Seed, SeededInstance } from './amazon-state.ts';

export const region = 'eu-central-1';
export const vpcId = 'vpc-0c0ffee0c0ffee001';
/** In the tags of what is the cluster's: `kubernetes.io/cluster/kit`. */
export const clusterName = 'kit';
export const nodeGroup = 'sg-0c0ffee0c0ffee0de';

const zones = ['a', 'b', 'c'] as const;
const ofCluster = { [`kubernetes.io/cluster/${clusterName}`]: 'owned' };

const subnet = (zone: (typeof zones)[number], index: number, isPublic: boolean): Ec2Subnet => {
  const number = (isPublic ? 0 : 16) + index;
  return {
    id: subnetId(zone, isPublic ? 'public' : 'private'),
    vpcId,
    zone: `${region}${zone}`,
    zoneKind: 'availability-zone',
    cidr: `10.0.${number}.0/24`,
    ipv6Cidrs: [`2001:db8:0:${number.toString(16)}::/64`],
    freeAddresses: 240,
    tags: {
      ...ofCluster,
      Name: `${isPublic ? 'public' : 'private'}-${zone}`,
      [isPublic ? 'kubernetes.io/role/elb' : 'kubernetes.io/role/internal-elb']: '1',
    },
  };
};

/** Of the zone `a`, `b` or `c`. */
export const subnetId = (zone: 'a' | 'b' | 'c', kind: 'public' | 'private'): string =>
  `subnet-0${kind === 'public' ? 'b' : 'a'}0000000000000${zone}`;

const group = (id: string, name: string, tags: Ec2SecurityGroup['tags'] = {}): Ec2SecurityGroup => ({ id, name, vpcId, ingress: [], tags });

/**
 * A region as an installer leaves it: three zones with a public and a private subnet each, tagged for load balancers, nodes
 * that share one security group, and what users bring themselves: Elastic IPs, groups, certificates, a prefix list.
 */
export const threeZones: Seed = {
  vpcs: [vpcId],
  subnets: zones.flatMap((zone, index) => [subnet(zone, index, true), subnet(zone, index, false)]),
  routeTables: [
    { id: 'rtb-public', vpcId, isMain: false, subnetIds: zones.map((zone) => subnetId(zone, 'public')), reachesInternet: true },
    { id: 'rtb-private', vpcId, isMain: true, subnetIds: [], reachesInternet: false },
  ],
  instances: [],
  addresses: [1, 2, 3, 4].map((number) => ({
    allocationId: `eipalloc-0000000000000000${number}`,
    publicIp: `198.51.100.${number}`,
    tags: { Name: `ours-${number}` },
  })),
  securityGroups: [
    group('sg-0default', 'default'),
    group(nodeGroup, 'nodes', ofCluster),
    group('sg-00000000000000a11', 'users-own', { Name: 'users-own' }),
  ],
  certificates: [1, 2, 3].map((number) => `arn:aws:acm:${region}:123456789012:certificate/${number}`),
  prefixLists: { 'pl-00000000000000001': 5 },
};

/** The machine behind a node of the cluster, in the zone whose turn it is. */
export function instanceAt(index: number): SeededInstance & { readonly providerId: string } {
  const zone = zones[index % zones.length] ?? 'a';
  const id = `i-${(index + 1).toString(16).padStart(17, '0')}`;
  const subnetOf = subnetId(zone, 'private');
  return { id, state: 'running', vpcId, securityGroups: [nodeGroup], subnetId: subnetOf, providerId: `aws:///${region}${zone}/${id}` };
}
