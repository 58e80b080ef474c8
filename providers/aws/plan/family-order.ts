/**
 * A load balancer with IPv6 has no UDP, and one without has no IPv6 target groups: what must go comes before it gains or loses
 * the family, and what needs it comes after.
 */
import { fieldPath } from '../../../src/model/ids.ts';
import type { Step } from '../../../src/model/plan.ts';
import type { IpAddressType } from '../api/elb.ts';
import type { Desired } from '../desired/desired.ts';
import type { Have, HaveListener, HaveLoadBalancer } from '../observe/have.ts';
import type { Operation } from '../operation.ts';
import { deleteListener } from './listener.ts';

export function inFamilyOrder(
  steps: readonly Step<Operation>[],
  kept: HaveLoadBalancer | undefined,
  desired: Desired,
  have: Pick<Have, 'targetGroups'>,
): readonly Step<Operation>[] {
  const change = steps.find(({ op }) => kept !== undefined && (familyOf(op) ?? kept.ipAddressType) !== kept.ipAddressType);
  if (kept === undefined || kept.listeners === 'unread' || change === undefined) return steps;
  const gains = familyOf(change.op) === 'dualstack';
  const listeners = kept.listeners;
  const isInTheWay = (listener: HaveListener | undefined): boolean =>
    listener !== undefined && (gains ? isDatagram(listener.protocol) : hasIpv6Group(listener, have));
  const frees = ({ op }: Step<Operation>): boolean =>
    (op.do === 'delete-listener' || op.do === 'set-listener') && isInTheWay(listeners.find(({ arn }) => arn === op.on));
  const needs = ({ op }: Step<Operation>): boolean => {
    const port = op.do === 'create-listener' ? op.port : op.do === 'set-listener' ? portOf(op.on, listeners) : undefined;
    const wanted = desired.listeners.find((listener) => listener.port === port);
    return wanted !== undefined && (gains ? wanted.targetGroup.ipAddressType === 'ipv6' : isDatagram(wanted.protocol));
  };
  // What both stands in the way and needs the change is taken away, with all else that was to be done to it; the plan after
  // this one makes it anew.
  const replaced = new Set(steps.filter((step) => frees(step) && needs(step)).map(({ id }) => id));
  const removed = new Set(steps.flatMap(({ id, resource }) => (replaced.has(id) ? resource.id : [])));
  const idle = new Set(steps.filter(({ id, resource }) => !replaced.has(id) && removed.has(resource.id)).map(({ id }) => id));
  const possible = steps
    .filter(({ id }) => !idle.has(id))
    .map((step) => ({ ...step, after: step.after.filter((id) => !idle.has(id)) }))
    .map((step) => (replaced.has(step.id) ? removalOf(step, kept, listeners) : step));
  const before = possible.filter(frees);
  const beforeIds = before.map(({ id }) => id);
  return possible.map((step): Step<Operation> => {
    if (step.id === change.id) return { ...step, after: [...step.after, ...beforeIds] };
    if (before.includes(step)) return { ...step, after: step.op.do === 'delete-listener' ? [] : step.after };
    return needs(step) ? { ...step, after: [...step.after, change.id] } : step;
  });
}

const familyOf = (op: Operation): IpAddressType | undefined =>
  op.do === 'set-ip-address-type' || op.do === 'set-subnets' ? op.ipAddressType : undefined;

const isDatagram = (protocol: string): boolean => protocol === 'UDP' || protocol === 'TCP_UDP';

const hasIpv6Group = ({ targetGroups }: HaveListener, have: Pick<Have, 'targetGroups'>): boolean =>
  have.targetGroups.some(({ arn, ipAddressType }) => ipAddressType === 'ipv6' && targetGroups.includes(arn));

const portOf = (arn: string, listeners: readonly HaveListener[]): number | undefined => listeners.find((one) => one.arn === arn)?.port;

function removalOf(step: Step<Operation>, kept: HaveLoadBalancer, listeners: readonly HaveListener[]): Step<Operation> {
  const listener = listeners.find(({ arn }) => 'on' in step.op && arn === step.op.on);
  if (listener === undefined) return step;
  const removal = deleteListener(kept, listener, []);
  const because = [
    { field: fieldPath('spec.ipFamilies'), from: kept.ipAddressType, to: kept.ipAddressType === 'ipv4' ? 'dualstack' : 'ipv4' },
  ];
  // Under the id of what it stands in for, which others come after.
  return { ...removal, id: step.id, claim: { loses: removal.claim?.loses ?? [], because } };
}
