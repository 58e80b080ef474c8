import type { AnySettingsTable, SettingRow } from '../../../src/settings/row.ts';
import { annotation } from './annotation.ts';

const noQuic = 'QUIC is not served yet';
const noIpv6Datagrams = 'UDP over IPv6 is not served yet';

/** Rows without values: whoever asks for one of these, which Amazon's controllers have, is told why not. */
export const refusedRows = {
  ipv6Addresses: refused('ipv6-addresses', 'IPv6 addresses cannot be chosen yet; Amazon assigns them'),
  prefixForIpv6SourceNat: refused('enable-prefix-for-ipv6-source-nat', noIpv6Datagrams),
  sourceNatIpv6Prefixes: refused('source-nat-ipv6-prefixes', noIpv6Datagrams),
  minimumCapacity: refused('minimum-load-balancer-capacity', 'capacity cannot be reserved yet'),
  multiClusterTargetGroup: refused(
    'multi-cluster-target-group',
    'a target group serves one load balancer of one cluster: what is shared can be taken from its owner',
  ),
  quicPorts: refused('quic-enabled-ports', noQuic),
  withoutSecurityGroup: refused('disable-nlb-sg', 'a load balancer that is made without a security group can never get one'),
  weights: {
    ...refused('', 'an action is to forward to the one target group of the port; weights are not served yet'),
    type: 'map-by-key',
    annotations: ['service.beta.kubernetes.io/actions.*'],
  },
  privateLinkRules: refused('inbound-sg-rules-on-private-link-traffic', 'PrivateLink is not served yet'),
} satisfies AnySettingsTable;

/** By the end of the annotation's key. */
function refused(name: string, why: string): SettingRow<never> {
  return { type: 'string', text: 'Not served.', since: '0.1', edit: 'only-at-creation', annotations: annotation(name), refused: why };
}
