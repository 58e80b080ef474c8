import type { Scheme } from '../model/spec.ts';
import { conditionTypes } from '../model/condition.ts';
import { settingName, type SettingName } from '../model/ids.ts';
import type { CoreField, SettingsTable } from './row.ts';

export const ourPrefix = 'portolan.dev/';

/** What every provider understands, whichever cloud it speaks to. */
export interface PortableSettings {
  readonly scheme: Scheme;
  readonly loadBalancerIPs: readonly string[];
  readonly sourceRanges: readonly string[];
  readonly nodeSelector: readonly string[];
}

export const portableRows: SettingsTable<PortableSettings> = {
  scheme: {
    type: 'enum',
    values: ['internal', 'public'],
    text: 'Who can reach the load balancer: only the network of the cluster, or everybody. Without it the provider decides, and public is its usual choice.',
    since: '0.1.0',
    annotations: ['portolan.dev/scheme'],
    edit: 'changes-address',
    sets: 'scheme',
  },
  loadBalancerIPs: {
    type: 'ip-list',
    text: 'The addresses wanted, one per IP family of the Service at most. Wins over the deprecated spec.loadBalancerIP, which must be one of them where both are set.',
    since: '0.1.0',
    annotations: ['portolan.dev/load-balancer-ips'],
    edit: 'changes-address',
    sets: 'requested-addresses',
  },
  sourceRanges: {
    type: 'cidr-list',
    text: 'Who may connect, where spec.loadBalancerSourceRanges is empty. Empty is everybody.',
    since: '0.1.0',
    annotations: ['service.beta.kubernetes.io/load-balancer-source-ranges'],
    edit: 'in-place',
    sets: 'source-ranges',
  },
  nodeSelector: {
    type: 'string-list',
    text: 'Labels such as pool=edge: only nodes that have them all are members. A key alone wants the label with any value.',
    since: '0.1.0',
    annotations: ['portolan.dev/node-selector'],
    edit: 'in-place',
    sets: 'node-selector',
  },
};

/** The portable settings a class may set: an address is one Service's, source ranges belong to the Service. */
export const portableClassRows = { scheme: portableRows.scheme, nodeSelector: portableRows.nodeSelector };

/** A core field has one name, whichever spelling set it. */
export const coreSettings: Readonly<Record<Exclude<CoreField, 'proxy-protocol'>, SettingName>> = {
  scheme: settingName('scheme'),
  'requested-addresses': settingName('loadBalancerIPs'),
  'source-ranges': settingName('sourceRanges'),
  'node-selector': settingName('nodeSelector'),
};

/** Annotations that are words to the controller, not settings: they change no spec. */
export const controlKeys = {
  /** Codes of the guard, separated by commas. */
  approve: 'portolan.dev/approve',
  /** `"true"`: the load balancer is left to others, and the Service is none of ours while it says so. */
  release: 'portolan.dev/release',
  /** Reserved for Services that share a load balancer; refused. */
  group: 'portolan.dev/load-balancer-group',
} as const;

/** Names of ours that are no settings: as annotations they mean nothing, and they are never suggested. */
export const reservedKeys: readonly string[] = Object.values(conditionTypes).filter((type) => type.startsWith(ourPrefix));
