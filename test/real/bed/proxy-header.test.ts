import { describe, expect, it } from 'vitest';
import { readProxyHeader } from './proxy-header.ts';

/** Bytes as the specification has them. */
const hex = (...parts: readonly string[]) => Buffer.from(parts.join(''), 'hex');
const signature = '0d0a0d0a000d0a515549540a';
const request = Buffer.from('GET / HTTP/1.1\r\n\r\n');

describe.each([
  ['v1', Buffer.from('PROXY TCP4 192.0.2.1 203.0.113.1 4711 80\r\n'), 'v1 TCP4 192.0.2.1 203.0.113.1 4711 80'],
  ['v2, IPv4', hex(signature, '2111000c', 'c0000201', 'cb007101', '1267', '0050'), 'v2 192.0.2.1 203.0.113.1 4711 80'],
  [
    'v2, IPv6',
    hex(signature, '21210024', '20010db8000000000000000000000001', 'fd000080000000000000000000000002', '0001', 'ffff'),
    'v2 2001:db8::1 fd00:80::2 1 65535',
  ],
  ['v2 that names nobody', hex(signature, '20000000'), 'v2 LOCAL'],
  ['v2 of a Unix socket', hex(signature, '21310000'), 'v2 UNSPEC'],
])('%s', (_, header, text) => {
  it('is read, and what follows is left', () => {
    expect(readProxyHeader(Buffer.concat([header, request]))).toEqual({ text, length: header.length });
  });

  it('is waited for, wherever it is cut', () => {
    for (let cut = 1; cut < header.length; cut++) expect(readProxyHeader(header.subarray(0, cut)), `${cut} bytes`).toBe('incomplete');
  });
});

it.each([['GET / HTTP/1.1'], ['POST / HTTP/1.1'], ['\r\n\r\nhello'], ['hello'], [`PROXY ${'x'.repeat(120)}`]])(
  '%j begins with none',
  (text) => {
    expect(readProxyHeader(Buffer.from(text))).toEqual({ text: null, length: 0 });
  },
);
