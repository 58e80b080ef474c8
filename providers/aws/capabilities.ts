import type { Capabilities } from '../../src/model/capabilities.ts';

/** Of a network load balancer with instances as targets. */
export const capabilities: Capabilities = {
  tcp: true,
  udp: true,
  sctp: { lacks: 'a network load balancer of Amazon does not serve SCTP' },
  mixedProtocols: true,
  ipv4: true,
  ipv6: true,
  dualStack: true,
  publicScheme: true,
  internalScheme: true,
  requestedAddress: true,
  sourceRanges: true,
  clientIpAffinity: true,
  localTrafficPolicy: true,
  clusterTrafficPolicy: true,
  noNodePorts: { lacks: 'instances are reached through node ports only' },
  proxyProtocol: true,
};
