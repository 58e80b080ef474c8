import { describe, expect, it } from 'vitest';
import { fieldPath } from '../../../src/model/ids.ts';
import { parseIp, type IpAddress } from '../../../src/net/ip.ts';
import { addressesAsked, staticAddressesOf } from './addresses.ts';
import { balancerOf, specOf, zone } from './compile-stand-ins.ts';

const asking = (text: string) => {
  const address = parseIp(text) ?? ('' as IpAddress); // only good ones are given
  return { family: text.includes(':') ? 'IPv6' : 'IPv4', required: true, requested: { address, from: fieldPath('x') } } as const;
};

describe('what must be known of addresses before a plan', () => {
  it.each([
    ['198.51.100.1', ['198.51.100.1']],
    ['11.0.0.1', ['11.0.0.1']],
    ['10.0.0.1', []],
    ['172.31.0.1', []],
    ['192.168.7.1', []],
    ['100.64.0.1', []],
    ['2001:db8::1', []],
  ])('%s may be the Elastic IP %j', (text, publicIps) => {
    expect(addressesAsked(specOf({ addresses: [asking(text)] }))).toEqual({ publicIps, allocationIds: [] });
  });

  it('are allocations by their ids, each once, and nothing where nothing is asked', () => {
    expect(addressesAsked(specOf({ settings: { eipAllocations: ['eipalloc-2', 'eipalloc-1', 'eipalloc-2'] } }))).toEqual({
      publicIps: [],
      allocationIds: ['eipalloc-2', 'eipalloc-1'],
    });
    expect(addressesAsked(specOf())).toEqual({ publicIps: [], allocationIds: [] });
  });
});

it('a load balancer shows the addresses that were asked for, of either kind', () => {
  const zones = [zone(1, { ipv4: '198.51.100.1', allocationId: 'eipalloc-1' }), zone(2, { privateIpv4: '10.0.2.9' }), zone(3)];
  expect(staticAddressesOf(balancerOf({ zones }))).toEqual(['198.51.100.1', '10.0.2.9']);
});
