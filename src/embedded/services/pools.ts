import {
  contains,
  familyOf,
  fromBigInt,
  parseCidr,
  parseIp,
  sizeOf,
  toBigInt,
  type Cidr,
  type Family,
  type IpAddress,
} from '../../net/ip.ts';
import type { Ids } from '../ids.ts';

/** Why a value cannot be taken from a pool, in the API server's words; undefined where it was taken. */
type Refused = string | undefined;

/** A range of numbers, each given out once. The lower part is left to those who name a value, as Kubernetes does. */
class Pool {
  readonly #taken = new Set<bigint>();
  readonly #size: bigint;
  readonly #reserved: bigint;
  #cursor: bigint;

  constructor(size: bigint, reserved: bigint, ids: Ids) {
    this.#size = size;
    this.#reserved = reserved < size ? reserved : 0n;
    this.#cursor = this.#reserved + (BigInt(ids.below(0x7fff_ffff)) % (size > this.#reserved ? size - this.#reserved : 1n));
  }

  has(offset: bigint): boolean {
    return this.#taken.has(offset);
  }

  take(offset: bigint): boolean {
    if (this.#taken.has(offset)) return false;
    this.#taken.add(offset);
    return true;
  }

  /** The next free one after the last, from the upper part first; undefined when all are taken. */
  next(): bigint | undefined {
    const found = this.#search(this.#cursor, this.#size) ?? this.#search(this.#reserved, this.#cursor) ?? this.#search(0n, this.#reserved);
    if (found === undefined) return undefined;
    this.#taken.add(found);
    this.#cursor = found + 1n < this.#size ? found + 1n : this.#reserved;
    return found;
  }

  release(offset: bigint): void {
    this.#taken.delete(offset);
  }

  #search(from: bigint, to: bigint): bigint | undefined {
    for (let offset = from; offset < to; offset++) if (!this.#taken.has(offset)) return offset;
    return undefined;
  }
}

const clamp = (value: bigint, low: bigint, high: bigint): bigint => (value < low ? low : value > high ? high : value);

/** Node ports and health check node ports: one pool for both and for all protocols. */
export class PortPool {
  readonly #first: number;
  readonly #last: number;
  readonly #pool: Pool;

  constructor([first, last]: readonly [number, number], ids: Ids) {
    this.#first = first;
    this.#last = last;
    const size = BigInt(last - first + 1);
    this.#pool = new Pool(size, size <= 16n ? 0n : clamp(size / 32n, 16n, 128n), ids);
  }

  take(port: number): Refused {
    if (port < this.#first || port > this.#last) {
      return `provided port is not in the valid range. The range of valid ports is ${this.#first}-${this.#last}`;
    }
    return this.#pool.take(BigInt(port - this.#first)) ? undefined : 'provided port is already allocated';
  }

  has(port: number): boolean {
    return this.#pool.has(BigInt(port - this.#first));
  }

  next(): number | undefined {
    const offset = this.#pool.next();
    return offset === undefined ? undefined : this.#first + Number(offset);
  }

  release(port: number): void {
    this.#pool.release(BigInt(port - this.#first));
  }
}

/** Cluster IPs of one family. */
export class AddressPool {
  readonly family: Family;
  readonly cidr: Cidr;
  readonly #base: bigint;
  readonly #size: bigint;
  readonly #pool: Pool;

  /** @throws RangeError where the text is no network. */
  constructor(range: string, ids: Ids) {
    const cidr = parseCidr(range);
    if (cidr === undefined) throw new RangeError(`the Service range ${range} is no network`);
    this.cidr = cidr;
    this.family = familyOf(cidr);
    this.#base = toBigInt(parseIp(cidr.slice(0, cidr.indexOf('/'))) ?? ('' as IpAddress)); // the first half of a canonical network
    // The first address, and in IPv4 the last one, belong to the network itself.
    this.#size = sizeOf(cidr) - (this.family === 'IPv4' ? 2n : 1n);
    this.#pool = new Pool(this.#size, this.#size <= 16n ? 0n : clamp(this.#size / 16n, 16n, 256n), ids);
  }

  /** What a dry run shows for an address that would be chosen. */
  get sample(): string {
    return fromBigInt(this.#base, this.family);
  }

  /** @param dry true to check only. */
  take(address: string, dry: boolean): Refused {
    const ip = parseIp(address);
    const offset = ip === undefined || !contains(this.cidr, ip) ? -1n : toBigInt(ip) - this.#base - 1n;
    if (offset < 0n || offset >= this.#size) {
      return 'the provided network does not match the current range';
    }
    if (dry) return undefined;
    return this.#pool.take(offset) ? undefined : 'provided IP is already allocated';
  }

  next(): string | undefined {
    const offset = this.#pool.next();
    return offset === undefined ? undefined : fromBigInt(this.#base + 1n + offset, this.family);
  }

  release(address: string): void {
    const ip = parseIp(address);
    if (ip !== undefined) this.#pool.release(toBigInt(ip) - this.#base - 1n);
  }
}
