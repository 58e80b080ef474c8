import type { SubnetMapping } from '../api/elb.ts';
import type { HaveLoadBalancer } from '../observe/have.ts';
import { holds, isAt, textsOf, type StaticAddress } from './addresses.ts';
import type { Findings } from './findings.ts';
import type { ChosenSubnets } from './subnets.ts';
import { isMadeFor } from './tags.ts';

/** How many subnets are named that cannot be had. */
const shownReasons = 5;

/**
 * Which address each subnet gives the load balancer: an Elastic IP by its place in the list, a private address by the network
 * it lies in, Amazon's choice where none is asked for. What a subnet has given stays: Amazon changes no address in place.
 */
export function subnetMappings(
  { chosen, refused }: ChosenSubnets,
  addresses: readonly StaticAddress[],
  { kept, listed }: { readonly kept: HaveLoadBalancer | undefined; readonly listed: boolean },
  findings: Findings,
): readonly SubnetMapping[] {
  const shown = (kept?.zones ?? []).filter((zone) => chosen.some(({ id }) => id === zone.subnetId));
  const unplaced = addresses.filter((address) => !shown.some((zone) => isAt(address, zone)));
  // Where the user lists no subnets, a load balancer that is there may have more than those of the addresses asked for.
  const mayHaveMore = kept !== undefined && !listed && (unplaced.length === 0 || isMadeFor(kept.tags, textsOf(addresses)));
  if (!mayHaveMore && addresses.length !== chosen.length && addresses.length > 0) {
    refuseCounts({ chosen, refused }, addresses, findings);
    return [];
  }
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
function refuseCounts({ chosen, refused }: ChosenSubnets, addresses: readonly StaticAddress[], { refusals, fieldOf }: Findings): void {
  const [first] = addresses;
  if (first === undefined) return;
  const others = refused.slice(0, shownReasons).map(({ id, why }) => `; not ${id}: ${why}`);
  const text = `each of ${textsOf(addresses).join(', ')} needs a subnet of its own, and the subnets are ${chosen.map(({ id }) => id).join(', ')}${others.join('')}`;
  const remedy = `List one subnet for each address in ${fieldOf('subnets')}`;
  refusals.push({ reason: 'InvalidSetting', text, field: first.field, remedy });
}
