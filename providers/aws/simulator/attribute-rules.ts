import type { Attributes, ElbScheme } from '../api/elb.ts';
import { refused } from './amazon-error.ts';

interface Rule {
  readonly of: string;
  readonly takes: RegExp | { readonly from: number; readonly to: number };
}

type Rules = Readonly<Record<string, Rule>>;

const flag = /^(true|false)$/;
const share = /^(off|[1-9]\d?|100)$/;
const count = /^(off|[1-9]\d*)$/;

const loadBalancerRules = (scheme: ElbScheme): Rules => ({
  'access_logs.s3.bucket': { of: '', takes: /^.*$/ },
  'access_logs.s3.enabled': { of: 'false', takes: flag },
  'access_logs.s3.prefix': { of: '', takes: /^(?!.*AWSLogs).*$/ },
  'deletion_protection.enabled': { of: 'false', takes: flag },
  'dns_record.client_routing_policy': {
    of: 'any_availability_zone',
    takes: /^(any_availability_zone|partial_availability_zone_affinity|availability_zone_affinity)$/,
  },
  'ipv6.deny_all_igw_traffic': { of: String(scheme === 'internal'), takes: flag },
  'load_balancing.cross_zone.enabled': { of: 'false', takes: flag },
  'secondary_ips.auto_assigned.per_subnet': { of: '0', takes: { from: 0, to: 7 } },
  'zonal_shift.config.enabled': { of: 'false', takes: flag },
});

const targetGroupRules = (protocol: string): Rules => {
  const isUdp = protocol === 'UDP' || protocol === 'TCP_UDP';
  return {
    'deregistration_delay.connection_termination.enabled': { of: String(isUdp), takes: flag },
    'deregistration_delay.timeout_seconds': { of: '300', takes: { from: 0, to: 3600 } },
    'load_balancing.cross_zone.enabled': {
      of: 'use_load_balancer_configuration',
      takes: /^(true|false|use_load_balancer_configuration)$/,
    },
    // Without it a datagram's answer would not find its way back.
    'preserve_client_ip.enabled': { of: 'true', takes: isUdp ? /^true$/ : flag },
    'proxy_protocol_v2.enabled': { of: 'false', takes: flag },
    'stickiness.enabled': { of: 'false', takes: protocol === 'TLS' ? /^false$/ : flag },
    'stickiness.type': { of: 'source_ip', takes: /^source_ip$/ },
    'target_group_health.dns_failover.minimum_healthy_targets.count': { of: '1', takes: count },
    'target_group_health.dns_failover.minimum_healthy_targets.percentage': { of: 'off', takes: share },
    'target_group_health.unhealthy_state_routing.minimum_healthy_targets.count': { of: '1', takes: /^[1-9]\d*$/ },
    'target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage': { of: 'off', takes: share },
    ...(isUdp ? {} : unhealthyRules),
  };
};

const terminates = 'target_health_state.unhealthy.connection_termination.enabled';
const drainsFor = 'target_health_state.unhealthy.draining_interval_seconds';
const unhealthyRules: Rules = { [terminates]: { of: 'true', takes: flag }, [drainsFor]: { of: '0', takes: { from: 0, to: 360_000 } } };

const listenerRules = (protocol: string): Rules =>
  protocol === 'TCP' ? { 'tcp.idle_timeout.seconds': { of: '350', takes: { from: 60, to: 6000 } } } : {};

/** The attributes that a network load balancer, its target groups and its listeners have; these depend on their protocol. */
export const attributeRules = { ofLoadBalancer: loadBalancerRules, ofTargetGroup: targetGroupRules, ofListener: listenerRules };

/** What Amazon shows: its defaults, and what was set. */
export function shownAttributes(rules: Rules, set: Attributes): Attributes {
  return Object.fromEntries(Object.entries(rules).map(([key, { of }]) => [key, set[key] ?? of]));
}

/** What is set after this change. @throws LbError where a key is unknown to this kind of thing or its value is no value of it */
export function changedAttributes(rules: Rules, set: Attributes, change: Attributes): Attributes {
  for (const [key, value] of Object.entries(change)) {
    const rule = Object.hasOwn(rules, key) ? rules[key] : undefined;
    if (rule === undefined) throw refused('ValidationError', `attribute ${key} is not known here`);
    if (!accepts(rule, value)) throw refused('ValidationError', `attribute ${key} cannot be '${value}'`);
  }
  const changed = { ...set, ...change };
  if (change[drainsFor] !== undefined && changed[terminates] !== 'false')
    throw refused('InvalidConfigurationRequest', `attribute ${drainsFor} is one only where ${terminates} is false`);
  return changed;
}

function accepts({ takes }: Rule, value: string): boolean {
  if (takes instanceof RegExp) return takes.test(value);
  return /^\d+$/.test(value) && Number(value) >= takes.from && Number(value) <= takes.to;
}
