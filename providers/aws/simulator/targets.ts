import type { Arn, ElbTarget, ElbTargetHealth } from '../api/elb.ts';
import { refused } from './amazon-error.ts';
import type { AmazonState, TargetGroupRecord, TargetRecord } from './amazon-state.ts';
import { targetGroupAttributes } from './target-groups.ts';
import { checkCount, checkPort, listenersOf, targetGroupOf, usersOf } from './things.ts';

/** How many targets one request may name. */
export const targetsPerCall = 200;

/** A target is an instance and a port: the same instance may be there with several. One that drains is taken back. @throws LbError */
export function registerTargets(state: AmazonState, arn: Arn, targets: readonly ElbTarget[]): void {
  checkCount(targets, targetsPerCall);
  const group = targetGroupOf(state, arn);
  for (const { instanceId, port } of targets) {
    checkPort(port);
    const instance = state.instances.get(instanceId);
    if (instance?.state !== 'running') throw refused('InvalidTarget', `${instanceId} is not running`);
    if (state.unfit.has(instanceId)) throw refused('InvalidTarget', `${instanceId} is of a family that cannot be registered`);
    if (instance.vpcId !== group.vpcId) throw refused('InvalidTarget', `${instanceId} is not in ${group.vpcId}`);
  }
  const after = new Map(group.targets.map((target) => [keyOf(target), target]));
  for (const { instanceId, port } of targets) {
    if (isRegistered(after.get(keyOf({ instanceId, port })))) continue;
    after.set(keyOf({ instanceId, port }), { instanceId, port, registeredAt: state.clock.now() });
  }
  const changed = { ...group, targets: [...after.values()] };
  checkQuotas(state, changed);
  state.targetGroups.set(arn, changed);
}

/** What is not registered, or drains already, is no error. What no load balancer uses is gone at once. @throws LbError */
export function deregisterTargets(state: AmazonState, arn: Arn, targets: readonly ElbTarget[]): void {
  checkCount(targets, targetsPerCall);
  const group = targetGroupOf(state, arn);
  const named = new Set(targets.map(keyOf));
  const delayMs = 1000 * Number(targetGroupAttributes(state, arn)['deregistration_delay.timeout_seconds']);
  const drains = usersOf(state, arn).length > 0 && delayMs > 0;
  const goneAt = state.clock.now() + delayMs;
  const left = group.targets.flatMap((target) => {
    if (!named.has(keyOf(target)) || !isRegistered(target)) return [target];
    return drains ? [{ ...target, goneAt }] : [];
  });
  state.targetGroups.set(arn, { ...group, targets: left });
}

/** Everything registered, and what drains. @throws LbError `NotFound` */
export function targetHealth(state: AmazonState, arn: Arn): readonly ElbTargetHealth[] {
  const group = targetGroupOf(state, arn);
  const zones = usersOf(state, arn).flatMap((user) => state.loadBalancers.get(user)?.zones.map(({ zone }) => zone) ?? []);
  return group.targets.map((target) => ({ instanceId: target.instanceId, port: target.port, ...stateOf(state, target, zones) }));
}

function stateOf(state: AmazonState, target: TargetRecord, zones: readonly string[]): Pick<ElbTargetHealth, 'state' | 'reason'> {
  if (target.goneAt !== undefined) return { state: 'draining', reason: 'Target.DeregistrationInProgress' };
  if (state.instances.get(target.instanceId)?.state !== 'running') return { state: 'unused', reason: 'Target.InvalidState' };
  if (!zones.includes(zoneOf(state, target))) return { state: 'unused', reason: 'Target.NotInUse' };
  if (state.clock.now() < target.registeredAt + state.times.initial) return { state: 'initial', reason: 'Elb.InitialHealthChecking' };
  if (state.unhealthy.has(target.instanceId)) return { state: 'unhealthy', reason: 'Target.FailedHealthChecks' };
  return { state: 'healthy' };
}

/** A target counts once per target group. What drains does not count any more. @throws LbError */
export function checkQuotas(state: AmazonState, group: TargetGroupRecord, users: readonly Arn[] = usersOf(state, group.arn)): void {
  const { targetsPerGroup, targetsPerLoadBalancer, targetsPerZone } = state.quotas;
  const own = group.targets.filter(isRegistered);
  if (own.length > targetsPerGroup) throw refused('TooManyTargets', `a target group has ${targetsPerGroup} targets at most`);
  for (const user of users) {
    const others = new Set(listenersOf(state, user).map(({ targetGroup }) => targetGroup));
    others.delete(group.arn);
    const all = [...own, ...[...others].flatMap((arn) => targetGroupOf(state, arn).targets.filter(isRegistered))];
    // Across zones, all targets are in one pool, for which the limit of a zone holds.
    const isOnePool = state.loadBalancers.get(user)?.attributes['load_balancing.cross_zone.enabled'] === 'true';
    const most = isOnePool ? targetsPerZone : targetsPerLoadBalancer;
    if (all.length > most) throw refused('TooManyTargets', `a load balancer has ${most} targets at most`);
    const perZone = Map.groupBy(all, (target) => zoneOf(state, target));
    if ([...perZone.values()].some(({ length }) => length > targetsPerZone)) {
      throw refused('TooManyTargets', `a load balancer has ${targetsPerZone} targets a zone at most`);
    }
  }
}

const keyOf = ({ instanceId, port }: ElbTarget): string => `${instanceId}:${port}`;
const isRegistered = (target: TargetRecord | undefined): boolean => target !== undefined && target.goneAt === undefined;
const zoneOf = (state: AmazonState, { instanceId }: ElbTarget): string =>
  state.subnets.get(state.instances.get(instanceId)?.subnetId ?? '')?.zone ?? '';
