/**
 * The attributes of network load balancers, their target groups and listeners that Amazon knows, and what each is where nobody
 * sets it. What is wanted is these defaults and what is asked on top, so an annotation that goes takes its effect along.
 */
import { nearest } from '../../../src/settings/nearest.ts';
import type { Attributes, ElbScheme, ListenerProtocol } from '../api/elb.ts';
import { didYouMean } from './findings.ts';
import type { MergedListener } from './listeners.ts';

/** What one attribute may be. Absent words and range: any text. */
export interface AttributeRow {
  readonly default: string;
  readonly words?: readonly string[];
  readonly range?: readonly [least: number, most: number];
  /** Amazon never lets it go down again. */
  readonly onlyGrows?: true;
  /** Amazon takes it, also its default, only while another attribute has this value. */
  readonly needs?: { readonly key: string; readonly value: string };
}
export type AttributeRows = Readonly<Record<string, AttributeRow>>;

const flag = (is: 'true' | 'false'): AttributeRow => ({ default: is, words: ['true', 'false'] });
const text: AttributeRow = { default: '' };
const count: AttributeRow = { default: '1', range: [1, 1000] };
const percentage: AttributeRow = { default: 'off', words: ['off'], range: [1, 100] };

export const loadBalancerRows = (scheme: ElbScheme): AttributeRows => ({
  'access_logs.s3.enabled': flag('false'),
  'access_logs.s3.bucket': text,
  'access_logs.s3.prefix': text,
  'deletion_protection.enabled': flag('false'),
  'dns_record.client_routing_policy': {
    default: 'any_availability_zone',
    words: ['any_availability_zone', 'availability_zone_affinity', 'partial_availability_zone_affinity'],
  },
  'ipv6.deny_all_igw_traffic': flag(scheme === 'internal' ? 'true' : 'false'),
  'load_balancing.cross_zone.enabled': flag('false'),
  'secondary_ips.auto_assigned.per_subnet': { default: '0', range: [0, 7], onlyGrows: true },
  'zonal_shift.config.enabled': flag('false'),
});

/** Of a target group by what it speaks, and what the listener before it speaks. */
export function targetGroupRows({ protocol, targetProtocol }: Pick<MergedListener, 'protocol' | 'targetProtocol'>): AttributeRows {
  const datagrams = targetProtocol === 'UDP' || targetProtocol === 'TCP_UDP';
  return {
    'deregistration_delay.connection_termination.enabled': flag(datagrams ? 'true' : 'false'),
    'deregistration_delay.timeout_seconds': { default: '300', range: [0, 3600] },
    'load_balancing.cross_zone.enabled': {
      default: 'use_load_balancer_configuration',
      words: ['true', 'false', 'use_load_balancer_configuration'],
    },
    // A datagram has no connection in which another address could be kept.
    'preserve_client_ip.enabled': datagrams ? { default: 'true', words: ['true'] } : flag('true'),
    'proxy_protocol_v2.enabled': flag('false'),
    'stickiness.enabled': protocol === 'TLS' || targetProtocol === 'TLS' ? { default: 'false', words: ['false'] } : flag('false'),
    'stickiness.type': { default: 'source_ip', words: ['source_ip'] },
    'target_group_health.dns_failover.minimum_healthy_targets.count': { ...count, words: ['off'] },
    'target_group_health.dns_failover.minimum_healthy_targets.percentage': percentage,
    'target_group_health.unhealthy_state_routing.minimum_healthy_targets.count': count,
    'target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage': percentage,
    ...(datagrams ? {} : unhealthyRows),
  };
}

const termination = 'target_health_state.unhealthy.connection_termination.enabled';
const unhealthyRows: AttributeRows = {
  [termination]: flag('true'),
  'target_health_state.unhealthy.draining_interval_seconds': {
    default: '0',
    range: [0, 360_000],
    needs: { key: termination, value: 'false' },
  },
};

export function listenerRows(protocol: ListenerProtocol): AttributeRows {
  return protocol === 'TCP' ? { 'tcp.idle_timeout.seconds': { default: '350', range: [60, 6000] } } : {};
}

export const defaultsOf = (rows: AttributeRows): Attributes => withDefaults(rows, {});

/** What is asked on top of the defaults; without what Amazon takes only beside something that is not asked. */
export function withDefaults(rows: AttributeRows, asked: Attributes): Attributes {
  const all = { ...Object.fromEntries(Object.entries(rows).map(([key, row]) => [key, row.default])), ...asked };
  return Object.fromEntries(Object.entries(all).filter(([key]) => whatIsNeeded(rows[key], all) === undefined));
}

/** What an attribute needs beside it and does not have. */
export const whatIsNeeded = (row: AttributeRow | undefined, all: Attributes): AttributeRow['needs'] =>
  row?.needs === undefined || all[row.needs.key] === row.needs.value ? undefined : row.needs;

/** What must be written so that `have` becomes `want`; a key that `have` lacks is as it is by default. */
export function attributesToSet(rows: AttributeRows, want: Attributes, have: Attributes): Attributes {
  const differing = Object.entries(want).filter(([key, value]) => {
    const [row, now] = [rows[key], have[key] ?? rows[key]?.default];
    return row?.onlyGrows === true ? Number(value) > Number(now) : value !== now;
  });
  return Object.fromEntries(differing);
}

/** Why a key cannot be set to a value; undefined where it can. `of` is what the attribute would be of: `a TLS listener`. */
export function whyNoAttribute(rows: AttributeRows, key: string, value: string, of: string): string | undefined {
  const row = Object.hasOwn(rows, key) ? rows[key] : undefined;
  if (row !== undefined) return isAllowed(row, value) ? undefined : `${key} of ${of} is ${allowed(row)}, not ${JSON.stringify(value)}`;
  const known = Object.keys(rows);
  if (known.length === 0) return `${of} has no attributes, so not ${key}`;
  return `${of} has no attribute ${key}; ${didYouMean(nearest(key, known), known)}`;
}

function isAllowed({ words = [], range }: AttributeRow, value: string): boolean {
  if (words.includes(value)) return true;
  if (range === undefined) return words.length === 0;
  return /^(0|[1-9]\d{0,8})$/.test(value) && Number(value) >= range[0] && Number(value) <= range[1];
}

function allowed({ words = [], range }: AttributeRow): string {
  const numbers = range === undefined ? [] : [`a number from ${range[0]} to ${range[1]}`];
  return [...words, ...numbers].join(' or ');
}
