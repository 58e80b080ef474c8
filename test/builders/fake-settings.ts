import { features, type Capabilities, type Feature } from '../../src/model/capabilities.ts';
import type { SettingsTable } from '../../src/settings/row.ts';

/** A provider's settings for tests: one row of each interesting kind. */
export interface FakeSettings {
  readonly proxyProtocol: boolean;
  readonly idleTimeout: number;
  readonly internal?: boolean;
  readonly pool?: string;
  readonly address?: readonly string[];
  readonly algorithm: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly retries?: number;
  readonly selector?: readonly string[];
}

const since = '0.1.0';

export const fakeSettings: SettingsTable<FakeSettings> = {
  proxyProtocol: {
    type: 'boolean',
    default: false,
    text: 'Whether members get the PROXY protocol.',
    since,
    annotations: ['loadbalancer.openstack.org/proxy-protocol', 'portolan.dev/proxy-protocol'],
    edit: 'drops-connections',
    sets: 'proxy-protocol',
  },
  idleTimeout: {
    type: 'duration',
    default: 60_000,
    minimum: 1000,
    maximum: 3_600_000,
    text: 'After which silence a connection is closed.',
    since,
    annotations: ['portolan.dev/idle-timeout'],
    edit: 'in-place',
  },
  internal: {
    type: 'boolean',
    text: "The cloud's own word for the scheme.",
    since,
    annotations: ['service.beta.kubernetes.io/openstack-internal-load-balancer', 'loadbalancer.openstack.org/internal'],
    edit: 'changes-address',
    sets: 'scheme',
  },
  pool: { type: 'string', text: 'Where addresses come from.', since, annotations: ['metallb.io/address-pool'], edit: 'changes-address' },
  address: {
    type: 'ip-list',
    text: "A peer's word for the addresses wanted.",
    since,
    annotations: ['metallb.io/loadBalancerIPs', 'metallb.universe.tf/loadBalancerIPs'],
    edit: 'changes-address',
    sets: 'requested-addresses',
  },
  algorithm: {
    type: 'enum',
    values: ['round-robin', 'least-connections'],
    default: 'round-robin',
    text: 'How members are chosen.',
    since,
    annotations: ['portolan.dev/algorithm'],
    edit: 'in-place',
  },
  tags: { type: 'map', text: 'Marks for people.', since, annotations: ['portolan.dev/tags'], edit: 'in-place' },
  retries: { type: 'integer', minimum: 1, maximum: 10, text: 'How often.', since, edit: 'in-place' },
  selector: {
    type: 'string-list',
    text: 'Which nodes.',
    since,
    annotations: ['loadbalancer.openstack.org/node-selector'],
    edit: 'in-place',
    sets: 'node-selector',
  },
};

/** Everything there is, but for these. */
export function capabilitiesWithout(...lacked: readonly Feature[]): Capabilities {
  const pairs = features.map((feature) => [feature, lacked.includes(feature) ? { lacks: `the fake has no ${feature}` } : true] as const);
  return Object.fromEntries(pairs) as Capabilities; // one entry per feature
}
