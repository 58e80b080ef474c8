import { fieldPath } from '../../../src/model/ids.ts';
import type { Affinity } from '../../../src/model/spec.ts';
import type { Attributes, ElbScheme } from '../api/elb.ts';
import type { Settings } from '../settings/settings.ts';
import {
  defaultsOf,
  listenerRows,
  loadBalancerRows,
  targetGroupRows,
  whatIsNeeded,
  whyNoAttribute,
  withDefaults,
  type AttributeRows,
} from './attribute-rows.ts';
import { noteIdle, refuseSetting, type Findings } from './findings.ts';
import type { MergedListener } from './listeners.ts';
import { protectionKey } from './protection.ts';

export type LoadBalancerAttributeSettings = Pick<
  Settings,
  'attributes' | 'crossZone' | 'accessLogs' | 'accessLogsBucket' | 'accessLogsPrefix'
>;
export type TargetGroupAttributeSettings = Pick<
  Settings,
  'targetGroupAttributes' | 'targetGroupAttributesByPort' | 'proxyProtocol' | 'proxyProtocolPerTargetGroup' | 'drainingTimeout'
>;

const proxyProtocolKey = 'proxy_protocol_v2.enabled';
const drainingKey = 'deregistration_delay.timeout_seconds';
const stickinessKey = 'stickiness.enabled';
const affinityField = fieldPath('spec.sessionAffinity');

/** Whether targets get the PROXY header, by whichever setting. */
export const hasProxyProtocol = (targetGroup: Attributes): boolean => targetGroup[proxyProtocolKey] === 'true';

/** All attributes of the load balancer; protection from deletion only where it is asked for. A setting of its own beats the map of attributes. */
export function loadBalancerAttributes(settings: LoadBalancerAttributeSettings, scheme: ElbScheme, findings: Findings): Attributes {
  const rows = loadBalancerRows(scheme);
  const { [protectionKey]: _, ...defaults } = defaultsOf(rows);
  const attributes = { ...defaults, ...asked(rows, settings.attributes, 'a load balancer', 'attributes', findings) };
  const specific = [
    ['crossZone', 'load_balancing.cross_zone.enabled'],
    ['accessLogs', 'access_logs.s3.enabled'],
    ['accessLogsBucket', 'access_logs.s3.bucket'],
    ['accessLogsPrefix', 'access_logs.s3.prefix'],
  ] as const;
  for (const [setting, key] of specific) {
    const value = settings[setting];
    if (value === undefined) continue;
    const inMap = settings.attributes[key];
    if (inMap !== undefined && inMap !== String(value))
      noteIdle(findings, 'attributes', `${key}=${inMap} is overridden by ${findings.fieldOf(setting)}`);
    attributes[key] = String(value);
  }
  if (attributes['access_logs.s3.enabled'] === 'true' && attributes['access_logs.s3.bucket'] === '')
    refuseSetting(findings, settings.accessLogs === true ? 'accessLogs' : 'attributes', 'access logs need the name of a bucket', {
      remedy: `Set ${findings.fieldOf('accessLogsBucket')}`,
    });
  return attributes;
}

/**
 * All attributes of each listener's target group, by the listener's port. From weak to strong: Amazon's defaults, affinity, the
 * time for draining, the attributes of all target groups, those of one port, the PROXY protocol per port, the PROXY protocol of all.
 */
export function targetGroupAttributes(
  listeners: readonly MergedListener[],
  settings: TargetGroupAttributeSettings,
  affinity: Affinity,
  findings: Findings,
): ReadonlyMap<number, Attributes> {
  const ports = listeners.map(({ port }) => port);
  for (const port of Object.keys(settings.targetGroupAttributesByPort)) {
    if (!ports.some((known) => String(known) === port)) refusePort('targetGroupAttributesByPort', port, ports, findings);
  }
  const draining = drainingOf(settings, findings);
  const withProxy = proxyPorts(listeners, settings, findings);
  return new Map(
    listeners.map((listener) => {
      const { port, targetProtocol } = listener;
      const rows = targetGroupRows(listener);
      const any = `a ${targetProtocol} target group${listener.protocol === 'TLS' ? ' behind TLS' : ''}`;
      const explicit = {
        ...asked(rows, settings.targetGroupAttributes, any, 'targetGroupAttributes', findings),
        ...asked(rows, settings.targetGroupAttributesByPort[port] ?? {}, any, 'targetGroupAttributesByPort', findings, String(port)),
      };
      const sticky = stickinessOf(listener, explicit, affinity, findings);
      const proxy = withProxy === undefined ? {} : { [proxyProtocolKey]: String(withProxy.has(port)) };
      refuseNeedy(rows, explicit, settings, port, findings);
      return [port, withDefaults(rows, { ...sticky, ...draining, ...explicit, ...proxy })];
    }),
  );
}

