import { fieldPath, type FieldPath } from '../../../src/model/ids.ts';
import type { LoadBalancerSpec } from '../../../src/model/spec.ts';
import type { Ec2Rule } from '../api/ec2.ts';
import type { Quotas } from '../settings/settings.ts';
import type { Findings } from './findings.ts';
import type { MergedListener } from './listeners.ts';

/** What Amazon gives everybody. */
export const amazonQuotas: Quotas = {
  listeners: 50,
  certificates: 25,
  targets: 1000,
  rulesPerSecurityGroup: 60,
  securityGroups: 5,
};

/** As Amazon calls them. */
const names: Readonly<Record<keyof Quotas, string>> = {
  listeners: 'Listeners per Network Load Balancer',
  certificates: 'Certificates per Network Load Balancer',
  targets: 'Targets per target group',
  rulesPerSecurityGroup: 'Inbound rules per security group',
  securityGroups: 'Security groups per network interface',
};

export interface Counted {
  readonly listeners: readonly MergedListener[];
  readonly rules: readonly Ec2Rule[];
  readonly groups: number;
}

/** Refuses what is over a quota and can be counted before a call is made. */
export function checkQuotas(
  { listeners, rules, groups }: Counted,
  quotas: Quotas,
  { origin }: Pick<LoadBalancerSpec<unknown>, 'origin'>,
  { refusals, fieldOf }: Findings,
): void {
  const check = (quota: keyof Quotas, count: number, field: FieldPath): void => {
    if (count <= quotas[quota]) return;
    const text = `it takes ${count} of the quota "${names[quota]}", which is ${quotas[quota]}`;
    const remedy = `Ask for less, or have the quota raised by Amazon and name it in connection.quotas.${quota}`;
    refusals.push({ reason: 'QuotaExceeded', text, field, remedy });
  };
  check('listeners', listeners.length, fieldPath('spec.ports'));
  const extra = listeners.reduce((sum, { certificates }) => sum + Math.max(certificates.length - 1, 0), 0);
  check('certificates', extra, fieldOf('sslCert'));
  check('rulesPerSecurityGroup', weightOf(rules), origin.sourceRanges ?? fieldPath('spec.ports'));
  check('securityGroups', groups, fieldOf('extraSecurityGroups'));
}

/** The members that fit; how many do not is said. */
export function withinTargets<T>(members: readonly T[], { targets }: Quotas, { notices }: Findings): readonly T[] {
  if (members.length <= targets) return members;
  const over = members.length - targets;
  const text = `${over} of ${members.length} nodes get no traffic: the quota "${names.targets}" is ${targets}`;
  const remedy = 'Have the quota raised by Amazon and name it in connection.quotas.targets';
  notices.push({ reason: 'QuotaExceeded', text, remedy, kind: 'service' });
  return members.slice(0, targets);
}

/** A network counts for its family, a list for both; how long a list is, only Amazon knows. */
export function weightOf(rules: readonly Ec2Rule[]): number {
  const ofIpv6 = rules.filter(({ source }) => !('cidr' in source) || source.cidr.includes(':')).length;
  const ofIpv4 = rules.filter(({ source }) => !('cidr' in source) || !source.cidr.includes(':')).length;
  return Math.max(ofIpv4, ofIpv6);
}
