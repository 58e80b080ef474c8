import { expect, it } from 'vitest';
import { readProxyHeader } from './read-proxy-header.ts';

const signature = '0d0a0d0a000d0a515549540a';
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');
const text = (line: string): Buffer => Buffer.from(line, 'latin1');
const headers = [
  ['v1 of IPv4', text('PROXY TCP4 192.0.2.7 127.80.0.129 5 80\r\n'), { version: 1, client: '192.0.2.7' }],
  ['v1 of IPv6', text('PROXY TCP6 2001:DB8::7 ::1 5 80\r\n'), { version: 1, client: '2001:db8::7' }],
  ['v1 of nobody', text('PROXY UNKNOWN ffff::1 ffff::2 5 80\r\n'), { version: 1 }],
  ['v2 of IPv4', hex(`${signature}21 11 000c c0000207 7f500081 0005 0050`), { version: 2, client: '192.0.2.7' }],
  [
    'v2 of IPv6',
    hex(`${signature}21 21 0024 20010db8${'0'.repeat(22)}07 ${'0'.repeat(31)}1 0005 0050`),
    { version: 2, client: '2001:db8::7' },
  ],
  ['v2 with more than addresses', hex(`${signature}21 11 000f c0000207 7f500081 0005 0050 040000`), { version: 2, client: '192.0.2.7' }],
  ['v2 of nobody', hex(`${signature}20 00 0000`), { version: 2 }],
] as const;

it.each(headers)('reads %s whole, in whatever pieces it comes', (_, header, expected) => {
  for (let length = 1; length < header.length; length++) expect(readProxyHeader(header.subarray(0, length))).toBe('incomplete');

  expect(readProxyHeader(Buffer.concat([header, text('hello\n')]))).toEqual({ ...expected, bytes: header.length });
});

it.each([
  ['the words of a client', text('hello\n')],
  ['a word that begins like one', text('PROXIMITY\n')],
  ['a line that does not end', text(`PROXY TCP4 ${'1'.repeat(120)}`)],
  ['a version nobody knows', hex(`${signature}31 11 000c c0000207 7f500081 0005 0050`)],
])('takes %s for no header', (_, bytes) => {
  expect(readProxyHeader(bytes)).toEqual({ version: 1, bytes: 0 });
});
