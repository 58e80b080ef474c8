import type { Ingress } from '../../model/ingress.ts';
import { familyOf, parseIp, type Family, type IpAddress } from '../../net/ip.ts';
import type { ProviderSimulation } from '../simulation.ts';

/** What of a simulated cloud tells host names from addresses. */
type Names = Pick<ProviderSimulation, 'resolve'>;

/** Where clients of this entry connect to. */
export const clientsAddresses = ({ resolve }: Names, { ip, hostname }: Ingress): readonly IpAddress[] =>
  ip === undefined ? (resolve?.(hostname ?? '') ?? []) : [ip];

/** As `validateLoadBalancerStatus` of the API server has it; a mode only beside an address (contract F5, F6, F8). Undefined: it is good. */
export function whyNotIngress(names: Names, { ip, hostname, ipMode }: Ingress): string | undefined {
  if ((ip === undefined) === (hostname === undefined)) return 'an entry is an address or a host name';
  if (ip !== undefined) {
    if (parseIp(ip) !== ip) return `${ip} is no address in canonical form`;
    return ipMode === 'VIP' || ipMode === 'Proxy'
      ? undefined
      : `${ip} has ${ipMode === undefined ? 'no mode' : `the mode ${String(ipMode)}`}`;
  }
  const name = hostname ?? '';
  if (names.resolve === undefined) return `this cloud has no host names, and ${name} is published`;
  if (!dnsName.test(name) || name.length > 253 || parseIp(name) !== undefined) return `${name} is no host name`;
  if (ipMode !== undefined) return `${name} is a host name with a mode`;
  return names.resolve(name).length === 0 ? `nobody knows the host name ${name}` : undefined;
}

/** Addresses have the order of their entries; what host names lead to is compared without one. */
export function hasFamilies(
  names: Names,
  entries: readonly Ingress[],
  families: readonly Family[],
  namesLeadTo: 'exactly' | 'or more' = 'exactly',
): boolean {
  const found = entries.flatMap((entry) => clientsAddresses(names, entry)).map(familyOf);
  if (entries.every(({ ip }) => ip !== undefined)) return found.join() === families.join();
  const there = new Set(found);
  return families.every((family) => there.has(family)) && (namesLeadTo === 'or more' || there.size === families.length);
}

/** RFC 1123, in small letters. */
const dnsName = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
