import type { SettingsTable } from '../../../src/settings/row.ts';
import { annotation } from './annotation.ts';
import type { PlaceSettings } from './settings.ts';

const since = '0.1';

/** Which load balancer it is, and where it stands. */
export const placeRows: SettingsTable<PlaceSettings> = {
  name: {
    type: 'string',
    text: 'The name of the load balancer: letters, digits and hyphens, 32 at most. Without it, one is made of namespace, name and a digest.',
    since,
    annotations: annotation('name'),
    edit: 'changes-address',
  },
  elbScheme: {
    type: 'enum',
    values: ['internet-facing', 'internal'],
    text: "Amazon's words for `portolan.dev/scheme`.",
    since,
    annotations: [...annotation('scheme'), ...annotation('internal')],
    edit: 'changes-address',
    sets: 'scheme',
  },
  kind: {
    type: 'enum',
    values: ['nlb', 'external', 'nlb-ip'],
    text: 'What other controllers choose by; here every Service gets a network load balancer. `nlb-ip` is refused: pods are reached through node ports.',
    since,
    annotations: annotation('type'),
    edit: 'in-place',
  },
  targetType: {
    type: 'enum',
    values: ['instance', 'ip'],
    text: 'What the load balancer reaches: the node ports of instances. `ip` is refused: pods are reached through node ports.',
    since,
    annotations: annotation('nlb-target-type'),
    edit: 'in-place',
  },
  targetNodeLabels: {
    type: 'string-list',
    text: "Amazon's word for `portolan.dev/node-selector`.",
    since,
    annotations: annotation('target-node-labels'),
    edit: 'in-place',
    sets: 'node-selector',
  },
  ipAddressType: {
    type: 'enum',
    values: ['ipv4', 'dualstack'],
    text: 'Whether it has IPv6 addresses as well. Without it: where the Service has the family IPv6.',
    since,
    annotations: annotation('ip-address-type'),
    edit: 'in-place',
  },
  subnets: {
    type: 'string-list',
    default: [],
    text: 'Ids or Name tags of subnets, one per zone. Without any they are found by their tags, else by their routes.',
    since,
    annotations: annotation('subnets'),
    edit: 'in-place',
  },
  eipAllocations: {
    type: 'string-list',
    default: [],
    text: 'Elastic IPs (`eipalloc-…`), one per subnet in its order; only where it is public.',
    since,
    annotations: annotation('eip-allocations'),
    edit: 'changes-address',
  },
  privateIpv4Addresses: {
    type: 'ip-list',
    default: [],
    text: 'Private addresses, one in each subnet; only where it is internal.',
    since,
    annotations: annotation('private-ipv4-addresses'),
    edit: 'changes-address',
  },
  resourceTags: {
    type: 'map',
    default: {},
    text: 'Tags for everything that is made for the Service.',
    since,
    annotations: annotation('additional-resource-tags'),
    edit: 'in-place',
  },
};
