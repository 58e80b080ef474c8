import type { ConformanceCase } from '../../../../src/conformance/case.ts';
import { groupCase, type Group } from './telling.ts';

const world = 'tcp 80 0.0.0.0/0';
const groups = '/loadBalancer/securityGroups';
const ofSecurityGroups: readonly Group[] = [
  {
    id: 'source-ranges',
    of: 'those who may connect',
    set: { 'service.beta.kubernetes.io/load-balancer-source-ranges': '192.0.2.0/24,198.51.100.0/25' },
    shows: [['/rules', ['tcp 80 192.0.2.0/24', 'tcp 80 198.51.100.0/25']]],
    edited: { 'service.beta.kubernetes.io/load-balancer-source-ranges': '192.0.2.0/24' },
    showsEdited: [['/rules', ['tcp 80 192.0.2.0/24']]],
    without: [['/rules', [world]]],
  },
  {
    id: 'prefix-lists',
    of: 'prefix lists',
    set: { 'security-group-prefix-lists': 'pl-00000000000000001' },
    shows: [['/rules', ['tcp 80 pl-00000000000000001']]],
    without: [['/rules', [world]]],
  },
  {
    id: 'path-mtu',
    of: 'the discovery of path MTUs',
    set: { 'enable-icmp-for-path-mtu-discovery': 'on' },
    shows: [['/rules', ['icmp 3-4 0.0.0.0/0', world]]],
    without: [['/rules', [world]]],
  },
  {
    id: 'own-security-groups',
    of: "the user's own security groups",
    set: { 'security-groups': 'sg-00000000000000a11' },
    shows: [
      [groups, ['sg-00000000000000a11']],
      ['/rules', []],
    ],
    edited: { 'manage-backend-security-group-rules': 'true' },
    showsEdited: [[groups, ['backend', 'sg-00000000000000a11']]],
    without: [
      [groups, ['backend', 'frontend']],
      ['/rules', [world]],
    ],
  },
  {
    id: 'own-security-group-by-name',
    of: "the user's own security group by its Name tag",
    set: { 'security-groups': 'users-own' },
    shows: [[groups, ['sg-00000000000000a11']]],
    without: [[groups, ['backend', 'frontend']]],
  },
  {
    id: 'extra-security-groups',
    of: 'further security groups',
    set: { 'extra-security-groups': 'sg-00000000000000a11' },
    shows: [[groups, ['backend', 'frontend', 'sg-00000000000000a11']]],
    without: [[groups, ['backend', 'frontend']]],
  },
];

/** Who may connect, by groups that are made and by groups that are brought. */
export const cases: readonly ConformanceCase[] = ofSecurityGroups.map(groupCase);
