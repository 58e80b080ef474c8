import type { ConformanceCase } from '../../../../src/conformance/case.ts';
import { annotate, cloud, create, refused, remember, remove, rest, served, settled, stillServed, triedAgain } from './telling.ts';

const ips = 'portolan.dev/load-balancer-ips';
const scheme = 'portolan.dev/scheme';
const subnet = (zone: 'a' | 'b' | 'c', kind: 'public' | 'private'): string =>
  `subnet-0${kind === 'public' ? 'b' : 'a'}0000000000000${zone}`;
const zones = ['a', 'b', 'c'] as const;
const allOf = (kind: 'public' | 'private'): string[] => zones.map((zone) => subnet(zone, kind));

/** Where a load balancer stands, and by which addresses it is known. */
export const cases: readonly ConformanceCase[] = [
  {
    id: 'aws-addresses/subnets-by-tags',
    title: 'A public load balancer stands in the subnets tagged for public ones, an internal one in those for internal ones',
    steps: [
      create('web'),
      create('inside', { [scheme]: 'internal' }),
      rest,
      cloud(['design-8', 'H10'], 'web', '/loadBalancer/subnets', allOf('public')),
      cloud(['design-8', 'H10'], 'inside', '/loadBalancer/subnets', allOf('private')),
      cloud(['H10'], 'inside', '/loadBalancer/scheme', 'internal'),
      settled(['design-8'], 'inside'),
    ],
  },
  {
    id: 'aws-addresses/subnets-named',
    title: 'Subnets that are named, by id or by Name tag, are those it stands in; one more is added in place',
    steps: [
      create('web', { subnets: `${subnet('b', 'public')},public-a` }),
      rest,
      cloud(['design-8'], 'web', '/loadBalancer/subnets', [subnet('a', 'public'), subnet('b', 'public')]),
      remember('served'),
      annotate('web', { subnets: 'public-a,public-b,public-c' }),
      rest,
      cloud(['design-8', 'idea-6'], 'web', '/loadBalancer/subnets', allOf('public')),
      ...stillServed(['design-8', 'idea-6'], 'served'),
    ],
  },
  {
    id: 'aws-addresses/subnet-refused',
    title: 'A subnet that there is not, and two of one zone, are refused by name',
    steps: [
      create('web', { subnets: 'subnet-0000000000000000f' }),
      create('shop', { subnets: 'public-a,private-a' }),
      rest,
      ...refused(['idea-4', 'pain-22'], 'web', 'InvalidSetting', ['subnet-0000000000000000f']),
      ...refused(['idea-4', 'pain-22'], 'shop', 'InvalidSetting', [subnet('a', 'private')]),
    ],
  },
  {
    id: 'aws-addresses/dual-stack',
    title: 'A second family makes the load balancer dual stack in place; IPv6 clients are let in',
    steps: [
      create('web', {}, { ipFamilyPolicy: 'SingleStack' }),
      rest,
      remember('served'),
      { do: 'patch', service: 'web', patch: { spec: { ipFamilyPolicy: 'RequireDualStack', ipFamilies: ['IPv4', 'IPv6'] } } },
      rest,
      cloud(['J2', 'P20'], 'web', '/loadBalancer/ipAddressType', 'dualstack'),
      cloud(['H5'], 'web', '/rules', ['tcp 80 0.0.0.0/0', 'tcp 80 ::/0']),
      ...stillServed(['J2', 'idea-6'], 'served'),
    ],
  },
  {
    id: 'aws-addresses/elastic-ip',
    title: 'An Elastic IP that is asked for by its address is the one clients are told, in the one zone that one address means',
    steps: [
      create('web', { [ips]: '198.51.100.1' }),
      rest,
      served(['H1', 'P12']),
      { rows: ['H1', 'P12'], check: 'ingress', service: 'web', addresses: ['198.51.100.1'], wellFormed: true },
      cloud(['H1'], 'web', '/loadBalancer/addresses', ['198.51.100.1']),
      settled(['H1']),
    ],
  },
  {
    id: 'aws-addresses/elastic-ip-by-field',
    title: 'The deprecated field asks for an Elastic IP as well',
    steps: [
      create('web', {}, { loadBalancerIP: '198.51.100.2' }),
      rest,
      served(['H1']),
      { rows: ['H1'], check: 'ingress', service: 'web', addresses: ['198.51.100.2'] },
    ],
  },
  {
    id: 'aws-addresses/elastic-ip-taken',
    title: 'An Elastic IP that another load balancer has is refused until it is free',
    steps: [
      create('first', { [ips]: '198.51.100.1' }),
      rest,
      create('web', { [ips]: '198.51.100.1' }),
      rest,
      { rows: ['H1', 'pain-11'], check: 'condition', service: 'web', type: 'Programmed', status: 'False', reason: 'AddressInUse' },
      { rows: ['pain-11'], check: 'ingress', service: 'web', count: 0 },
      remove('first'),
      triedAgain,
      served(['H1', 'pain-12']),
      { rows: ['H1'], check: 'ingress', service: 'web', addresses: ['198.51.100.1'] },
    ],
  },
  {
    id: 'aws-addresses/elastic-ip-unknown',
    title: 'An address that is no Elastic IP of the account is refused',
    steps: [
      create('web', { [ips]: '203.0.113.77' }),
      rest,
      ...refused(['H1', 'P12', 'pain-3'], 'web', 'AddressOutOfRange', ['203.0.113.77']),
    ],
  },
  {
    id: 'aws-addresses/elastic-ip-changed',
    title: 'Another Elastic IP waits for approval; then the new load balancer is there first, and the old one goes later',
    steps: [
      create('web', { [ips]: '198.51.100.1' }),
      rest,
      remember('served'),
      annotate('web', { [ips]: '198.51.100.2' }),
      rest,
      {
        rows: ['H2', 'idea-6'],
        check: 'condition',
        service: 'web',
        type: 'Programmed',
        status: 'False',
        reason: 'ApprovalRequired',
        mentions: [ips],
      },
      { rows: ['H2', 'idea-6'], check: 'ingress', service: 'web', same: 'served' },
      { do: 'approve', service: 'web', code: 'shown' },
      { do: 'rest', ms: 20_000 },
      cloud(['pain-9', 'idea-6'], 'web', '/count', 2),
      triedAgain,
      { rows: ['H2'], check: 'ingress', service: 'web', addresses: ['198.51.100.2'] },
      cloud(['P3', 'pain-1'], 'web', '/count', 1),
      settled(['H2']),
    ],
  },
  {
    id: 'aws-addresses/allocations',
    title: 'Elastic IPs by allocation, one a subnet; another number of them is refused',
    steps: [
      create('web', { subnets: 'public-a,public-b', 'eip-allocations': 'eipalloc-00000000000000001,eipalloc-00000000000000002' }),
      create('shop', { subnets: 'public-a,public-b', 'eip-allocations': 'eipalloc-00000000000000003' }),
      rest,
      served(['design-8']),
      cloud(['design-8'], 'web', '/loadBalancer/addresses', ['198.51.100.1', '198.51.100.2']),
      ...refused(['idea-7', 'pain-22'], 'shop', 'InvalidSetting', ['eip-allocations']),
    ],
  },
  {
    id: 'aws-addresses/private',
    title: 'A private address stands in the subnet that has it, and makes the load balancer internal',
    steps: [
      create('web', { [ips]: '10.0.17.40' }),
      rest,
      served(['H1', 'H10']),
      cloud(['H1', 'H10'], 'web', '/loadBalancer/scheme', 'internal'),
      cloud(['H1'], 'web', '/loadBalancer/addresses', ['10.0.17.40']),
      { rows: ['H1'], check: 'ingress', service: 'web', addresses: ['10.0.17.40'] },
    ],
  },
  {
    id: 'aws-addresses/private-and-public',
    title: 'A public scheme with a private address is refused, and so are contradicting spellings of the scheme',
    steps: [
      create('web', { [scheme]: 'public', [ips]: '10.0.17.40' }),
      create('shop', { scheme: 'internet-facing', internal: 'true' }),
      rest,
      { rows: ['H10', 'pain-40'], check: 'condition', service: 'web', type: 'Accepted', status: 'False', mentions: ['10.0.17.40'] },
      { rows: ['H10', 'pain-40'], check: 'owned', service: 'web', none: true },
      ...refused(['H10', 'design-8', 'pain-40'], 'shop', 'ConflictingSettings', ['scheme', 'internal']),
    ],
  },
  {
    id: 'aws-addresses/internal-of-old-charts',
    title: 'What charts write for internal load balancers since long ago is understood: 0.0.0.0/0 is internal, false is not',
    steps: [
      create('web', { internal: '0.0.0.0/0' }),
      create('shop', { internal: 'false' }),
      rest,
      cloud(['H10', 'pain-40'], 'web', '/loadBalancer/scheme', 'internal'),
      cloud(['H10'], 'shop', '/loadBalancer/scheme', 'internet-facing'),
    ],
  },
];
