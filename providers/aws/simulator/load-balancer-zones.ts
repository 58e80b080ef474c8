import { addressesOf, contains, parseCidr, parseIp } from '../../../src/net/ip.ts';
import type { Arn, ElbScheme, ElbZone, IpAddressType, SubnetMapping } from '../api/elb.ts';
import type { Ec2Subnet } from '../api/ec2.ts';
import { refused } from './amazon-error.ts';
import type { AmazonState } from './amazon-state.ts';

/** How many free addresses a subnet needs to take a load balancer in. */
const roomNeeded = 8;

export interface Place {
  readonly vpcId: string;
  /** Sorted by subnet. */
  readonly zones: readonly ElbZone[];
}

/**
 * Where a load balancer stands with these subnets, one a zone. `mine`: the load balancer that is moved, whose own addresses
 * and interfaces are not in its way. @throws LbError where Amazon would not put it there
 */
export function placed(
  state: AmazonState,
  of: { readonly scheme: ElbScheme; readonly ipAddressType: IpAddressType; readonly subnets: readonly SubnetMapping[] },
  mine?: Arn,
): Place {
  const stands = of.subnets.map((mapping) => ({ mapping, subnet: subnetOf(state, mapping.subnetId) }));
  const vpcId = stands[0]?.subnet.vpcId;
  if (vpcId === undefined) throw refused('ValidationError', 'a load balancer needs a subnet');
  if (stands.some(({ subnet }) => subnet.vpcId !== vpcId)) throw refused('InvalidConfigurationRequest', 'the subnets are of several VPCs');
  if (new Set(stands.map(({ subnet }) => subnet.zone)).size < stands.length) {
    throw refused('InvalidConfigurationRequest', 'two subnets are in one Availability Zone');
  }
  if (of.scheme === 'internet-facing' && !state.routeTables.some((table) => table.vpcId === vpcId && table.reachesInternet)) {
    throw refused('InvalidSubnet', `${vpcId} has no internet gateway`);
  }
  const asked = of.subnets.flatMap(({ allocationId }) => allocationId ?? []);
  if (new Set(asked).size < asked.length) throw refused('InvalidConfigurationRequest', 'one Elastic IP is asked for twice');

  const zones = stands.map(({ mapping, subnet }) => {
    checkRoom(state, subnet, of.ipAddressType, mine);
    return zoneOf(state, of.scheme, mapping, subnet, mine);
  });
  return { vpcId, zones: zones.sort((a, b) => (a.subnetId < b.subnetId ? -1 : 1)) };
}

function subnetOf(state: AmazonState, id: string): Ec2Subnet {
  const subnet = state.subnets.get(id);
  if (subnet === undefined) throw refused('SubnetNotFound', `no subnet ${id}`);
  return subnet;
}

function checkRoom(state: AmazonState, subnet: Ec2Subnet, ipAddressType: IpAddressType, mine: Arn | undefined): void {
  const there = [...state.interfaces.values()].filter(({ subnetId }) => subnetId === subnet.id);
  const standsHere = there.some(({ loadBalancer, goneAt }) => loadBalancer === mine && goneAt === undefined);
  if (!standsHere && subnet.freeAddresses - there.length < roomNeeded) {
    throw refused('InvalidSubnet', `${subnet.id} has fewer than ${roomNeeded} free addresses`);
  }
  if (ipAddressType === 'dualstack' && subnet.ipv6Cidrs.length === 0) {
    throw refused('InvalidConfigurationRequest', `${subnet.id} has no IPv6 network`);
  }
}

function zoneOf(state: AmazonState, scheme: ElbScheme, mapping: SubnetMapping, subnet: Ec2Subnet, mine: Arn | undefined): ElbZone {
  const zone = { zone: subnet.zone, subnetId: subnet.id };
  const { allocationId, privateIpv4 } = mapping;
  const others = [...state.interfaces.values()].filter(({ loadBalancer, goneAt }) => loadBalancer !== mine || goneAt !== undefined);
  if (allocationId !== undefined) {
    if (scheme === 'internal') throw refused('InvalidConfigurationRequest', 'an internal load balancer has no Elastic IP');
    const address = state.addresses.get(allocationId);
    if (address === undefined) throw refused('AllocationIdNotFound', `no Elastic IP ${allocationId}`);
    if (others.some((held) => held.allocationId === allocationId)) throw refused('ResourceInUse', `${allocationId} is associated`);
    return { ...zone, ipv4: address.publicIp, allocationId };
  }
  if (privateIpv4 === undefined) return zone;
  if (scheme !== 'internal') throw refused('InvalidConfigurationRequest', 'only an internal load balancer is given a private address');
  if (!isUsable(subnet.cidr, privateIpv4)) throw refused('InvalidConfigurationRequest', `${privateIpv4} is no address of ${subnet.id}`);
  if (others.some((held) => held.subnetId === subnet.id && held.privateIpv4 === privateIpv4)) {
    throw refused('ResourceInUse', `${privateIpv4} is in use`);
  }
  return { ...zone, privateIpv4 };
}

/** Amazon keeps the first four addresses of a subnet and its last one. */
function isUsable(network: string, address: string): boolean {
  const [cidr, ip] = [parseCidr(network), parseIp(address)];
  if (cidr === undefined || ip === undefined || !contains(cidr, ip)) return false;
  const all = [...addressesOf(cidr)];
  return ![...all.slice(0, 4), all.at(-1)].includes(ip);
}

/** Gives the load balancer one interface a zone, with these groups; interfaces of zones it left are gone at once. */
export function connect(state: AmazonState, loadBalancer: Arn, zones: readonly ElbZone[], securityGroups: readonly string[]): void {
  const own = [...state.interfaces.values()].filter((it) => it.loadBalancer === loadBalancer && it.goneAt === undefined);
  for (const { id } of own) state.interfaces.delete(id);
  for (const { subnetId, allocationId, privateIpv4 } of zones) {
    const id = own.find((it) => it.subnetId === subnetId)?.id ?? `eni-${state.unique()}`;
    state.interfaces.set(id, {
      id,
      loadBalancer,
      subnetId,
      securityGroups,
      ...(allocationId === undefined ? {} : { allocationId }),
      ...(privateIpv4 === undefined ? {} : { privateIpv4 }),
    });
  }
}

/** The interfaces of a deleted load balancer stay for a while, with all they hold. */
export function disconnect(state: AmazonState, loadBalancer: Arn): void {
  const goneAt = state.clock.now() + state.times.interfaces;
  for (const [id, it] of state.interfaces) if (it.loadBalancer === loadBalancer) state.interfaces.set(id, { ...it, goneAt });
}
