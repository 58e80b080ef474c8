import type { Capabilities } from '../../src/model/capabilities.ts';
import type { Ranges } from './address-range.ts';

export function capabilitiesOf(ranges: Ranges): Capabilities {
  return {
    tcp: true,
    udp: true,
    sctp: { lacks: 'Node.js has no SCTP sockets' },
    mixedProtocols: true,
    ipv4: true,
    ipv6: { lacks: 'the local provider listens on IPv4 only, so far' },
    dualStack: { lacks: 'the local provider listens on IPv4 only, so far' },
    publicScheme: ranges.public.length > 0 || { lacks: 'the provider has no connection.ranges.public' },
    internalScheme: ranges.internal.length > 0 || { lacks: 'the provider has no connection.ranges.internal' },
    requestedAddress: true,
    sourceRanges: true,
    clientIpAffinity: true,
    localTrafficPolicy: true,
    clusterTrafficPolicy: true,
    noNodePorts: { lacks: 'the local provider reaches Pods through node ports only' },
    proxyProtocol: { lacks: 'the local provider does not send the PROXY protocol, so far' },
  };
}
