import { BlockList } from 'node:net';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addressesOf,
  compareIp,
  contains,
  familyOf,
  fromBigInt,
  overlaps,
  parseCidr,
  parseIp,
  sizeOf,
  toBigInt,
  type Cidr,
  type IpAddress,
} from './ip.ts';

const ip = (text: string): IpAddress => parseIp(text) ?? expect.fail(`${text} is an address`);
const cidr = (text: string): Cidr => parseCidr(text) ?? expect.fail(`${text} is a network`);

const ipv4 = fc.ipV4();
const ipv6 = fc.ipV6().filter((text) => !text.includes('.'));
const network = fc.oneof(fc.tuple(ipv4, fc.integer({ min: 0, max: 32 })), fc.tuple(ipv6, fc.integer({ min: 0, max: 128 })));

describe('an address', () => {
  it.each([
    '010.0.0.1',
    '0x7f.1',
    '127.1',
    '1.2.3.4.5',
    '256.1.1.1',
    '1.2.3.4/32',
    ' 1.2.3.4',
    '',
    'fe80::1%eth0',
    ':::',
    '1:2',
    'localhost',
  ])('is not %o', (text) => {
    expect(parseIp(text)).toBeUndefined();
  });

  it('has one text', () => {
    expect(ip('2001:DB8:0:0:0:0:0:1')).toBe('2001:db8::1');
    expect(ip('10.0.0.1')).toBe('10.0.0.1');
    expect([familyOf(ip('10.0.0.1')), familyOf(ip('::1'))]).toEqual(['IPv4', 'IPv6']);
  });

  it('is a number and back (property)', () => {
    fc.assert(
      fc.property(fc.oneof(ipv4, ipv6), (text) => {
        const address = ip(text);
        expect(fromBigInt(toBigInt(address), familyOf(address))).toBe(address);
      }),
    );
  });

  it('has an order: by family, then by value', () => {
    const sorted = ['10.0.0.10', '::1', '10.0.0.9', '9.255.255.255', '::'].map(ip).sort(compareIp);
    expect(sorted).toEqual(['9.255.255.255', '10.0.0.9', '10.0.0.10', '::', '::1']);
    expect(compareIp(ip('::1'), ip('::1'))).toBe(0);
  });
});

describe('a network', () => {
  it.each(['10.0.0.0', '10.0.0.0/', '10.0.0.0/33', '10.0.0.0/08', '10.0.0.0/-1', '10.0.0.0/8/9', '::/129', 'x/8', '10.0.0.0/8 '])(
    'is not %o',
    (text) => {
      expect(parseCidr(text)).toBeUndefined();
    },
  );

  it('has its host bits cleared', () => {
    expect(cidr('10.1.2.3/8')).toBe('10.0.0.0/8');
    expect(cidr('2001:db8::ff/64')).toBe('2001:db8::/64');
    expect(cidr('192.168.0.0/0')).toBe('0.0.0.0/0');
  });

  it('holds what Node’s own block list says it holds (property)', () => {
    fc.assert(
      fc.property(network, fc.oneof(ipv4, ipv6), fc.boolean(), ([host, bits], other, near) => {
        const range = cidr(`${host}/${bits}`);
        const address = ip(near ? host : other);
        const list = new BlockList();
        list.addSubnet(host, bits, host.includes(':') ? 'ipv6' : 'ipv4');
        const sameFamily = familyOf(range) === familyOf(address);
        expect(contains(range, address)).toBe(sameFamily && list.check(address, familyOf(address) === 'IPv6' ? 'ipv6' : 'ipv4'));
      }),
      { numRuns: 500 },
    );
  });

  it('overlaps another exactly where one holds the first address of the other (property)', () => {
    fc.assert(
      fc.property(network, network, ([a, aBits], [b, bBits]) => {
        const [left, right] = [cidr(`${a}/${aBits}`), cidr(`${b}/${bBits}`)];
        const first = (range: Cidr) => ip(range.slice(0, range.indexOf('/')));
        expect(overlaps(left, right)).toBe(contains(left, first(right)) || contains(right, first(left)));
        expect(overlaps(left, left)).toBe(true);
      }),
    );
  });

  it('lists its addresses in order, as many as it has', () => {
    expect([...addressesOf(cidr('10.0.0.4/30'))]).toEqual(['10.0.0.4', '10.0.0.5', '10.0.0.6', '10.0.0.7']);
    expect([sizeOf(cidr('10.0.0.0/30')), sizeOf(cidr('::/64'))]).toEqual([4n, 2n ** 64n]);
    expect(addressesOf(cidr('2001:db8::/32')).next().value).toBe('2001:db8::');
  });
});
