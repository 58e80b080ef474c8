import type { FieldPath } from '../../../src/model/ids.ts';
import type { LoadBalancerSpec } from '../../../src/model/spec.ts';
import { contains, familyOf, parseCidr, type IpAddress } from '../../../src/net/ip.ts';
import type { Ec2Address, Ec2Subnet } from '../api/ec2.ts';
import type { ElbScheme, ElbZone } from '../api/elb.ts';
import type { HaveLoadBalancer, Surroundings } from '../observe/have.ts';
import type { Settings } from '../settings/settings.ts';
import { refuseSetting, type Findings } from './findings.ts';

/** An address that the load balancer is to have, and who asked for it. */
export interface StaticAddress {
  readonly address: IpAddress;
  /** Of an Elastic IP; absent: a private address. */
  readonly allocationId?: string;
  readonly field: FieldPath;
}

type Want = Pick<
  LoadBalancerSpec<Pick<Settings, 'eipAllocations' | 'privateIpv4Addresses'>>,
  'addresses' | 'settings' | 'origin' | 'scheme'
>;

/** Networks that no Elastic IP is of. */
const privateNetworks = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'].flatMap((text) => parseCidr(text) ?? []);

/** The Elastic IPs a Service may mean: what must be known of them before a plan. */
export function addressesAsked(want: Pick<Want, 'addresses' | 'settings'>): {
  readonly publicIps: readonly IpAddress[];
  readonly allocationIds: readonly string[];
} {
  const requested = want.addresses.flatMap((each) => each.requested?.address ?? []);
  const isElastic = (address: IpAddress): boolean =>
    familyOf(address) === 'IPv4' && !privateNetworks.some((network) => contains(network, address));
  return { publicIps: requested.filter(isElastic), allocationIds: [...new Set(want.settings.eipAllocations)] };
}

/** Every address that was asked for, in whichever way; what cannot be had is refused. */
export function staticAddresses(
  want: Want,
  { addresses, subnets }: Pick<Surroundings, 'addresses' | 'subnets'>,
  findings: Findings,
): readonly StaticAddress[] {
  const asked = [...elasticOf(want, addresses, findings), ...privateOf(want, subnets, findings)];
  for (const { requested } of want.addresses) {
    if (requested === undefined) continue;
    const meant = whatIs(requested, addresses, subnets, findings);
    if (meant === undefined || asked.some(({ address }) => address === meant.address)) continue;
    const [other] = asked;
    if (other === undefined) asked.push(meant);
    else findings.refusals.push(conflict(meant.field, `${meant.address} is not one of the addresses of ${other.field}`, other.field));
  }
  const [first] = asked;
  const other = asked.find((each) => kindOf(each) !== kindOf(asked[0]));
  if (first !== undefined && other !== undefined) {
    const text = `${first.address} is ${kindOf(first)} and ${other.address} is ${kindOf(other)}`;
    findings.refusals.push(conflict(other.field, text, first.field));
  }
  return asked;
}

const conflict = (field: FieldPath, text: string, other: FieldPath) =>
  ({ reason: 'ConflictingSettings', text, field, remedy: `Remove ${field} or ${other}` }) as const;

const kindOf = (address: StaticAddress | undefined): string =>
  address?.allocationId === undefined ? 'a private address' : 'an Elastic IP';

function elasticOf({ settings }: Want, known: readonly Ec2Address[], findings: Findings): StaticAddress[] {
  const field = findings.fieldOf('eipAllocations');
  const asked: StaticAddress[] = [];
  for (const id of settings.eipAllocations) {
    const elastic = known.find(({ allocationId }) => allocationId === id);
    if (elastic === undefined)
      refuseSetting(findings, 'eipAllocations', `${JSON.stringify(id)} is the allocation of no Elastic IP of the account in this region`);
    else if (asked.some(({ allocationId }) => allocationId === id)) refuseSetting(findings, 'eipAllocations', `${id} is listed twice`);
    else asked.push(elasticAddress(elastic, field));
  }
  return asked;
}

function privateOf({ settings }: Want, subnets: readonly Ec2Subnet[], findings: Findings): readonly StaticAddress[] {
  const field = findings.fieldOf('privateIpv4Addresses');
  const texts = [...new Set(settings.privateIpv4Addresses)];
  if (texts.length < settings.privateIpv4Addresses.length) refuseSetting(findings, 'privateIpv4Addresses', 'an address is listed twice');
  return texts.flatMap((text) => {
    const address = text as IpAddress; // parsed by a row of type ip-list
    if (subnets.some((subnet) => holds(subnet, address))) return [{ address, field }];
    const reason = familyOf(address) === 'IPv6' ? 'InvalidSetting' : 'AddressOutOfRange';
    const why = reason === 'InvalidSetting' ? 'is no IPv4 address' : 'is in no subnet of the VPC';
    findings.refusals.push({ reason, text: `${address} ${why}`, field });
    return [];
  });
}