/** All attributes of each listener, by its port. A map is asked for by any name the listener has: `TCP-53`, `UDP-53`, `TCP_UDP-53`. */
export function listenerAttributes(
  listeners: readonly MergedListener[],
  { listenerAttributesByPort: byPort }: Pick<Settings, 'listenerAttributesByPort'>,
  findings: Findings,
): ReadonlyMap<number, Attributes> {
  const known = listeners.flatMap(namesOf);
  for (const name of Object.keys(byPort)) {
    if (!known.includes(name)) refusePort('listenerAttributesByPort', name, known, findings);
  }
  return new Map(
    listeners.map((listener) => {
      const { port, protocol } = listener;
      const rows = listenerRows(protocol);
      const attributes = { ...defaultsOf(rows) };
      for (const name of namesOf(listener))
        Object.assign(attributes, asked(rows, byPort[name] ?? {}, `a ${protocol} listener`, 'listenerAttributesByPort', findings, name));
      return [port, attributes];
    }),
  );
}

/** By what it may be called, the plainest first. */
const namesOf = ({ protocol, port, of }: MergedListener): readonly string[] => [
  ...new Set([...of.map((listener) => `${listener.protocol}-${port}`), `${protocol}-${port}`]),
];

/** What of a map Amazon would take; the rest is refused, once where several ports are asked for the same. */
function asked(
  rows: AttributeRows,
  map: Attributes,
  of: string,
  setting: keyof Settings,
  { refusals, fieldOf }: Findings,
  rest?: string,
): Record<string, string> {
  const taken: Record<string, string> = {};
  for (const [key, value] of Object.entries(map)) {
    const text = whyNoAttribute(rows, key, value, of);
    const field = fieldOf(setting, rest);
    if (text === undefined) taken[key] = value;
    else if (!refusals.some((refusal) => refusal.field === field && refusal.text === text))
      refusals.push({ reason: 'InvalidSetting', text, field });
  }
  return taken;
}

/** An attribute that means nothing without another one, which is not asked for. */
function refuseNeedy(
  rows: AttributeRows,
  explicit: Attributes,
  { targetGroupAttributesByPort: byPort }: TargetGroupAttributeSettings,
  port: number,
  { refusals, fieldOf }: Findings,
): void {
  const all = { ...defaultsOf(rows), ...explicit };
  for (const [key, value] of Object.entries(explicit)) {
    const needed = whatIsNeeded(rows[key], all);
    if (needed === undefined || value === rows[key]?.default) continue;
    const field =
      byPort[port]?.[key] === undefined ? fieldOf('targetGroupAttributes') : fieldOf('targetGroupAttributesByPort', String(port));
    const text = `${key}=${value} needs ${needed.key}=${needed.value} beside it`;
    if (!refusals.some((refusal) => refusal.field === field && refusal.text === text))
      refusals.push({ reason: 'InvalidSetting', text, field });
  }
}

/** How long a target that is taken off may finish: the word of load balancers of another kind, so Amazon's own one wins. */
function drainingOf({ drainingTimeout, targetGroupAttributes: all }: TargetGroupAttributeSettings, findings: Findings): Attributes {
  if (drainingTimeout === undefined) return {};
  const inMap = all[drainingKey];
  if (inMap !== undefined && inMap !== String(drainingTimeout))
    noteIdle(findings, 'drainingTimeout', `${drainingKey}=${inMap} of ${findings.fieldOf('targetGroupAttributes')} is stronger`);
  return { [drainingKey]: String(drainingTimeout) };
}

/** Affinity by client address. Amazon has none behind TLS, and knows no timeout of it. */
function stickinessOf({ of, protocol }: MergedListener, explicit: Attributes, affinity: Affinity, { refusals }: Findings): Attributes {
  if (affinity.kind === 'none') return {};
  const [{ id }] = of;
  if (protocol === 'TLS') {
    const text = `Amazon has no affinity behind a listener that ends TLS, as ${id} does`;
    refusals.push({ reason: 'UnsupportedFeature', text, field: affinityField, listener: id, remedy: 'Set spec.sessionAffinity to None' });
  } else if (explicit[stickinessKey] === 'false') {
    const text = `it is ClientIP, and ${stickinessKey}=false is asked for ${id}`;
    refusals.push({ reason: 'ConflictingSettings', text, field: affinityField, listener: id });
  }
  return { [stickinessKey]: 'true', 'stickiness.type': 'source_ip' };
}

/** The ports whose targets get the PROXY header; undefined where only attributes say it. */
function proxyPorts(
  listeners: readonly MergedListener[],
  { proxyProtocol, proxyProtocolPerTargetGroup: listed }: TargetGroupAttributeSettings,
  findings: Findings,
): ReadonlySet<number> | undefined {
  const all = new Set(listeners.map(({ port }) => port));
  for (const entry of listed ?? []) {
    if (![...all].some((port) => String(port) === entry))
      refuseSetting(
        findings,
        'proxyProtocolPerTargetGroup',
        `${JSON.stringify(entry)} is no port of the Service; known are ${[...all].join(', ')}`,
      );
  }
  if (proxyProtocol === 'v2' || proxyProtocol === '*') return all;
  return listed === undefined ? undefined : new Set(listed.map(Number));
}

function refusePort(
  setting: 'targetGroupAttributesByPort' | 'listenerAttributesByPort',
  port: string,
  known: readonly (string | number)[],
  { refusals, fieldOf }: Findings,
): void {
  const text = `the Service has no port ${port}; known are ${known.join(', ')}`;
  refusals.push({ reason: 'InvalidSetting', text, field: fieldOf(setting, port) });
}
