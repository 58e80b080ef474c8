import { fieldPath } from '../../../src/model/ids.ts';
import type { Listener } from '../../../src/model/spec.ts';
import { nearest } from '../../../src/settings/nearest.ts';
import type { ListenerProtocol } from '../api/elb.ts';
import type { Settings } from '../settings/settings.ts';
import { didYouMean, noteIdle, refuseSetting, type Findings } from './findings.ts';

/** One listener at Amazon, which has one per port number. */
export interface MergedListener {
  readonly port: number;
  readonly protocol: ListenerProtocol;
  /** What its target group speaks: a TLS listener may go on in plain TCP. */
  readonly targetProtocol: ListenerProtocol;
  readonly nodePort: number;
  /** Of the Service: one, or TCP before UDP of one number. */
  readonly of: readonly [Listener] | readonly [Listener, Listener];
  /** The default one first; empty unless TLS. */
  readonly certificates: readonly string[];
  /** Of a TLS listener only, and then always there. */
  readonly tls?: { readonly sslPolicy: string; readonly alpnPolicy: NonNullable<Settings['alpnPolicy']> };
}

export type MergeSettings = Pick<
  Settings,
  'sslCert' | 'sslPorts' | 'sslNegotiationPolicy' | 'backendProtocol' | 'alpnPolicy' | 'tcpUdpListener'
>;

const portsField = fieldPath('spec.ports');

/**
 * The listeners of a Service as Amazon would have them, in the order of its ports. TCP and UDP of one number are one listener
 * and one target group, which has one node port per node; so they must have the same one. The API server gives them the same
 * when the Service is made with both, and different ones when the second protocol is added later.
 */
export function mergeListeners(listeners: readonly Listener[], settings: MergeSettings, findings: Findings): readonly MergedListener[] {
  const isTls = tlsPorts(listeners, settings, findings);
  const merged: MergedListener[] = [];
  for (const port of new Set(listeners.map((listener) => listener.port))) {
    const tcp = listeners.find((listener) => listener.port === port && listener.protocol === 'TCP');
    const udp = listeners.find((listener) => listener.port === port && listener.protocol === 'UDP');
    if (tcp !== undefined && isTls(tcp)) {
      if (udp === undefined) merged.push(tlsListener(tcp, settings));
      else refuseTlsAndUdp(tcp, udp, findings);
    } else if (tcp !== undefined && udp !== undefined) {
      if (isMergeable(tcp, udp, settings, findings)) merged.push(plain('TCP_UDP', tcp, [tcp, udp]));
    } else if (tcp !== undefined) merged.push(plain('TCP', tcp, [tcp]));
    else if (udp !== undefined) merged.push(plain('UDP', udp, [udp]));
  }
  refuseOthers(listeners, findings);
  return merged;
}

const plain = (protocol: ListenerProtocol, { port, nodePort }: Listener, of: MergedListener['of']): MergedListener => ({
  port,
  protocol,
  targetProtocol: protocol,
  nodePort,
  of,
  certificates: [],
});

function tlsListener(tcp: Listener, settings: MergeSettings): MergedListener {
  const { sslNegotiationPolicy: sslPolicy, alpnPolicy = 'None' } = settings;
  const targetProtocol = settings.backendProtocol === 'ssl' ? 'TLS' : 'TCP';
  const certificates = [...new Set(settings.sslCert)];
  return { ...plain('TLS', tcp, [tcp]), targetProtocol, certificates, tls: { sslPolicy, alpnPolicy } };
}

function isMergeable(tcp: Listener, udp: Listener, settings: MergeSettings, { refusals, fieldOf }: Findings): boolean {
  if (!settings.tcpUdpListener) {
    const text = `${tcp.id} and ${udp.id} can only be served by one listener of both protocols, which is switched off`;
    refusals.push({ reason: 'ConflictingSettings', text, field: fieldOf('tcpUdpListener'), listener: udp.id });
    return false;
  }
  if (tcp.nodePort === udp.nodePort) return true;
  refusals.push({
    reason: 'UnsupportedFeature',
    text: `${tcp.id} has node port ${tcp.nodePort} and ${udp.id} has node port ${udp.nodePort}: Amazon has one listener per port number, and its targets one port`,
    field: portsField,
    remedy: `Set the nodePort of ${udp.id} to ${tcp.nodePort}, or serve it by another Service`,
    listener: udp.id,
  });
  return false;
}

function refuseTlsAndUdp(tcp: Listener, udp: Listener, { refusals, fieldOf }: Findings): void {
  refusals.push({
    reason: 'UnsupportedFeature',
    text: `${tcp.id} ends TLS, and Amazon cannot serve ${udp.id} beside it`,
    field: fieldOf('sslPorts'),
    remedy: `Name the ports that end TLS without ${tcp.port}, or serve ${udp.id} by another Service`,
    listener: udp.id,
  });
}

function refuseOthers(listeners: readonly Listener[], { refusals }: Findings): void {
  for (const { id, protocol } of listeners) {
    if (protocol === 'TCP' || protocol === 'UDP') continue;
    refusals.push({ reason: 'UnsupportedProtocol', text: `Amazon does not serve ${protocol}`, field: portsField, listener: id });
  }
}

/** Which ports end TLS: all of TCP, or those named by name or number. */
function tlsPorts(listeners: readonly Listener[], settings: MergeSettings, findings: Findings): (listener: Listener) => boolean {
  const { sslCert, sslPorts = [] } = settings;
  if (sslCert.length === 0) {
    noteWithoutCertificate(settings, findings);
    return () => false;
  }
  if (settings.backendProtocol === 'https')
    noteIdle(findings, 'backendProtocol', 'https is plain TCP to the nodes here, as to the controllers of Amazon; ssl is TLS');
  const tcp = listeners.filter(({ protocol }) => protocol === 'TCP');
  for (const entry of sslPorts) {
    if (entry === '*' || tcp.some((listener) => isNamed(listener, entry))) continue;
    refuseSetting(findings, 'sslPorts', unmatched(entry, listeners, tcp));
  }
  if (sslPorts.length === 0 || sslPorts.includes('*')) return () => true;
  return (listener) => sslPorts.some((entry) => isNamed(listener, entry));
}

const isNamed = ({ name, port }: Listener, entry: string): boolean => entry !== '' && (name === entry || String(port) === entry);

function unmatched(entry: string, all: readonly Listener[], tcp: readonly Listener[]): string {
  const other = all.find((listener) => isNamed(listener, entry));
  if (other !== undefined) return `${JSON.stringify(entry)} is ${other.id}, and only TCP ports can end TLS`;
  const known = tcp.map(({ name, port }) => (name === '' ? String(port) : name));
  return `${JSON.stringify(entry)} is no port of the Service; ${didYouMean(nearest(entry, known), known)}`;
}

function noteWithoutCertificate({ sslPorts, backendProtocol, alpnPolicy }: MergeSettings, findings: Findings): void {
  const without = `no port ends TLS without ${findings.fieldOf('sslCert')}`;
  if (sslPorts !== undefined) noteIdle(findings, 'sslPorts', without);
  if (backendProtocol === 'ssl') noteIdle(findings, 'backendProtocol', without);
  if (alpnPolicy !== undefined) noteIdle(findings, 'alpnPolicy', without);
}
