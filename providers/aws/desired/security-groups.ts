import type { LoadBalancerSpec } from '../../../src/model/spec.ts';
import type { Ec2SecurityGroup } from '../api/ec2.ts';
import type { Settings } from '../settings/settings.ts';
import type { Desired } from './desired.ts';
import { noteIdle, refuseSetting, type Findings } from './findings.ts';

type GroupSettings = Pick<
  Settings,
  'securityGroups' | 'extraSecurityGroups' | 'manageBackendRules' | 'securityGroupPrefixLists' | 'pathMtuDiscovery'
>;

const isId = (entry: string): boolean => entry.startsWith('sg-');

/** The security groups a Service names: what must be known of them before a plan. */
export function groupsAsked({ settings }: Pick<LoadBalancerSpec<GroupSettings>, 'settings'>): {
  readonly ids: readonly string[];
  /** Values of the tag `Name`. */
  readonly names: readonly string[];
} {
  const all = [...new Set([...settings.securityGroups, ...settings.extraSecurityGroups])];
  return { ids: all.filter(isId), names: all.filter((entry) => !isId(entry)) };
}

/**
 * The groups of a load balancer: the one in front that is made, or those the Service brings in its place; those it wants beside;
 * and that of the cluster, which nodes let in, unless the Service's own groups are to see to that.
 */
export function securityGroups(
  { settings, origin }: Pick<LoadBalancerSpec<GroupSettings>, 'settings' | 'origin'>,
  known: readonly Ec2SecurityGroup[],
  findings: Findings,
): Desired['loadBalancer']['securityGroups'] {
  const own = found('securityGroups', settings, known, findings);
  const extra = found('extraSecurityGroups', settings, known, findings);
  const brought = settings.securityGroups.length > 0;
  if (brought) noteUnruled(settings, origin, findings);
  const ids = [...new Set([...own, ...extra])].map((id) => ({ id }));
  const backend = settings.manageBackendRules ?? !brought;
  return [...(brought ? [] : ['frontend' as const]), ...ids, ...(backend ? ['backend' as const] : [])];
}

function found(
  setting: 'securityGroups' | 'extraSecurityGroups',
  settings: GroupSettings,
  known: readonly Ec2SecurityGroup[],
  findings: Findings,
): readonly string[] {
  const ids: string[] = [];
  for (const entry of settings[setting]) {
    const fitting = known.filter(({ id, tags }) => (isId(entry) ? id === entry : tags['Name'] === entry)).map(({ id }) => id);
    const [first, ...others] = fitting.sort();
    if (first === undefined)
      refuseSetting(findings, setting, `${JSON.stringify(entry)} is no security group of the VPC, by id or by Name tag`);
    else if (others.length > 0)
      refuseSetting(findings, setting, `several security groups have the Name tag ${JSON.stringify(entry)}: ${fitting.join(', ')}`, {
        remedy: 'Name the one by its id',
      });
    else ids.push(first);
  }
  return ids;
}

/** Rules are made in the group that is made only. */
function noteUnruled(settings: GroupSettings, origin: LoadBalancerSpec<unknown>['origin'], findings: Findings): void {
  const text = `who may connect is for the groups of ${findings.fieldOf('securityGroups')} to say`;
  const field = origin.sourceRanges;
  if (field !== undefined) findings.notices.push({ reason: 'SettingWithoutEffect', text, field, kind: 'service' });
  if (settings.securityGroupPrefixLists.length > 0) noteIdle(findings, 'securityGroupPrefixLists', text);
  if (settings.pathMtuDiscovery === 'on') noteIdle(findings, 'pathMtuDiscovery', text);
}
