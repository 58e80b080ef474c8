import { isDeepStrictEqual } from 'node:util';
import type { Arn, Attributes, ElbHealthCheck, ElbTargetGroup, NewTargetGroup } from '../api/elb.ts';
import { refused } from './amazon-error.ts';
import type { AmazonState, TargetGroupRecord } from './amazon-state.ts';
import { attributeRules, changedAttributes, shownAttributes } from './attribute-rules.ts';
import { checkTags } from './tag-store.ts';
import { checkName, checkPort, targetGroupOf, usersOf } from './things.ts';

export function shownTargetGroup(state: AmazonState, record: TargetGroupRecord): ElbTargetGroup {
  const { attributes: _attributes, targets: _targets, ...shown } = record;
  return { ...shown, loadBalancers: usersOf(state, record.arn) };
}

/** One of the same name and settings is answered as it stands, whatever its tags. @throws LbError */
export function createTargetGroup(state: AmazonState, of: NewTargetGroup): ElbTargetGroup {
  checkName(of.name);
  checkPort(of.port);
  checkTags(state, of.tags, 'elb');
  if (!state.vpcs.has(of.vpcId)) throw refused('ValidationError', `no VPC ${of.vpcId}`);
  const { tags, ...settings } = of;
  const asked = { ...settings, targetType: 'instance', healthCheck: completed(of.healthCheck) };
  const same = [...state.targetGroups.values()].find(({ name }) => name === of.name);
  if (same !== undefined) {
    if (isDeepStrictEqual({ ...same, ...asked }, same)) return shownTargetGroup(state, same);
    throw refused('DuplicateTargetGroupName', `target group '${of.name}' exists with other settings`);
  }
  const limit = state.quotas.targetGroups;
  if (state.targetGroups.size >= limit) throw refused('TooManyTargetGroups', `there may be ${limit} target groups in a region`);

  const arn = `arn:aws:elasticloadbalancing:${state.region}:${state.account}:targetgroup/${of.name}/${state.unique()}`;
  const record: TargetGroupRecord = { ...asked, arn, attributes: {}, targets: [] };
  state.targetGroups.set(arn, record);
  state.tags.set(arn, tags);
  return shownTargetGroup(state, record);
}

/** @throws LbError `ResourceInUse` while a listener forwards to it */
export function deleteTargetGroup(state: AmazonState, arn: Arn): void {
  const [user] = usersOf(state, arn);
  if (user !== undefined) throw refused('ResourceInUse', `a listener of ${user} forwards to ${arn}`);
  state.targetGroups.delete(arn);
  state.tags.delete(arn);
}

export function setHealthCheck(state: AmazonState, arn: Arn, healthCheck: ElbHealthCheck): void {
  state.targetGroups.set(arn, { ...targetGroupOf(state, arn), healthCheck: completed(healthCheck) });
}

export function setTargetGroupAttributes(state: AmazonState, arn: Arn, change: Attributes): void {
  const record = targetGroupOf(state, arn);
  const rules = attributeRules.ofTargetGroup(record.protocol);
  state.targetGroups.set(arn, { ...record, attributes: changedAttributes(rules, record.attributes, change) });
}

export function targetGroupAttributes(state: AmazonState, arn: Arn): Attributes {
  const record = targetGroupOf(state, arn);
  return shownAttributes(attributeRules.ofTargetGroup(record.protocol), record.attributes);
}

/** With path and codes where HTTP is spoken. @throws LbError where Amazon has bounds */
function completed(check: ElbHealthCheck): ElbHealthCheck {
  within('interval', check.intervalSeconds, 5, 300);
  within('timeout', check.timeoutSeconds, 2, 120);
  within('healthy threshold', check.healthyThreshold, 2, 10);
  within('unhealthy threshold', check.unhealthyThreshold, 2, 10);
  if (check.timeoutSeconds > check.intervalSeconds) throw refused('ValidationError', 'the timeout is longer than the interval');
  if (check.port !== 'traffic-port') checkPort(/^\d+$/.test(check.port) ? Number(check.port) : Number.NaN);
  if (check.protocol !== 'TCP')
    return { ...check, path: checkedPath(check.path ?? '/'), matcher: checkedMatcher(check.matcher ?? '200-399') };
  if (check.path !== undefined || check.matcher !== undefined) throw refused('ValidationError', 'a TCP check has neither path nor codes');
  return check;
}

function within(what: string, value: number, low: number, high: number): void {
  if (!Number.isInteger(value) || value < low || value > high) {
    throw refused('ValidationError', `the ${what} of a health check is from ${low} to ${high}`);
  }
}

function checkedPath(path: string): string {
  if (!path.startsWith('/') || path.length > 1024) throw refused('ValidationError', `'${path}' is no path`);
  return path;
}

function checkedMatcher(matcher: string): string {
  if (!/^[2-5]\d\d(-[2-5]\d\d)?(,[2-5]\d\d(-[2-5]\d\d)?)*$/.test(matcher))
    throw refused('ValidationError', `'${matcher}' are no HTTP codes`);
  return matcher;
}
