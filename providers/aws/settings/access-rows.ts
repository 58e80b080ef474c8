import type { SettingsTable } from '../../../src/settings/row.ts';
import { annotation } from './annotation.ts';
import type { AccessSettings } from './settings.ts';

const row = { since: '0.1', edit: 'in-place' } as const;

/** Security groups, and the load balancer's own attributes. */
export const accessRows: SettingsTable<AccessSettings> = {
  securityGroups: {
    ...row,
    type: 'string-list',
    default: [],
    text: 'Ids or Name tags of security groups in place of the one that is made. Source ranges are then theirs to hold.',
    annotations: annotation('security-groups'),
  },
  extraSecurityGroups: {
    ...row,
    type: 'string-list',
    default: [],
    text: 'Ids or Name tags of security groups beside the one that is made.',
    annotations: annotation('extra-security-groups'),
  },
  manageBackendRules: {
    ...row,
    type: 'boolean',
    text: "Whether the nodes let the load balancer in by the cluster's own security group. Without it: unless `security-groups` names others.",
    annotations: annotation('manage-backend-security-group-rules'),
  },
  securityGroupPrefixLists: {
    ...row,
    type: 'string-list',
    default: [],
    text: 'Prefix lists (`pl-…`) that may connect, beside the source ranges; without such ranges nobody else may.',
    annotations: annotation('security-group-prefix-lists'),
  },
  pathMtuDiscovery: {
    ...row,
    type: 'enum',
    values: ['on', 'off'],
    default: 'off',
    text: 'Whether those who may connect may send the ICMP that finds the largest packet.',
    annotations: annotation('enable-icmp-for-path-mtu-discovery'),
  },
  attributes: {
    ...row,
    type: 'map',
    default: {},
    text: "Amazon's attributes of the load balancer. One that is taken away returns to its default.",
    annotations: annotation('attributes'),
  },
  crossZone: {
    ...row,
    type: 'boolean',
    text: 'Whether a zone reaches the nodes of the others, too.',
    annotations: annotation('cross-zone-load-balancing-enabled'),
  },
  accessLogs: {
    ...row,
    type: 'boolean',
    text: 'Whether connections with TLS are logged.',
    annotations: annotation('access-log-enabled'),
  },
  accessLogsBucket: {
    ...row,
    type: 'string',
    text: 'The S3 bucket of the log.',
    annotations: annotation('access-log-s3-bucket-name'),
  },
  accessLogsPrefix: {
    ...row,
    type: 'string',
    text: 'The folder in it.',
    annotations: annotation('access-log-s3-bucket-prefix'),
  },
};
