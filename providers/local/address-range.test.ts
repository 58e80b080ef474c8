import { describe, expect, it } from 'vitest';
import { LbError } from '../../src/errors.ts';
import { parseCidr } from '../../src/net/ip.ts';
import { AddressRange, freeAddresses, parseRanges } from './address-range.ts';
import { connection, ip } from './test-bed.ts';

const range = (text: string) => new AddressRange(parseCidr(text) ?? expect.fail(text));

describe('the addresses of a range', () => {
  it.each([
    ['127.80.0.128/29', ['127.80.0.129', '127.80.0.130', '127.80.0.131', '127.80.0.132', '127.80.0.133', '127.80.0.134']],
    ['127.80.0.128/30', ['127.80.0.129', '127.80.0.130']],
    ['127.80.0.128/31', ['127.80.0.128', '127.80.0.129']],
    ['127.80.0.128/32', ['127.80.0.128']],
    ['fd00:80::/126', ['fd00:80::1', 'fd00:80::2']],
    ['fd00:80::/127', ['fd00:80::', 'fd00:80::1']],
    ['::1/128', ['::1']],
  ])('%s has no network and no broadcast address where it is large enough to have them', (text, addresses) => {
    const of = range(text);
    expect([...of.addresses()]).toEqual(addresses);
    expect([...of.addresses()]).toEqual(addresses);
    expect(addresses.every((address) => of.has(ip(address)))).toBe(true);
  });

  it('ends where it ends', () => {
    expect(range('127.80.0.128/25').has(ip('127.80.0.128'))).toBe(false);
    expect(range('127.80.0.128/25').has(ip('127.80.0.255'))).toBe(false);
    expect(range('127.80.0.128/25').has(ip('127.80.1.1'))).toBe(false);
  });

  it('are free in ascending order, range after range, and never more than asked for', () => {
    const ranges = [range('127.80.0.128/30'), range('127.80.1.128/30')];
    expect(freeAddresses(ranges, 'IPv4', new Set(['127.80.0.129']), 2)).toEqual(['127.80.0.130', '127.80.1.129']);
    expect(freeAddresses(ranges, 'IPv4', new Set(), 9)).toHaveLength(4);
    expect(freeAddresses([range('10.0.0.0/8')], 'IPv4', new Set(), 1)).toEqual(['10.0.0.1']);
  });

  it('are free per family, also in a range of 2^64', () => {
    const ranges = [range('127.80.0.128/30'), range('fd00:80::/64')];
    expect(freeAddresses(ranges, 'IPv6', new Set(['fd00:80::1']), 2)).toEqual(['fd00:80::2', 'fd00:80::3']);
    expect(freeAddresses(ranges, 'IPv4', new Set(), 9)).toEqual(['127.80.0.129', '127.80.0.130']);
    expect(freeAddresses(ranges.slice(0, 1), 'IPv6', new Set(), 9)).toEqual([]);
  });
});

describe('configured ranges', () => {
  it.each([
    [{ public: ['127.80.0.0/33'] }, 'is not a network'],
    [{ internal: ['fd00::/64'], public: ['fd00::/120'] }, 'overlaps fd00::/120'],
    [{ public: ['127.80.0.0/16'], internal: ['127.80.4.0/24'] }, 'overlaps 127.80.0.0/16'],
  ])('%j are refused', (ranges, text) => {
    const parse = () => parseRanges({ ...connection, ranges });
    expect(parse).toThrow(LbError);
    expect(parse).toThrow(text);
  });
});
