import { fieldPath } from '../../../src/model/ids.ts';
import type { LoadBalancerSpec } from '../../../src/model/spec.ts';
import type { Ec2Subnet } from '../api/ec2.ts';
import type { ElbScheme, IpAddressType, SubnetMapping } from '../api/elb.ts';
import type { HaveLoadBalancer, Surroundings } from '../observe/have.ts';
import type { Settings } from '../settings/settings.ts';
import { holds, type StaticAddress } from './addresses.ts';
import { refuseSetting, type Findings } from './findings.ts';
import { subnetMappings } from './subnet-mappings.ts';
import { chooseSubnets } from './subnets.ts';

export interface PlaceAsked {
  readonly scheme: ElbScheme;
  readonly addresses: readonly StaticAddress[];
  readonly clusterName?: string;
  /** The load balancer as it stands, where it is not to be replaced. */
  readonly kept?: HaveLoadBalancer;
}

/** Where a load balancer stands: its subnets, each with the address it is given there, and its families. */
export interface Place {
  readonly ipAddressType: IpAddressType;
  readonly subnets: readonly SubnetMapping[];
}

type Want = Pick<LoadBalancerSpec<Settings>, 'addresses' | 'listeners' | 'settings'>;
const families = fieldPath('spec.ipFamilies');

/** IPv6 beside IPv4, where it is asked for and can be had; where a Service would only like it, it may be missing, visibly. */
export function placeOf(want: Want, surroundings: Surroundings, asked: PlaceAsked, findings: Findings): Place {
  const type = familiesAsked(want, findings);
  if (type !== 'dualstack-preferred') return { ipAddressType: type, subnets: subnetsOf(type, want, surroundings, asked, findings) };
  const attempt: Findings = { ...findings, refusals: [], notices: [] };
  const subnets = subnetsOf('dualstack', want, surroundings, asked, attempt);
  const [missing] = attempt.refusals;
  if (missing === undefined) {
    findings.notices.push(...attempt.notices);
    return { ipAddressType: 'dualstack', subnets };
  }
  noteNoIpv6(missing.text, findings);
  return { ipAddressType: 'ipv4', subnets: subnetsOf('ipv4', want, surroundings, asked, findings) };
}

function familiesAsked({ addresses, listeners, settings }: Want, findings: Findings): IpAddressType | 'dualstack-preferred' {
  const ipv6 = addresses.find(({ family }) => family === 'IPv6');
  const udp = listeners.find(({ protocol }) => protocol === 'UDP');
  const noUdp = `Amazon cannot serve ${udp?.id ?? 'UDP'} over IPv6 as load balancers are made here`;
  const { ipAddressType: said } = settings;
  if (said === 'ipv4') {
    const text = `${findings.fieldOf('ipAddressType')} says ipv4`;
    if (ipv6?.required === true)
      findings.refusals.push({ reason: 'ConflictingSettings', text: `no IPv6 address: ${text}`, field: families });
    else if (ipv6 !== undefined) noteNoIpv6(text, findings);
    return 'ipv4';
  }
  if (said === undefined && ipv6 === undefined) return 'ipv4';
  if (said === undefined && ipv6?.required === false) {
    if (udp === undefined) return 'dualstack-preferred';
    noteNoIpv6(noUdp, findings);
    return 'ipv4';
  }
  if (udp !== undefined) {
    const field = said === undefined ? families : findings.fieldOf('ipAddressType');
    findings.refusals.push({ reason: 'UnsupportedFeature', text: noUdp, field, listener: udp.id });
  }
  return 'dualstack';
}

const noteNoIpv6 = (why: string, { notices }: Findings): void => {
  notices.push({ reason: 'UnsupportedFeature', text: `no IPv6 address: ${why}`, field: families, kind: 'service' });
};

function subnetsOf(
  ipAddressType: IpAddressType,
  { settings }: Want,
  { subnets, routeTables }: Surroundings,
  { scheme, addresses, clusterName, kept }: PlaceAsked,
  findings: Findings,
): readonly SubnetMapping[] {
  const before = findings.refusals.length;
  const [listed, current] = [settings.subnets.length > 0, kept?.zones.map(({ subnetId }) => subnetId) ?? []];
  const asked = { scheme, ipAddressType, wanted: settings.subnets, current, ...(clusterName === undefined ? {} : { clusterName }) };
  const candidates = listed ? subnets : subnets.filter((subnet) => mayHave(subnet, addresses, current));
  const { chosen, refused } = chooseSubnets(candidates, routeTables, asked, findings);
  if (findings.refusals.length > before) return [];
  // One address that is asked for as the load balancer's means one subnet; addresses that are listed for subnets must fit them.
  const isOne = !listed && kept === undefined && addresses.length > 0 && settings.eipAllocations.length === 0;
  const used = isOne && addresses[0]?.allocationId !== undefined ? chosen.slice(0, 1) : chosen;
  if (kept !== undefined) refuseSwaps(used, kept, findings);
  return subnetMappings({ chosen: used, refused }, addresses, { kept, listed }, findings);
}

/** A zone that a load balancer stands in keeps its subnet: Amazon refuses another one. */
function refuseSwaps(chosen: readonly Ec2Subnet[], { name, zones }: HaveLoadBalancer, findings: Findings): void {
  for (const { id, zone } of chosen) {
    const other = zones.find((stands) => stands.zone === zone && stands.subnetId !== id);
    if (other === undefined) continue;
    refuseSetting(findings, 'subnets', `${name} stands in ${zone} with ${other.subnetId}, which ${id} cannot take the place of`, {
      remedy: 'Ask for another name, under which a successor is made; or leave the zone out, and add it again once it is gone',
    });
  }
}

/** Addresses that are asked for leave no choice but of subnets that can have one; those of a load balancer that is there stay. */
function mayHave(subnet: Ec2Subnet, addresses: readonly StaticAddress[], current: readonly string[]): boolean {
  if (addresses.length === 0 || current.includes(subnet.id)) return true;
  return addresses.some(({ allocationId, address }) =>
    allocationId === undefined ? holds(subnet, address) : current.length < addresses.length,
  );
}
