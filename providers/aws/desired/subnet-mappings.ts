import type { Ec2Subnet } from '../api/ec2.ts';
import type { SubnetMapping } from '../api/elb.ts';
import type { HaveLoadBalancer } from '../observe/have.ts';
import { holds, isAt, type StaticAddress } from './addresses.ts';
import type { Findings } from './findings.ts';

/**
 * Which address each subnet gives the load balancer: an Elastic IP by its place in the list, a private address by the network
 * it lies in, Amazon's choice where none is asked for. What a subnet has given stays: Amazon changes no address in place.
 */
export function subnetMappings(
  chosen: readonly Ec2Subnet[],
  addresses: readonly StaticAddress[],
  kept: HaveLoadBalancer | undefined,
  /** Whether the user listed the subnets. */
  listed: boolean,
  findings: Findings,
): readonly SubnetMapping[] {
  if (!countsFit(chosen, addresses, kept !== undefined && !listed, findings)) return [];
  const shown = (kept?.zones ?? []).filter((zone) => chosen.some(({ id }) => id === zone.subnetId));
  const unplaced = addresses.filter((address) => !shown.some((zone) => isAt(address, zone)));
  const mappings = chosen.map((subnet): SubnetMapping => {
    const zone = shown.find(({ subnetId }) => subnetId === subnet.id);
    if (zone?.allocationId !== undefined) return { subnetId: subnet.id, allocationId: zone.allocationId };
    if (zone?.privateIpv4 !== undefined) return { subnetId: subnet.id, privateIpv4: zone.privateIpv4 };
    const next = unplaced.findIndex(({ allocationId, address }) => allocationId !== undefined || holds(subnet, address));
    const [address] = next < 0 ? [] : unplaced.splice(next, 1);
    if (address === undefined) return { subnetId: subnet.id };
    const { allocationId } = address;
    return { subnetId: subnet.id, ...(allocationId === undefined ? { privateIpv4: address.address } : { allocationId }) };
  });
  for (const { address, field } of unplaced) {
    const known = chosen.map(({ id, cidr }) => `${id} (${cidr})`).join(', ');
    const text = `${address} has no subnet to be in: each gives one address of its own, and the load balancer has ${known}`;
    findings.refusals.push({ reason: 'InvalidSetting', text, field });
  }
  return mappings;
}

/** One address a subnet, as Amazon has it: all or none are asked for. */
function countsFit(
  chosen: readonly Ec2Subnet[],
  addresses: readonly StaticAddress[],
  isThere: boolean,
  { refusals, fieldOf }: Findings,
): boolean {
  const [first] = addresses;
  if (first === undefined || isThere || addresses.length === chosen.length) return true;
  const [few, many] = [`${addresses.length} of ${first.field}`, `${chosen.length}: ${chosen.map(({ id }) => id).join(', ')}`];
  const remedy = `List one subnet for each address in ${fieldOf('subnets')}`;
  refusals.push({ reason: 'InvalidSetting', text: `addresses are ${few}, and subnets ${many}`, field: first.field, remedy });
  return false;
}
