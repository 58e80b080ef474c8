import type { SettingsTable } from '../../../src/settings/row.ts';
import { annotation } from './annotation.ts';
import type { ListenerSettings } from './settings.ts';

const row = { since: '0.1', edit: 'in-place' } as const;

/** How connections are taken, and how they are passed on. */
export const listenerRows: SettingsTable<ListenerSettings> = {
  sslCert: {
    ...row,
    type: 'string-list',
    default: [],
    text: 'ARNs of certificates: TLS ends at the load balancer. The first is the default one, the others are chosen by name (SNI).',
    annotations: annotation('ssl-cert'),
  },
  sslPorts: {
    ...row,
    type: 'string-list',
    text: 'Names or numbers of the ports with TLS; `*`, or without it: all TCP ports.',
    annotations: annotation('ssl-ports'),
  },
  sslNegotiationPolicy: {
    ...row,
    type: 'string',
    default: 'ELBSecurityPolicy-TLS13-1-2-2021-06',
    text: "Amazon's policy of TLS versions and ciphers.",
    annotations: annotation('ssl-negotiation-policy'),
  },
  backendProtocol: {
    ...row,
    type: 'enum',
    values: ['ssl', 'tcp', 'http', 'https'],
    default: 'tcp',
    text: 'Whether ports with TLS speak TLS to the nodes, too: `ssl`. All others are plain TCP.',
    annotations: annotation('backend-protocol'),
  },
  alpnPolicy: {
    ...row,
    type: 'enum',
    values: ['HTTP1Only', 'HTTP2Only', 'HTTP2Optional', 'HTTP2Preferred', 'None'],
    text: 'Which HTTP versions ports with TLS offer. Without it: None.',
    annotations: annotation('alpn-policy'),
  },
  proxyProtocol: {
    ...row,
    type: 'enum',
    values: ['off', 'v2', '*', 'false'],
    default: 'off',
    text: 'Whether each connection to a node begins with a PROXY protocol header that names the client, version 2; `*` is v2. HTTP health checks of kube-proxy do not understand it, so TCP ones are made by default.',
    annotations: ['portolan.dev/proxy-protocol', ...annotation('proxy-protocol')],
    sets: 'proxy-protocol',
  },
  proxyProtocolPerTargetGroup: {
    ...row,
    type: 'string-list',
    text: 'Numbers of the ports with a PROXY protocol header, where only some are to have one.',
    annotations: annotation('proxy-protocol-per-target-group'),
  },
  targetGroupAttributes: {
    ...row,
    type: 'map',
    default: {},
    text: "Amazon's attributes of target groups, for all ports.",
    annotations: annotation('target-group-attributes'),
  },
  targetGroupAttributesByPort: {
    ...row,
    type: 'map-by-key',
    default: {},
    text: 'The same for one port, by its number; wins over those for all.',
    annotations: annotation('target-group-attributes.*'),
  },
  listenerAttributesByPort: {
    ...row,
    type: 'map-by-key',
    default: {},
    text: "Amazon's attributes of a listener, by protocol and port: `TCP-80`.",
    annotations: annotation('listener-attributes.*'),
  },
  drainingTimeout: {
    ...row,
    type: 'integer',
    minimum: 0,
    maximum: 3600,
    text: 'For how many seconds connections to a node live on after it is no member any more.',
    annotations: annotation('connection-draining-timeout'),
  },
  tcpUdpListener: {
    ...row,
    type: 'boolean',
    default: true,
    text: 'Whether TCP and UDP of one port number and one node port share a listener. Without it such Services cannot be had.',
    annotations: annotation('enable-tcp-udp-listener'),
  },
};
