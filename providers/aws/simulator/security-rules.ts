import { parseCidr, type Family } from '../../../src/net/ip.ts';
import type { Ec2Rule } from '../api/ec2.ts';
import { refused } from './amazon-error.ts';
import type { AmazonState } from './amazon-state.ts';

/** The rule as Amazon keeps it, its network in canonical form. @throws LbError where Amazon refuses it */
export function canonicalRule(state: AmazonState, vpcId: string, rule: Ec2Rule): Ec2Rule {
  checkPorts(rule);
  if (rule.description.length > 255 || !/^[\w .:/()#,@[\]+=&;{}!$*-]*$/.test(rule.description)) {
    throw refused('InvalidParameterValue', `a rule cannot be described as '${rule.description}'`);
  }
  const { source } = rule;
  if ('group' in source) {
    if (state.securityGroups.get(source.group)?.vpcId !== vpcId)
      throw refused('InvalidGroup.NotFound', `no group ${source.group} in ${vpcId}`);
    return rule;
  }
  if ('prefixList' in source) {
    if (!state.prefixLists.has(source.prefixList)) throw refused('InvalidPrefixListID.NotFound', `no prefix list ${source.prefixList}`);
    return rule;
  }
  const cidr = parseCidr(source.cidr);
  if (cidr === undefined) throw refused('InvalidParameterValue', `${source.cidr} is no network`);
  return { ...rule, source: { cidr } };
}

function checkPorts({ protocol, fromPort, toPort }: Ec2Rule): void {
  const within = (low: number, high: number) => [fromPort, toPort].every((port) => Number.isInteger(port) && port >= low && port <= high);
  switch (protocol) {
    case 'tcp':
    case 'udp':
      if (!within(0, 65_535) || fromPort > toPort) throw refused('InvalidParameterValue', `${fromPort} to ${toPort} is no range of ports`);
      return;
    case 'icmp':
    case 'icmpv6':
      if (!within(-1, 255)) throw refused('InvalidParameterValue', `${fromPort}/${toPort} is no type and code`);
      return;
    default:
      throw refused('InvalidParameterValue', `${String(protocol)} is no protocol`);
  }
}

/** Two rules of one meaning are one to Amazon, whatever their descriptions. */
export const meaningOf = ({ protocol, fromPort, toPort, source }: Ec2Rule): string =>
  [protocol, fromPort, toPort, JSON.stringify(source)].join(' ');

/** What these rules count for against the limit of one group: a network for its family, all else for both. */
export function weigh(state: AmazonState, rules: readonly Ec2Rule[]): Readonly<Record<Family, number>> {
  const weight = { IPv4: 0, IPv6: 0 };
  for (const { source } of rules) {
    if ('cidr' in source) {
      weight[source.cidr.includes(':') ? 'IPv6' : 'IPv4'] += 1;
      continue;
    }
    const entries = 'prefixList' in source ? (state.prefixLists.get(source.prefixList) ?? 0) : 1;
    weight.IPv4 += entries;
    weight.IPv6 += entries;
  }
  return weight;
}
