import { expect, it } from 'vitest';
import { parseCidr } from '../../../src/net/ip.ts';
import { ip } from '../test-bed.ts';
import { sourceFilter } from './source-filter.ts';

const cidr = (text: string) => parseCidr(text) ?? expect.fail(text);

it('lets everybody in without ranges, else only who is in one', () => {
  expect(sourceFilter([])(ip('192.0.2.1'))).toBe(true);
  const some = sourceFilter([cidr('10.0.0.0/8'), cidr('192.168.4.4/32'), cidr('fd00::/64')]);
  expect(['10.255.255.255', '11.0.0.0', '192.168.4.4', '192.168.4.5', 'fd00::1', 'fd00:1::1'].map((address) => some(ip(address)))).toEqual([
    true,
    false,
    true,
    false,
    true,
    false,
  ]);
  expect(sourceFilter([cidr('0.0.0.0/0')])(ip('192.0.2.1'))).toBe(true);
});
