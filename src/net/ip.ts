import { Address4, Address6 } from 'ip-address';

declare const ipBrand: unique symbol;
declare const cidrBrand: unique symbol;
/** An IP address in canonical text: `10.0.0.1`, `2001:db8::1`. */
export type IpAddress = string & { readonly [ipBrand]: true };
/** A network in canonical text, host bits cleared: `10.0.0.0/8`. */
export type Cidr = string & { readonly [cidrBrand]: true };
export type Family = 'IPv4' | 'IPv6';

/** The canonical form of an address, or undefined where the text is none. As strict as Kubernetes: no leading zeros, no zone. */
export function parseIp(text: string): IpAddress | undefined {
  if (/[%/\s]/.test(text)) return undefined;
  if (text.includes(':')) return Address6.isValid(text) ? (new Address6(text).correctForm() as IpAddress) : undefined; // canonical by construction
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(text) && Address4.isValid(text) ? (text as IpAddress) : undefined; // strict dotted quad is canonical
}

/** The canonical form of `address/bits` with host bits cleared, or undefined. Refuses `/08`, a missing length and zones. */
export function parseCidr(text: string): Cidr | undefined {
  const [host = '', bits = '', ...rest] = text.split('/');
  const ip = parseIp(host);
  if (ip === undefined || rest.length > 0 || !/^(0|[1-9]\d{0,2})$/.test(bits)) return undefined;
  const width = familyOf(ip) === 'IPv4' ? 32 : 128;
  if (Number(bits) > width) return undefined;
  const shift = BigInt(width - Number(bits));
  return `${fromBigInt((toBigInt(ip) >> shift) << shift, familyOf(ip))}/${bits}` as Cidr; // built canonical
}

export function familyOf(address: IpAddress | Cidr): Family {
  return address.includes(':') ? 'IPv6' : 'IPv4';
}

/** Whether `network` holds `address`; false across families. */
export function contains(network: Cidr, address: IpAddress): boolean {
  if (familyOf(network) !== familyOf(address)) return false;
  const { first, last } = bounds(network);
  const value = toBigInt(address);
  return value >= first && value <= last;
}

/** Whether two networks share an address; false across families. */
export function overlaps(a: Cidr, b: Cidr): boolean {
  if (familyOf(a) !== familyOf(b)) return false;
  const [left, right] = [bounds(a), bounds(b)];
  return left.first <= right.last && right.first <= left.last;
}

/** How many addresses a network holds. */
export function sizeOf(network: Cidr): bigint {
  const { first, last } = bounds(network);
  return last - first + 1n;
}

/** The addresses of a network in ascending order. A generator: a /64 is never held in memory. */
export function* addressesOf(network: Cidr): Generator<IpAddress> {
  const { first, last } = bounds(network);
  for (let value = first; value <= last; value++) yield fromBigInt(value, familyOf(network));
}

/** Orders addresses and networks by family, then by value. */
export function compareIp(a: IpAddress, b: IpAddress): number {
  const [left, right] = [toBigInt(a), toBigInt(b)];
  if (familyOf(a) !== familyOf(b)) return familyOf(a) === 'IPv4' ? -1 : 1;
  return left < right ? -1 : left > right ? 1 : 0;
}

/** An address as a number. */
export function toBigInt(address: IpAddress): bigint {
  return familyOf(address) === 'IPv4' ? new Address4(address).bigInt() : new Address6(address).bigInt();
}

/** A number as an address of a family. */
export function fromBigInt(value: bigint, family: Family): IpAddress {
  const text = family === 'IPv4' ? Address4.fromBigInt(value).correctForm() : Address6.fromBigInt(value).correctForm();
  return text as IpAddress; // the library's correct form is the canonical text
}

function bounds(network: Cidr): { first: bigint; last: bigint } {
  const slash = network.indexOf('/');
  const width = familyOf(network) === 'IPv4' ? 32n : 128n;
  const first = toBigInt(network.slice(0, slash) as IpAddress); // a Cidr holds a canonical address before its slash
  return { first, last: first + (1n << (width - BigInt(network.slice(slash + 1)))) - 1n };
}
