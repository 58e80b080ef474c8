import type { JsonObject } from '../../../src/model/json.ts';
import type { LoadBalancerKey } from '../../../src/model/ids.ts';
import { keyMark } from '../../../src/model/owner.ts';
import type { Ec2Rule } from '../api/ec2.ts';
import type { AmazonState, ListenerRecord, LoadBalancerRecord } from './amazon-state.ts';
import { listenerAttributes } from './listeners.ts';
import { loadBalancerAttributes, shownLoadBalancer } from './load-balancers.ts';
import { targetGroupAttributes } from './target-groups.ts';
import { targetHealth } from './targets.ts';
import { listenersOf, targetGroupOf } from './things.ts';
import { nodeGroup } from './three-zones.ts';

/**
 * What stands for a key, in a form in which cases can name every place of it: listeners by port, rules and targets as texts,
 * security groups by their part. `loadBalancer` is the newest.
 */
export function cloudView(state: AmazonState, key: LoadBalancerKey): JsonObject {
  state.pass();
  const own = [...state.loadBalancers.values()].filter(({ arn }) => isOf(state, arn, key));
  const newest = own.at(-1);
  return {
    count: own.length,
    targetGroups: [...state.targetGroups.keys()].filter((arn) => isOf(state, arn, key)).length,
    ...(newest === undefined ? {} : { loadBalancer: loadBalancerView(state, newest, key), listeners: listenersView(state, newest) }),
    rules: groupsOf(state, key).flatMap((id) => rulesView(state, id, key)),
    nodeRules: rulesView(state, nodeGroup, key),
  };
}

const isOf = (state: AmazonState, id: string, key: string): boolean => state.tags.get(id)?.[keyMark] === key;
const groupsOf = (state: AmazonState, key: string): readonly string[] =>
  [...state.securityGroups.keys()].filter((id) => isOf(state, id, key));

function loadBalancerView(state: AmazonState, record: LoadBalancerRecord, key: LoadBalancerKey): JsonObject {
  const { name, scheme, ipAddressType, state: now } = shownLoadBalancer(state, record);
  return {
    name,
    scheme,
    ipAddressType,
    state: now,
    subnets: record.zones.map(({ subnetId }) => subnetId),
    addresses: record.zones.flatMap(({ ipv4, privateIpv4 }) => ipv4 ?? privateIpv4 ?? []),
    securityGroups: record.securityGroups.map((id) => partOf(state, id, key)).sort(),
    attributes: loadBalancerAttributes(state, record.arn),
    tags: state.tags.get(record.arn) ?? {},
  };
}

/** `frontend`: the Service's; `backend`: the cluster's; else the id. */
function partOf(state: AmazonState, id: string, key: string): string {
  const of = state.tags.get(id)?.[keyMark];
  if (of === key) return 'frontend';
  return of?.startsWith('cluster/') === true ? 'backend' : id;
}

const listenersView = (state: AmazonState, { arn }: LoadBalancerRecord): JsonObject =>
  Object.fromEntries(listenersOf(state, arn).map((listener) => [String(listener.port), listenerView(state, listener)]));

function listenerView(state: AmazonState, listener: ListenerRecord): JsonObject {
  const { protocol, certificate, extraCertificates, sslPolicy, alpnPolicy } = listener;
  const group = targetGroupOf(state, listener.targetGroup);
  return {
    protocol,
    ...(certificate === undefined ? {} : { certificates: [certificate, ...extraCertificates] }),
    ...(sslPolicy === undefined ? {} : { sslPolicy }),
    ...(alpnPolicy === undefined ? {} : { alpnPolicy }),
    attributes: listenerAttributes(state, listener.arn),
    targetGroup: {
      name: group.name,
      protocol: group.protocol,
      ipAddressType: group.ipAddressType,
      healthCheck: { ...group.healthCheck },
      attributes: targetGroupAttributes(state, group.arn),
      targets: targetHealth(state, group.arn)
        .filter((target) => target.state !== 'draining')
        .map(({ instanceId, port }) => `${instanceId}:${port}`)
        .sort(),
      tags: state.tags.get(group.arn) ?? {},
    },
  };
}

const rulesView = (state: AmazonState, group: string, key: string): readonly string[] =>
  (state.securityGroups.get(group)?.ingress ?? []).map((rule) => ruleText(state, rule, key)).sort();

function ruleText(state: AmazonState, { protocol, fromPort, toPort, source }: Ec2Rule, key: string): string {
  const ports = fromPort === toPort ? String(fromPort) : `${fromPort}-${toPort}`;
  const from = 'cidr' in source ? source.cidr : 'prefixList' in source ? source.prefixList : partOf(state, source.group, key);
  return `${protocol} ${ports} ${from}`;
}
