import type { Capabilities } from '../../src/model/capabilities.ts';
import type { Scheme } from '../../src/model/spec.ts';
import type { Family } from '../../src/net/ip.ts';
import { rangesOf, type Ranges } from './address-range.ts';

const schemes: readonly Scheme[] = ['public', 'internal'];

/** Of a scheme that lacks what another one has, `plan` speaks: the scheme is no setting of the provider's. */
export function capabilitiesOf(ranges: Ranges): Capabilities {
  const has = (family: Family, scheme: Scheme): boolean => rangesOf(ranges[scheme], family).length > 0;
  const family = (wanted: Family) =>
    schemes.some((scheme) => has(wanted, scheme)) || { lacks: `connection.ranges has no ${wanted} network` };
  const both = schemes.some((scheme) => has('IPv4', scheme) && has('IPv6', scheme));
  return {
    tcp: true,
    udp: true,
    sctp: { lacks: 'Node.js has no SCTP sockets' },
    mixedProtocols: true,
    ipv4: family('IPv4'),
    ipv6: family('IPv6'),
    dualStack: both || { lacks: 'neither connection.ranges.public nor connection.ranges.internal has networks of both families' },
    publicScheme: ranges.public.length > 0 || { lacks: 'the provider has no connection.ranges.public' },
    internalScheme: ranges.internal.length > 0 || { lacks: 'the provider has no connection.ranges.internal' },
    requestedAddress: true,
    sourceRanges: true,
    clientIpAffinity: true,
    localTrafficPolicy: true,
    clusterTrafficPolicy: true,
    noNodePorts: { lacks: 'the local provider reaches Pods through node ports only' },
    proxyProtocol: true,
  };
}
