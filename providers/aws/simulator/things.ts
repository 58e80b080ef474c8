/** Looking up what a call names, and names themselves. */
import type { Arn } from '../api/elb.ts';
import { refused } from './amazon-error.ts';
import type { AmazonState, ListenerRecord, LoadBalancerRecord, TargetGroupRecord } from './amazon-state.ts';

/** @throws LbError `NotFound` */
export function loadBalancerOf(state: AmazonState, arn: Arn): LoadBalancerRecord {
  const record = state.loadBalancers.get(arn);
  if (record === undefined) throw refused('LoadBalancerNotFound', `no load balancer ${arn}`);
  return record;
}

/** @throws LbError `NotFound` */
export function targetGroupOf(state: AmazonState, arn: Arn): TargetGroupRecord {
  const record = state.targetGroups.get(arn);
  if (record === undefined) throw refused('TargetGroupNotFound', `no target group ${arn}`);
  return record;
}

/** @throws LbError `NotFound` */
export function listenerOf(state: AmazonState, arn: Arn): ListenerRecord {
  const record = state.listeners.get(arn);
  if (record === undefined) throw refused('ListenerNotFound', `no listener ${arn}`);
  return record;
}

export const listenersOf = (state: AmazonState, loadBalancer: Arn): readonly ListenerRecord[] =>
  [...state.listeners.values()].filter((listener) => listener.loadBalancer === loadBalancer);

/** The load balancers whose listeners forward to it, each once. */
export const usersOf = (state: AmazonState, targetGroup: Arn): readonly Arn[] => [
  ...new Set(
    [...state.listeners.values()].filter((listener) => listener.targetGroup === targetGroup).map(({ loadBalancer }) => loadBalancer),
  ),
];

/** Names of load balancers and target groups: 1 to 32 of letters, digits and inner hyphens. @throws LbError */
export function checkName(name: string): void {
  if (!/^[a-zA-Z0-9]([a-zA-Z0-9-]{0,30}[a-zA-Z0-9])?$/.test(name)) throw refused('ValidationError', `nothing can be called '${name}'`);
}

/** @throws LbError */
export function checkPort(port: number): void {
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw refused('ValidationError', `${port} is no port`);
}

/** How many things one request may name. @throws LbError */
export function checkCount(named: readonly unknown[], most: number): void {
  if (named.length > most) throw refused('ValidationError', `one request names ${most} at most, not ${named.length}`);
}
