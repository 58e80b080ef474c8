/** The bytes are written out after the specification, not made by the code under test. */
import { describe, expect, it } from 'vitest';
import { ip } from '../test-bed.ts';
import { ownHeader, proxyHeader } from './proxy-header.ts';

const at = (address: string, port: number) => ({ address: ip(address), port });
const signature = '0d0a0d0a000d0a515549540a';

describe('version 1', () => {
  it.each([
    ['192.168.0.1', 56324, '192.168.0.11', 443, 'PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\r\n'],
    ['255.255.255.255', 65535, '255.255.255.254', 65535, 'PROXY TCP4 255.255.255.255 255.255.255.254 65535 65535\r\n'],
    ['2001:db8::7', 1, 'fd00:80::1', 80, 'PROXY TCP6 2001:db8::7 fd00:80::1 1 80\r\n'],
    ['::', 65535, '::1', 65535, 'PROXY TCP6 :: ::1 65535 65535\r\n'],
  ])('%s:%d → %s:%d is one line of ASCII', (from, fromPort, to, toPort, line) => {
    expect(proxyHeader(1, at(from, fromPort), at(to, toPort)).toString('latin1')).toBe(line);
  });

  it('is never longer than a receiver must take at once', () => {
    const longest = at('ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 65535);
    expect(proxyHeader(1, longest, longest).length).toBe(104);
    expect(proxyHeader(1, longest, longest).length).toBeLessThanOrEqual(107);
  });

  it('names no client where there is none', () => {
    expect(ownHeader(1).toString('latin1')).toBe('PROXY UNKNOWN\r\n');
  });
});

describe('version 2', () => {
  it.each([
    // version and command, family and transport, length, source, destination, source port, destination port
    ['192.0.2.33', 56324, '127.80.0.129', 443, `${signature}21 11 000c c0000221 7f500081 dc04 01bb`],
    [
      '2001:db8::7',
      1,
      'fd00:80::1',
      8080,
      `${signature}21 21 0024 20010db8000000000000000000000007 fd000080000000000000000000000001 0001 1f90`,
    ],
    ['0.0.0.1', 0, '0.0.0.2', 65535, `${signature}21 11 000c 00000001 00000002 0000 ffff`],
  ])('%s:%d → %s:%d is the signature, four bytes and the addresses in network order', (from, fromPort, to, toPort, bytes) => {
    expect(proxyHeader(2, at(from, fromPort), at(to, toPort)).toString('hex')).toBe(bytes.replaceAll(' ', ''));
  });

  it('is LOCAL and UNSPEC, without addresses, where there is no client', () => {
    expect(ownHeader(2).toString('hex')).toBe(`${signature}20000000`);
  });
});
