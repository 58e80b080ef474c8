import { describe, expect, it } from 'vitest';
import { fieldPath } from '../../../src/model/ids.ts';
import type { Ec2Rule } from '../api/ec2.ts';
import { amazonQuotas, checkQuotas, withinTargets, type Counted } from './quotas.ts';
import { findings, listener, merged } from './stand-ins.ts';

const rule = (source: Ec2Rule['source']): Ec2Rule => ({ protocol: 'tcp', fromPort: 80, toPort: 80, source, description: '' });
const rules = (count: number, source: Ec2Rule['source']) => Array.from({ length: count }, () => rule(source));
const [ipv4, ipv6, list] = [{ cidr: '10.0.0.0/8' }, { cidr: '2001:db8::/32' }, { prefixList: 'pl-1' }];
const ports = (count: number) => merged(Array.from({ length: count }, (_, index) => listener('TCP', index + 1, 30_000 + index)));
const withCertificates = (count: number) =>
  merged([listener('TCP', 443, 30_443)], { sslCert: Array.from({ length: count }, (_, index) => `arn:${index}`) });

function refused(counted: Partial<Counted>, raised: Partial<typeof amazonQuotas> = {}) {
  const found = findings();
  const origin = { sourceRanges: fieldPath('spec.loadBalancerSourceRanges') };
  checkQuotas({ listeners: [], rules: [], groups: 2, ...counted }, { ...amazonQuotas, ...raised }, { origin }, found);
  return found.refusals.map(({ reason, field, text }) => `${reason} ${field}: ${text}`);
}

describe('what is over a quota', () => {
  it.each<[string, Partial<Counted>, Partial<Counted>, string]>([
    ['listeners', { listeners: ports(50) }, { listeners: ports(51) }, 'spec.ports: it takes 51 of the quota "Listeners per'],
    ['certificates', { listeners: withCertificates(26) }, { listeners: withCertificates(27) }, 'sslCert: it takes 26 of the quota "Certif'],
    ['rules', { rules: rules(60, ipv4) }, { rules: rules(61, ipv4) }, 'spec.loadBalancerSourceRanges: it takes 61 of the quota "Inb'],
    ['groups', { groups: 5 }, { groups: 6 }, 'extraSecurityGroups: it takes 6 of the quota "Security groups per'],
  ])('%s is refused by its name, and what is at it is not', (_, at, over, text) => {
    expect(refused(at)).toEqual([]);
    expect(refused(over)).toEqual([expect.stringContaining(`QuotaExceeded ${text}`)]);
  });

  it('is no more where Amazon raised it', () => {
    expect(refused({ rules: rules(200, ipv4) }, { rulesPerSecurityGroup: 200 })).toEqual([]);
  });

  it('rules are counted by family, a prefix list for both', () => {
    expect(refused({ rules: [...rules(60, ipv4), ...rules(60, ipv6)] })).toEqual([]);
    expect(refused({ rules: [...rules(60, ipv6), ...rules(1, list)] })).toHaveLength(1);
    expect(refused({ rules: [...rules(59, ipv4), ...rules(59, ipv6), ...rules(1, list)] })).toEqual([]);
  });

  it('targets are left out, and how many is said', () => {
    const found = findings();
    expect(withinTargets([1, 2, 3], { ...amazonQuotas, targets: 2 }, found)).toEqual([1, 2]);
    expect(found).toMatchObject({
      refusals: [],
      notices: [{ reason: 'QuotaExceeded', kind: 'service', text: expect.stringContaining('1 of 3 nodes get no traffic') }],
    });
    expect(withinTargets([1, 2], { ...amazonQuotas, targets: 2 }, findings())).toEqual([1, 2]);
  });
});
