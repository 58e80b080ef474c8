import type { AnySettingsTable, SettingRow, SettingsTable } from '../../../src/settings/row.ts';
import type { Connection } from './settings.ts';

const row = { since: '0.1', edit: 'only-at-creation' } as const;

const quota = (text: string): SettingRow => ({ since: '0.1', edit: 'in-place', type: 'integer', minimum: 1, text });

const quotas: AnySettingsTable = {
  listeners: quota('Listeners of a load balancer: 50.'),
  certificates: quota('Certificates of a load balancer beside the default ones: 25.'),
  targets: quota('Targets of a target group: 1000.'),
  rulesPerSecurityGroup: quota('Inbound rules of a security group, for IPv4 and for IPv6 apart: 60.'),
  securityGroups: quota('Security groups of a load balancer: 5.'),
};

export const connection: SettingsTable<Connection> = {
  region: { ...row, type: 'string', required: true, text: "Amazon's region of the cluster: `eu-central-1`." },
  vpcId: { ...row, type: 'string', text: 'The VPC of the nodes. Without it: that of the first node whose instance is found.' },
  endpoint: { ...row, type: 'string', text: "A URL in place of Amazon's own, for all services: a private endpoint, or a test server." },
  clusterName: {
    ...row,
    type: 'string',
    text: 'The name in the tags `kubernetes.io/cluster/NAME` of subnets and security groups. Without it, those tags say nothing.',
  },
  nodePortRange: {
    ...row,
    type: 'string',
    default: '30000-32767',
    text: "The API server's range of node ports: the one rule that lets load balancers reach the nodes.",
  },
  nodeSecurityGroups: {
    ...row,
    type: 'string-list',
    default: [],
    text: "Ids of the security groups that get that rule. Without any: the one of the nodes' network interfaces, or of several the one that is tagged for the cluster.",
  },
  quotas: {
    ...row,
    type: 'object',
    rows: quotas,
    text: 'Quotas that Amazon raised for the account; without one, what Amazon gives everybody. What is over a quota is refused before a call is made.',
    edit: 'in-place',
  },
};
