import { asLbError } from '../../src/errors.ts';
import type { PermissionCheck } from '../../src/model/capabilities.ts';
import type { ClusterId, ProviderName } from '../../src/model/ids.ts';
import { clusterUnit } from '../../src/model/ids.ts';
import { clusterMark, marksOf } from '../../src/model/owner.ts';
import type { Amazon, Place } from './api/amazon.ts';
import type { Rehearsal } from './api/dry-runs.ts';
import type { Ec2SecurityGroup, Ec2Writes } from './api/ec2.ts';
import type { CallOptions } from './api/elb.ts';
import { ec2Operations, securityGroupRules, type Operation } from './api/operations.ts';
import { isAskedByAmazon, permissions } from './api/permissions.ts';

export interface CheckParts {
  readonly amazon: Amazon;
  readonly place: Place;
  /** Undefined where it is not known yet. */
  readonly vpcId: string | undefined;
  readonly clusterId: ClusterId;
  readonly provider: ProviderName;
}

/** Looks like what Amazon makes, and is nowhere: a read that is allowed finds nothing. */
const nowhere = '0000000000000000';
const noVpc = 'vpc-00000000000000000';
const noRules = 'no node lets the load balancers of this cluster in yet: there are no rules on which it could be tried';
const noSuchGroup = `sg-${nowhere}0`;
const noGroup = 'this cluster has no security group yet on which it could be tried';
const noDryRun = 'Elastic Load Balancing has no way to try it without doing it';
const notOurs = 'Elastic Load Balancing uses it with this credential, nothing here does';
const noAnswer = 'not tried: Amazon gave no answer before';
const noRole = 'IAM has no way to try it without doing it';

/** Each permission once: reads are done, changes of EC2 are rehearsed, what cannot be tried is told so. */
export async function* checkedPermissions(parts: CheckParts, options: CallOptions): AsyncGenerator<PermissionCheck> {
  const { read, group } = readsOf(parts, options);
  let own: Ec2SecurityGroup | undefined;
  let isSilent = false;
  for (const { action } of permissions) {
    const ask = read[action];
    if (ask !== undefined) {
      // Who does not answer once would be waited for again and again.
      const check: PermissionCheck = isSilent ? { action, outcome: 'failed', note: noAnswer } : await tried(action, ask);
      isSilent ||= check.outcome === 'failed';
      yield check;
      continue;
    }
    if (isAskedByAmazon(action)) {
      yield { action, outcome: 'unknown', note: notOurs };
      continue;
    }
    if (isSilent && isRehearsed(action)) {
      yield { action, outcome: 'failed', note: noAnswer };
      continue;
    }
    if (!isSilent) own ??= (await quietly(group))?.[0];
    yield action === rulesAction ? await triedRules(parts, own, options) : await triedChange(action, parts, own, options);
  }
}

/** A call for each action that reads; several methods that share one are one. */
function readsOf({ amazon: { elb, ec2 }, place, vpcId = noVpc, clusterId }: CheckParts, options: CallOptions) {
  const arn = (what: string): string => `arn:${partitionOf(place)}:elasticloadbalancing:${place.region}:000000000000:${what}/${nowhere}`;
  const [balancer, targets, listener] = [
    arn('loadbalancer/net/portolan-preflight'),
    arn('targetgroup/portolan-preflight'),
    arn(`listener/net/portolan-preflight/${nowhere}`),
  ];
  const group = () => ec2.securityGroups(vpcId, { tag: clusterMark, value: clusterId }, options);
  const elbReads: Readonly<Record<string, () => Promise<unknown>>> = {
    DescribeLoadBalancers: () => elb.loadBalancersByArn([balancer], options),
    DescribeTargetGroups: () => elb.targetGroups(options),
    DescribeListeners: () => elb.listeners(balancer, options),
    DescribeListenerCertificates: () => elb.extraCertificates(listener, options),
    DescribeTags: () => elb.tags([balancer], options),
    DescribeTargetHealth: () => elb.targetHealth(targets, options),
    DescribeLoadBalancerAttributes: () => elb.loadBalancerAttributes(balancer, options),
    DescribeTargetGroupAttributes: () => elb.targetGroupAttributes(targets, options),
    DescribeListenerAttributes: () => elb.listenerAttributes(listener, options),
  };
  const ec2Reads: Readonly<Record<string, () => Promise<unknown>>> = {
    DescribeSubnets: () => ec2.subnets(vpcId, options),
    DescribeRouteTables: () => ec2.routeTables(vpcId, options),
    DescribeSecurityGroups: () => ec2.securityGroups(vpcId, { ids: [noSuchGroup] }, options),
    DescribeAddresses: () => ec2.addresses(['192.0.2.1'], [], options),
    DescribeInstances: () => ec2.instances([`i-${nowhere}0`], options),
  };
  const named = (service: string, reads: typeof elbReads) => Object.entries(reads).map(([action, ask]) => [`${service}:${action}`, ask]);
  const read = Object.fromEntries([...named('elasticloadbalancing', elbReads), ...named('ec2', ec2Reads)]) as typeof elbReads; // pairs of these
  return { read, group };
}

