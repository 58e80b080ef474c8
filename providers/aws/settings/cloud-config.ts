import type { IniEntry, IniProblem, UpstreamCloud } from '../../../src/settings/ini.ts';
import { nearest } from '../../../src/settings/nearest.ts';

/** What is gathered while the entries are read. */
interface Draft {
  readonly connection: Record<string, unknown>;
  readonly settings: Record<string, unknown>;
  readonly warnings: IniProblem[];
  readonly problems: IniProblem[];
  /** `KubernetesClusterID` wins over the older `KubernetesClusterTag`. */
  clusterTag?: string;
  readonly endpoints: Map<string, Partial<Record<OverrideKey, string>> & { readonly line: number }>;
}

type Means = (draft: Draft, value: string, entry: IniEntry) => void;
type OverrideKey = 'service' | 'region' | 'url';

const idle =
  (why: string): Means =>
  (draft, _value, { line, key }) =>
    void draft.warnings.push({ line, text: `${key} means nothing here: ${why}` });
const nodes = 'Portolan manages load balancers only, no Nodes and no routes';
const to =
  (part: 'connection' | 'settings', field: string, parse: (value: string) => unknown = (value) => value): Means =>
  (draft, value) =>
    void (draft[part][field] = parse(value));

/** Every key of upstream's `[Global]`, in its spelling. Source: cloud-provider-aws, pkg/providers/v1/config. */
const globals: Readonly<Record<string, Means>> = {
  Zone: (draft, value) => void (draft.connection['region'] ??= regionOfZone(value)),
  Region: to('connection', 'region'),
  VPC: to('connection', 'vpcId'),
  SubnetID: to('settings', 'subnets', (value) => [value]),
  KubernetesClusterTag: (draft, value) => void (draft.clusterTag = value),
  KubernetesClusterID: to('connection', 'clusterName'),
  DisableSecurityGroupIngress: (draft, value, entry) => {
    const is = booleanOf(value, draft, entry);
    if (is === true) draft.settings['manageBackendRules'] = false;
  },
  ElbSecurityGroup: (draft, value) => {
    draft.settings['securityGroups'] = [value];
    // Upstream's nodes let that group in, unless they are told not to.
    draft.settings['manageBackendRules'] ??= true;
  },
  ClusterServiceLoadBalancerHealthProbeMode: (draft, value, { line, key }) => {
    const modes = ['Shared', 'ServiceNodePort', ''];
    if (!modes.includes(value))
      draft.problems.push({ line, text: `${key}: ${JSON.stringify(value)} is not one of Shared, ServiceNodePort` });
    draft.settings['healthCheckOfKubeProxy'] = value === 'Shared';
  },
  ClusterServiceSharedLoadBalancerHealthProbePort: idle('kube-proxy is asked where it listens by default, on port 10256'),
  ClusterServiceSharedLoadBalancerHealthProbePath: idle('kube-proxy is asked at /healthz'),
  NLBSecurityGroupMode: idle('each load balancer gets a security group, for one that is made without can never get one'),
  RouteTableID: idle(nodes),
  NodeIPFamilies: idle(nodes),
  SupportedTopologyInstanceTypePattern: idle(nodes),
  RoleARN: (draft, _value, { line, key }) =>
    void draft.problems.push({
      line,
      text: `${key}: give the process that role instead, by its service account or a profile with role_arn`,
    }),
  SourceARN: idle('it goes with RoleARN'),
};

/** Of `[ServiceOverride "1"]`. */
const overrides: Readonly<Record<string, OverrideKey | undefined>> = {
  Service: 'service',
  Region: 'region',
  URL: 'url',
  SigningRegion: undefined,
  SigningMethod: undefined,
  SigningName: undefined,
};

const sections = ['Global', 'ServiceOverride'] as const;
const wanted: ReadonlySet<string> = new Set(['ec2', 'elasticloadbalancing']);

/** Upstream's file as connection and settings of this provider; what is not known there is a problem, with the nearest that is. */
export function cloudOfIni(entries: readonly IniEntry[]): UpstreamCloud {
  const draft: Draft = { connection: {}, settings: {}, warnings: [], problems: [], endpoints: new Map() };
  for (const entry of entries) read(entry, draft);
  const { connection, settings, warnings, problems, clusterTag } = draft;
  if (clusterTag !== undefined) connection['clusterName'] ??= clusterTag;
  readEndpoints(draft);
  return { connection, settings, warnings, problems };
}

function read(entry: IniEntry, draft: Draft): void {
  const { line, key, value = 'true' } = entry;
  const section = sections.find((known) => same(known, entry.section));
  if (section === undefined) {
    draft.problems.push({ line, text: `there is no section ${entry.section}${meant(entry.section, sections)}` });
    return;
  }
  const keys = Object.keys(section === 'Global' ? globals : overrides);
  const known = keys.find((candidate) => same(candidate, key));
  if (known === undefined) draft.problems.push({ line, text: `[${section}] has no ${key}${meant(key, keys)}` });
  else if (section === 'Global') globals[known]?.(draft, value.trim(), { ...entry, key: known });
  else {
    const name = entry.name ?? '';
    const field = overrides[known];
    const so = draft.endpoints.get(name) ?? { line };
    draft.endpoints.set(name, field === undefined ? so : { ...so, [field]: value.trim() });
  }
}

/** One endpoint is for all services here; services that are not called may have any. */
function readEndpoints({ connection, problems, endpoints }: Draft): void {
  const region = connection['region'];
  const used = [...endpoints.values()].filter((one) => wanted.has(one.service ?? '') && (region === undefined || one.region === region));
  const urls = new Set(used.map(({ url }) => url));
  const [first] = used;
  if (first === undefined) return;
  if (urls.size === 1 && used.length === wanted.size) connection['endpoint'] = first.url;
  else
    problems.push({ line: first.line, text: `ServiceOverride: ${[...wanted].join(' and ')} need the same URL; one endpoint is for both` });
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

function meant(said: string, known: readonly string[]): string {
  const found = nearest(said, known);
  return found === undefined ? `; there are ${known.join(', ')}` : `; did you mean ${found}?`;
}

/** `eu-central-1a`, and `us-west-2-lax-1a` of a local zone. */
const regionOfZone = (zone: string): string => /^[a-z]{2}(?:-[a-z]+)+-\d+/.exec(zone)?.[0] ?? zone;

/** As gcfg reads it. */
function booleanOf(value: string, draft: Draft, { line, key }: IniEntry): boolean | undefined {
  const text = value.toLowerCase();
  if (['true', 'yes', 'on', '1'].includes(text)) return true;
  if (['false', 'no', 'off', '0'].includes(text)) return false;
  draft.problems.push({ line, text: `${key}: ${JSON.stringify(value)} is neither true nor false` });
  return undefined;
}
