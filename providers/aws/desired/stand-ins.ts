/** What the tests of this folder stand on: a Service's listeners, settings that say nothing, findings that name settings by their field. */
import { fieldPath, listenerId, serviceUid } from '../../../src/model/ids.ts';
import type { Listener } from '../../../src/model/spec.ts';
import type { Settings } from '../settings/settings.ts';
import type { Findings } from './findings.ts';
import { mergeListeners, type MergedListener } from './listeners.ts';

export function listener(protocol: 'TCP' | 'UDP', port: number, nodePort: number, more: Partial<Listener> = {}): Listener {
  const [id, service] = [listenerId(protocol, port), serviceUid('uid-web')];
  return { id, service, protocol, port, name: '', nodePort, trafficPolicy: 'Cluster', healthCheck: { kind: 'cluster' }, ...more };
}

/** Of externalTrafficPolicy Local, with health check node port 32000. */
export const local: Partial<Listener> = { trafficPolicy: 'Local', healthCheck: { kind: 'local', port: 32_000 } };

export const silent: Settings = {
  subnets: [],
  eipAllocations: [],
  privateIpv4Addresses: [],
  resourceTags: {},
  sslCert: [],
  sslNegotiationPolicy: 'policy-1',
  backendProtocol: 'tcp',
  proxyProtocol: 'off',
  targetGroupAttributes: {},
  targetGroupAttributesByPort: {},
  listenerAttributesByPort: {},
  tcpUdpListener: true,
  healthCheckOfKubeProxy: false,
  securityGroups: [],
  extraSecurityGroups: [],
  securityGroupPrefixLists: [],
  pathMtuDiscovery: 'off',
  attributes: {},
};

export const findings = (): Findings => ({
  fieldOf: (setting, rest) => fieldPath(rest === undefined ? setting : `${setting}.${rest}`),
  refusals: [],
  notices: [],
});

/** Each as `field: text`. */
export const told = (found: readonly { readonly field?: string; readonly text: string }[]): readonly string[] =>
  found.map(({ field, text }) => `${field}: ${text}`);

/** Of listeners that nothing is wrong with. */
export function merged(listeners: readonly Listener[], settings: Partial<Settings> = {}): readonly MergedListener[] {
  const found = findings();
  const result = mergeListeners(listeners, { ...silent, ...settings }, found);
  if (found.refusals.length > 0) throw new Error(told(found.refusals).join('; '));
  return result;
}