const rulesAction = `${securityGroupRules.service}:${securityGroupRules.action}`;

/** Asked for only where a group has rules, as those of nodes that let ours in have. */
async function triedRules(
  { amazon, vpcId = noVpc }: CheckParts,
  own: Ec2SecurityGroup | undefined,
  options: CallOptions,
): Promise<PermissionCheck> {
  if (own === undefined) return { action: rulesAction, outcome: 'unknown', note: noRules };
  const asked = new Set<string>();
  const beforeNext = ({ action }: Operation) => Promise.resolve(void asked.add(action));
  const check = await tried(rulesAction, () => amazon.ec2.securityGroups(vpcId, { lettingIn: own.id }, { ...options, beforeNext }));
  return asked.has(securityGroupRules.action) ? check : { action: rulesAction, outcome: 'unknown', note: noRules };
}

async function triedChange(
  action: string,
  { amazon, vpcId = noVpc, clusterId, provider }: CheckParts,
  own: Ec2SecurityGroup | undefined,
  options: CallOptions,
): Promise<PermissionCheck> {
  const what = changes.get(action);
  if (what === undefined) return { action, outcome: 'unknown', note: action.startsWith('iam:') ? noRole : noDryRun };
  if (own === undefined && what !== 'createSecurityGroup') return { action, outcome: 'unknown', note: noGroup };
  const tags = marksOf({ clusterId, key: clusterUnit(provider), services: [] });
  const rule = own?.ingress[0]?.id ?? `sgr-${nowhere}0`;
  const on: Rehearsal = { vpcId, group: own?.id ?? '', rule, tags };
  return await tried(action, () => amazon.dryRuns.dryRun(what, on, options));
}

const isRehearsed = (action: string): boolean => action === rulesAction || changes.has(action);

/** By IAM's name of the action. */
const changes: ReadonlyMap<string, keyof Ec2Writes> = new Map(
  (['createSecurityGroup', 'deleteSecurityGroup', 'authorizeIngress', 'revokeIngress', 'addTags', 'removeTags'] as const).map((method) => {
    const { service, action }: Operation = ec2Operations[method];
    return [`${service}:${action}`, method];
  }),
);

/** What is asked about and is not there was asked about by somebody who may. */
const allowed: ReadonlySet<string> = new Set([
  'NotFound',
  'InvalidSetting',
  'Conflict',
  'ResourceInUse',
  'MemberNotUsable',
  'QuotaExceeded',
]);

async function tried(action: string, ask: () => Promise<unknown>): Promise<PermissionCheck> {
  try {
    await ask();
    return { action, outcome: 'granted' };
  } catch (thrown) {
    const error = asLbError(thrown);
    if (allowed.has(error.code)) return { action, outcome: 'granted' };
    if (error.code === 'PermissionDenied') return { action, outcome: 'missing', note: error.text };
    return { action, outcome: 'failed', note: error.text };
  }
}

/** What cannot be read is told as a permission of its own. */
async function quietly<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch {
    return undefined;
  }
}

/** Of the region, as ARNs begin. */
export function partitionOf({ region }: Pick<Place, 'region'>): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}