function whatIs(
  { address, from: field }: { readonly address: IpAddress; readonly from: FieldPath },
  known: readonly Ec2Address[],
  subnets: readonly Ec2Subnet[],
  { refusals }: Findings,
): StaticAddress | undefined {
  if (familyOf(address) === 'IPv6') {
    const text = `IPv6 addresses cannot be chosen yet, so not ${address}; Amazon assigns them`;
    refusals.push({ reason: 'UnsupportedFeature', text, field, remedy: 'Remove the address' });
    return undefined;
  }
  const elastic = known.find(({ publicIp }) => publicIp === address);
  if (elastic !== undefined) return elasticAddress(elastic, field);
  if (subnets.some((subnet) => holds(subnet, address))) return { address, field };
  const text = `${address} is neither an Elastic IP of the account in this region nor in a subnet of the VPC`;
  refusals.push({ reason: 'AddressOutOfRange', text, field });
  return undefined;
}

const elasticAddress = ({ publicIp, allocationId }: Ec2Address, field: FieldPath): StaticAddress => ({
  address: publicIp as IpAddress, // EC2's own canonical text
  allocationId,
  field,
});

/** Whether an address lies in the IPv4 network of a subnet. */
export function holds({ cidr }: Pick<Ec2Subnet, 'cidr'>, address: IpAddress): boolean {
  const network = parseCidr(cidr);
  return network !== undefined && contains(network, address);
}

/** The scheme, and who said it; nobody where a mere default holds. An address that is asked for has but one it can be served in. */
export interface AskedScheme {
  readonly scheme: ElbScheme;
  readonly from?: FieldPath;
}

export function schemeOf(want: Want, [address]: readonly StaticAddress[], { refusals }: Findings): AskedScheme {
  const said: ElbScheme = want.scheme === 'internal' ? 'internal' : 'internet-facing';
  const from = want.origin.scheme;
  if (address === undefined) return from === undefined ? { scheme: said } : { scheme: said, from };
  const scheme: ElbScheme = address.allocationId === undefined ? 'internal' : 'internet-facing';
  if (from === undefined) return { scheme, from: address.field };
  if (scheme !== said) {
    const text = `${address.address} is ${kindOf(address)}, which only an ${scheme} load balancer has, and ${from} asks for an ${said} one`;
    refusals.push({ reason: 'ConflictingSettings', text, field: address.field, remedy: `Remove ${address.field} or change ${from}` });
  }
  return { scheme: said, from };
}

/** Whether this is the address of a zone. */
export const isAt = ({ allocationId, address }: StaticAddress, zone: ElbZone): boolean =>
  allocationId === undefined ? zone.privateIpv4 === address : zone.allocationId === allocationId || zone.ipv4 === address;

export const textsOf = (addresses: readonly StaticAddress[]): readonly string[] => addresses.map(({ address }) => address);

/** The addresses of a load balancer that were asked for when it was made, as far as Amazon shows them. */
export const staticAddressesOf = ({ zones }: Pick<HaveLoadBalancer, 'zones'>): readonly string[] =>
  zones.flatMap(({ ipv4, privateIpv4 }) => ipv4 ?? privateIpv4 ?? []);

/** What clients know a load balancer by: its name, and the addresses that were asked for. */
export const addressesOf = (one: Pick<HaveLoadBalancer, 'dnsName' | 'zones'>): readonly string[] => [
  one.dnsName,
  ...staticAddressesOf(one),
];

/** Of Elastic IPs that are asked for, those that serve something else. */
export function refuseBound(
  asked: readonly StaticAddress[],
  addresses: readonly Ec2Address[],
  isOwn: (address: StaticAddress) => boolean,
  { refusals }: Findings,
): void {
  for (const one of asked) {
    const elastic = addresses.find(({ allocationId }) => allocationId === one.allocationId);
    if (elastic?.associationId === undefined || isOwn(one)) continue;
    const text = `the Elastic IP ${one.address} (${elastic.allocationId}) is associated with something else`;
    refusals.push({ reason: 'AddressInUse', text, field: one.field });
  }
}
