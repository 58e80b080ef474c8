import { describe, expect, it } from 'vitest';
import type { Ingress } from '../../model/ingress.ts';
import { parseIp, type IpAddress } from '../../net/ip.ts';
import { clientsAddresses, hasFamilies, whyNotIngress } from './ingress-form.ts';

const ip = (text: string) => parseIp(text) as IpAddress; // good ones only
const [four, six] = [ip('192.0.2.1'), ip('2001:db8::1')];
const addresses = {};
const names = { resolve: (host: string) => (host === 'web.example' ? [six, four] : []) };

describe('the form of an entry', () => {
  it.each<[Ingress, string]>([
    [{}, 'an address or a host name'],
    [{ ip: four, hostname: 'web.example', ipMode: 'VIP' }, 'an address or a host name'],
    [{ ip: four }, 'no mode'],
    [{ ip: '2001:DB8::1' as IpAddress, ipMode: 'VIP' }, 'canonical'],
    [{ hostname: 'Web.example' }, 'no host name'],
    [{ hostname: '192.0.2.1' }, 'no host name'],
    [{ hostname: `${'a.'.repeat(127)}aa` }, 'no host name'],
    [{ hostname: 'web.example', ipMode: 'VIP' }, 'with a mode'],
    [{ hostname: 'gone.example' }, 'nobody knows'],
  ])('%j is refused', (entry, why) => {
    expect(whyNotIngress(names, entry)).toContain(why);
  });

  it('is an address with its mode, or a host name that leads somewhere, in a cloud that has them', () => {
    expect(whyNotIngress(addresses, { ip: four, ipMode: 'Proxy' })).toBeUndefined();
    expect(whyNotIngress(names, { ip: six, ipMode: 'VIP' })).toBeUndefined();
    expect(whyNotIngress(names, { hostname: 'web.example' })).toBeUndefined();
    expect(whyNotIngress(addresses, { hostname: 'web.example' })).toContain('has no host names');
  });
});

describe('where clients go', () => {
  it('is the address, or what the name leads to', () => {
    expect(clientsAddresses(names, { ip: four })).toEqual([four]);
    expect(clientsAddresses(names, { hostname: 'web.example' })).toEqual([six, four]);
    expect(clientsAddresses(addresses, { hostname: 'web.example' })).toEqual([]);
  });

  it('has an order between addresses, and none behind a name', () => {
    expect(hasFamilies(addresses, [{ ip: six }, { ip: four }], ['IPv4', 'IPv6'])).toBe(false);
    expect(hasFamilies(addresses, [{ ip: four }, { ip: six }], ['IPv4', 'IPv6'])).toBe(true);
    expect(hasFamilies(names, [{ hostname: 'web.example' }], ['IPv4', 'IPv6'])).toBe(true);
    expect(hasFamilies(names, [{ hostname: 'web.example' }], ['IPv4'])).toBe(false);
    expect(hasFamilies(names, [{ hostname: 'web.example' }], ['IPv4'], 'or more')).toBe(true);
    expect(hasFamilies(addresses, [{ ip: six }, { ip: four }], ['IPv6'], 'or more')).toBe(false);
    expect(hasFamilies(names, [{ hostname: 'gone.example' }], ['IPv4'])).toBe(false);
  });
});
