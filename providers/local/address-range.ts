import { LbError } from '../../src/errors.ts';
import type { Scheme } from '../../src/model/spec.ts';
import {
  addressesOf,
  contains,
  familyOf,
  fromBigInt,
  overlaps,
  parseCidr,
  sizeOf,
  toBigInt,
  type Cidr,
  type Family,
  type IpAddress,
} from '../../src/net/ip.ts';
import type { Connection } from './settings.ts';

/** The networks addresses are taken from, per scheme. */
export type Ranges = Readonly<Record<Scheme, readonly AddressRange[]>>;

/**
 * The addresses of one network that a load balancer may have: neither the network's own address nor its broadcast
 * address, nor in IPv6 the first and the last one; except where there are two at most (/31, /32, /127, /128).
 */
export class AddressRange {
  readonly network: Cidr;
  readonly #reserved: readonly IpAddress[];
  readonly #ahead: Iterator<IpAddress>;
  /** The usable ones, as far as anybody looked: a search for a free address runs over all that are taken. */
  readonly #seen: IpAddress[] = [];

  constructor(network: Cidr) {
    this.network = network;
    this.#ahead = addressesOf(network);
    const [first] = addressesOf(network);
    const size = sizeOf(network);
    this.#reserved = first === undefined || size <= 2n ? [] : [first, fromBigInt(toBigInt(first) + size - 1n, familyOf(network))];
  }

  has(address: IpAddress): boolean {
    return contains(this.network, address) && !this.#reserved.includes(address);
  }

  /** The usable addresses in ascending order. */
  *addresses(): Generator<IpAddress> {
    for (let index = 0; ; index++) {
      const address = this.#seen[index] ?? this.#next();
      if (address === undefined) return;
      yield address;
    }
  }

  #next(): IpAddress | undefined {
    for (let { value, done } = this.#ahead.next(); done !== true; { value, done } = this.#ahead.next()) {
      if (this.#reserved.includes(value)) continue;
      this.#seen.push(value);
      return value;
    }
    return undefined;
  }
}

/** The first `count` addresses of a family that nobody has. */
export function freeAddresses(
  ranges: readonly AddressRange[],
  family: Family,
  taken: ReadonlySet<string>,
  count: number,
): readonly IpAddress[] {
  const free: IpAddress[] = [];
  for (const range of rangesOf(ranges, family)) {
    for (const address of range.addresses()) {
      if (free.length === count) return free;
      if (!taken.has(address)) free.push(address);
    }
  }
  return free;
}

export const rangesOf = (ranges: readonly AddressRange[], family: Family): readonly AddressRange[] =>
  ranges.filter(({ network }) => familyOf(network) === family);

/** @throws LbError InvalidConfig where a range is none, or shares an address with another one. */
export function parseRanges({ ranges }: Connection): Ranges {
  const networks: Cidr[] = [];
  const parse = (scheme: Scheme): readonly AddressRange[] =>
    (ranges[scheme] ?? []).map((text) => {
      const field = `connection.ranges.${scheme}`;
      const network = parseCidr(text);
      if (network === undefined)
        throw new LbError('InvalidConfig', `${field}: ${text} is not a network such as 127.80.0.128/25`, { field });
      const other = networks.find((known) => overlaps(known, network));
      if (other !== undefined) throw new LbError('InvalidConfig', `${field}: ${text} overlaps ${other}`, { field });
      networks.push(network);
      return new AddressRange(network);
    });
  return { public: parse('public'), internal: parse('internal') };
}
