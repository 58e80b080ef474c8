import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCidr } from '../../../src/net/ip.ts';
import type { Settings } from '../settings/settings.ts';
import { frontendRules, ruleKey, type FrontendAsked } from './security-rules.ts';
import { findings, listener, merged, silent, told } from './stand-ins.ts';

const ranges = (...texts: string[]) => texts.map((text) => parseCidr(text) ?? expect.fail(text));
const web = listener('TCP', 80, 30_080);
const secure = listener('TCP', 443, 30_443);
const dns = [listener('TCP', 53, 30_053), listener('UDP', 53, 30_053)];

function rulesOf(asked: Partial<FrontendAsked>, settings: Partial<Settings> = {}, listeners = [web]) {
  const found = findings();
  const of = {
    sourceRanges: [],
    rangesSaid: (asked.sourceRanges ?? []).length > 0,
    ipAddressType: 'ipv4',
    description: 'web',
    ...asked,
  } as const;
  const rules = frontendRules(merged(listeners, settings), of, { ...silent, ...settings }, found);
  return { rules, keys: rules.map(ruleKey), refused: told(found.refusals), noted: told(found.notices) };
}

describe('who may come', () => {
  it('is everyone where nobody is named, in the families there are', () => {
    expect(rulesOf({}).rules).toEqual([{ protocol: 'tcp', fromPort: 80, toPort: 80, source: { cidr: '0.0.0.0/0' }, description: 'web' }]);
    expect(rulesOf({ ipAddressType: 'dualstack' }).keys).toEqual(['tcp 80-80 cidr 0.0.0.0/0', 'tcp 80-80 cidr ::/0']);
  });

  it('is who is named, one rule per port and range', () => {
    const { keys } = rulesOf({ sourceRanges: ranges('192.0.2.0/24', '10.0.0.0/8') }, {}, [secure, web]);
    expect(keys).toEqual([
      'tcp 443-443 cidr 10.0.0.0/8',
      'tcp 443-443 cidr 192.0.2.0/24',
      'tcp 80-80 cidr 10.0.0.0/8',
      'tcp 80-80 cidr 192.0.2.0/24',
    ]);
  });

  it('is nobody where only the other family is named', () => {
    expect(rulesOf({ sourceRanges: ranges('2001:db8::/32') }).keys).toEqual([]);
    expect(rulesOf({ sourceRanges: ranges('2001:db8::/32'), ipAddressType: 'dualstack' }).keys).toEqual(['tcp 80-80 cidr 2001:db8::/32']);
  });

  it('is the prefix lists alone, unless ranges are said beside them', () => {
    const lists = { securityGroupPrefixLists: ['pl-1', 'pl-0a'] };
    expect(rulesOf({}, lists).keys).toEqual(['tcp 80-80 list pl-0a', 'tcp 80-80 list pl-1']);
    expect(rulesOf({ sourceRanges: ranges('10.0.0.0/8') }, lists).keys).toContain('tcp 80-80 cidr 10.0.0.0/8');
    expect(rulesOf({ rangesSaid: true }, lists).keys).toContain('tcp 80-80 cidr 0.0.0.0/0');
  });

  it('is no prefix list that cannot be one', () => {
    const { refused } = rulesOf({}, { securityGroupPrefixLists: ['pl-0123abcd', 'office', ''] });
    expect(refused).toEqual([
      'securityGroupPrefixLists: "office" is no prefix list such as pl-0123456789abcdef0',
      'securityGroupPrefixLists: "" is no prefix list such as pl-0123456789abcdef0',
    ]);
  });
});

it('TLS is tcp, and a listener of both protocols has both', () => {
  expect(rulesOf({}, { sslCert: ['c'], sslPorts: ['443'] }, [secure, ...dns]).keys).toEqual([
    'tcp 443-443 cidr 0.0.0.0/0',
    'tcp 53-53 cidr 0.0.0.0/0',
    'udp 53-53 cidr 0.0.0.0/0',
  ]);
});

describe('path MTU discovery', () => {
  it('opens what says that a packet is too big, once per range', () => {
    const asked = { sourceRanges: ranges('10.0.0.0/8', '2001:db8::/32'), ipAddressType: 'dualstack' } as const;
    const { keys } = rulesOf(asked, { pathMtuDiscovery: 'on' }, [web, secure]);
    expect(keys.filter((key) => key.startsWith('icmp'))).toEqual(['icmp 3-4 cidr 10.0.0.0/8', 'icmpv6 2-0 cidr 2001:db8::/32']);
  });

  it('opens nothing to prefix lists, and it is said', () => {
    const { keys, noted } = rulesOf({}, { pathMtuDiscovery: 'on', securityGroupPrefixLists: ['pl-1'] });
    expect(keys).toEqual(['tcp 80-80 list pl-1']);
    expect(noted).toEqual([expect.stringMatching(/^pathMtuDiscovery: /)]);
    expect(rulesOf({}, { pathMtuDiscovery: 'on' }).noted).toEqual([]);
  });
});

it('tells rules apart by what they permit, not by id or words', () => {
  const rule = { protocol: 'tcp', fromPort: 80, toPort: 80, source: { group: 'sg-1' }, description: 'a' } as const;
  expect(ruleKey({ ...rule, id: 'sgr-1', description: 'b' })).toBe(ruleKey(rule));
  expect(ruleKey({ ...rule, source: { cidr: 'sg-1' } })).not.toBe(ruleKey(rule));
  expect(ruleKey({ ...rule, source: { prefixList: 'sg-1' } })).not.toBe(ruleKey(rule));
  expect(ruleKey({ ...rule, toPort: 81 })).not.toBe(ruleKey(rule));
});

it('the rules are those of every port and range, each once, in one order', () => {
  const some = fc.uniqueArray(fc.constantFrom('10.0.0.0/8', '192.0.2.0/24', '198.51.100.7/32'), { minLength: 1 });
  const ports = fc.uniqueArray(fc.constantFrom(80, 443, 8080), { minLength: 1 });
  fc.assert(
    fc.property(some, ports, (cidrs, numbers) => {
      const listeners = numbers.map((port) => listener('TCP', port, 30_000 + port));
      const { keys } = rulesOf({ sourceRanges: ranges(...cidrs) }, {}, listeners);
      const again = rulesOf({ sourceRanges: ranges(...cidrs.toReversed(), ...cidrs) }, {}, listeners.toReversed());
      expect(again.keys).toEqual(keys);
      expect(keys.toSorted()).toEqual(numbers.flatMap((port) => cidrs.map((cidr) => `tcp ${port}-${port} cidr ${cidr}`)).sort());
    }),
  );
});
