import { familyOf, type Cidr } from '../../../src/net/ip.ts';
import type { Ec2Rule } from '../api/ec2.ts';
import type { IpAddressType } from '../api/elb.ts';
import type { Settings } from '../settings/settings.ts';
import { noteIdle, refuseSetting, type Findings } from './findings.ts';
import type { MergedListener } from './listeners.ts';

export interface FrontendAsked {
  /** Canonical; empty = open to all, except where prefix lists say who may come. */
  readonly sourceRanges: readonly Cidr[];
  /** Whether the user said the ranges: `0.0.0.0/0` beside a prefix list opens to all, silence does not. */
  readonly rangesSaid: boolean;
  readonly ipAddressType: IpAddressType;
  /** On each rule, for people. */
  readonly description: string;
}

const everyone = { ipv4: ['0.0.0.0/0'], dualstack: ['0.0.0.0/0', '::/0'] } as const;

/**
 * Who may reach a load balancer: one rule per protocol, port and source, each once, sorted. A range of a family that the load
 * balancer does not have is left out and opens nothing instead. Ranges are canonical as they come: Amazon would clear host
 * bits, and the rule would never be the one that was asked for.
 */
export function frontendRules(
  listeners: readonly MergedListener[],
  { sourceRanges, rangesSaid, ipAddressType, description }: FrontendAsked,
  settings: Pick<Settings, 'securityGroupPrefixLists' | 'pathMtuDiscovery'>,
  findings: Findings,
): readonly Ec2Rule[] {
  const prefixLists = prefixListsOf(settings, findings);
  const silent = sourceRanges.length === 0 && !rangesSaid;
  const open = sourceRanges.length === 0 && (rangesSaid || prefixLists.length === 0);
  const cidrs: readonly string[] = open ? everyone[ipAddressType] : ofFamilies(sourceRanges, ipAddressType);
  const rules: Ec2Rule[] = [];
  for (const source of [...cidrs.map((cidr) => ({ cidr })), ...prefixLists.map((prefixList) => ({ prefixList }))]) {
    for (const listener of listeners)
      for (const protocol of protocolsOf(listener))
        rules.push({ protocol, fromPort: listener.port, toPort: listener.port, source, description });
  }
  if (settings.pathMtuDiscovery === 'on') {
    rules.push(...cidrs.map((cidr) => ({ ...tooBig(cidr), source: { cidr }, description })));
    if (silent && prefixLists.length > 0)
      noteIdle(findings, 'pathMtuDiscovery', 'it opens ICMP to source ranges, and only prefix lists are given: add ranges to open it to');
  }
  return sortedOnce(rules);
}

/** What makes a rule the one it is: the same text = the same permission, whatever its id and description. */
export function ruleKey({ protocol, fromPort, toPort, source }: Ec2Rule): string {
  const [kind, from] =
    'cidr' in source ? ['cidr', source.cidr] : 'prefixList' in source ? ['list', source.prefixList] : ['group', source.group];
  return `${protocol} ${fromPort}-${toPort} ${kind} ${from}`;
}

/** Amazon's rules know no TLS. */
function protocolsOf({ protocol }: MergedListener): readonly ('tcp' | 'udp')[] {
  if (protocol === 'TCP_UDP') return ['tcp', 'udp'];
  return protocol === 'UDP' ? ['udp'] : ['tcp'];
}

/** Type and code of the answer that a packet was too big, per family. */
const tooBig = (cidr: string): Pick<Ec2Rule, 'protocol' | 'fromPort' | 'toPort'> =>
  cidr.includes(':') ? { protocol: 'icmpv6', fromPort: 2, toPort: 0 } : { protocol: 'icmp', fromPort: 3, toPort: 4 };

const ofFamilies = (ranges: readonly Cidr[], ipAddressType: IpAddressType): readonly Cidr[] =>
  ipAddressType === 'dualstack' ? ranges : ranges.filter((range) => familyOf(range) === 'IPv4');

function prefixListsOf(
  { securityGroupPrefixLists: lists }: Pick<Settings, 'securityGroupPrefixLists'>,
  findings: Findings,
): readonly string[] {
  for (const list of lists) {
    if (!/^pl-[0-9a-f]+$/.test(list))
      refuseSetting(findings, 'securityGroupPrefixLists', `${JSON.stringify(list)} is no prefix list such as pl-0123456789abcdef0`);
  }
  return lists;
}

function sortedOnce(rules: readonly Ec2Rule[]): readonly Ec2Rule[] {
  const byKey = new Map(rules.map((rule) => [ruleKey(rule), rule]));
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, rule]) => rule);
}
