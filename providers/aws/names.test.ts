import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clusterId, clusterUnit, providerName, serviceKey, serviceLoadBalancer, serviceUid } from '../../src/model/ids.ts';
import type { Owner } from '../../src/model/owner.ts';
import { backendGroupName, frontendGroupName, loadBalancerName, targetGroupName, whyNoLoadBalancerName } from './names.ts';

const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
const owners: fc.Arbitrary<Owner> = fc
  .record({ cluster: fc.constantFrom('one', 'two'), uid: fc.uuid(), namespace: label, name: label })
  .map(({ cluster, uid, namespace, name }) => ({
    clusterId: clusterId(cluster),
    key: serviceLoadBalancer(serviceUid(uid)),
    services: [{ uid: serviceUid(uid), name: serviceKey(namespace, name) }],
  }));
const scheme = fc.constantFrom('internet-facing' as const, 'internal' as const);
const addresses = fc.uniqueArray(fc.ipV4(), { maxLength: 3 });
const balancers = fc.record({ owner: owners, scheme, addresses });
const groups = fc.record({
  port: fc.integer({ min: 1, max: 65_535 }),
  protocol: fc.constantFrom('TCP' as const, 'UDP' as const, 'TCP_UDP' as const, 'TLS' as const),
  ipAddressType: fc.constantFrom('ipv4' as const, 'ipv6' as const),
});
const balancerName = (of: typeof balancers extends fc.Arbitrary<infer T> ? T : never) =>
  loadBalancerName(of.owner, of.scheme, of.addresses);

const web: Owner = {
  clusterId: clusterId('cluster-1'),
  key: serviceLoadBalancer(serviceUid('uid-web')),
  services: [{ uid: serviceUid('uid-web'), name: serviceKey('default', 'my-web-frontend') }],
};

describe('names of load balancers and target groups', () => {
  it('say whose it is', () => {
    expect(loadBalancerName(web, 'internal', [])).toMatch(/^p-default-mywebfro-[0-9a-f]{10}$/);
    expect(targetGroupName(web, { loadBalancer: 'mine', port: 80, protocol: 'TCP', ipAddressType: 'ipv4' })).toMatch(
      /^p-default-mywebfro-[0-9a-f]{10}$/,
    );
  });

  it('are those of the first version for ever: what exists is found by them', () => {
    expect(loadBalancerName(web, 'internet-facing', [])).toBe('p-default-mywebfro-7a8d25fa69');
    expect(targetGroupName(web, { loadBalancer: 'mine', port: 80, protocol: 'TCP', ipAddressType: 'ipv4' })).toBe(
      'p-default-mywebfro-86eb5cc351',
    );
    expect(frontendGroupName(web)).toBe('portolan-default-my-web-frontend-99e1cb83b3');
    expect(backendGroupName(clusterId('cluster-1'), providerName('aws'))).toBe('portolan-backend-a327e075b4');
  });

  it('are ones Amazon takes', () => {
    fc.assert(
      fc.property(balancers, groups, (of, group) => {
        for (const name of [balancerName(of), targetGroupName(of.owner, { loadBalancer: balancerName(of), ...group })]) {
          expect(whyNoLoadBalancerName(name)).toBeUndefined();
        }
      }),
    );
  });

  it('differ where what they stand for differs, and only there', () => {
    fc.assert(
      fc.property(balancers, balancers, (a, b) => {
        const same = JSON.stringify(standsFor(a)) === JSON.stringify(standsFor(b));
        expect(balancerName(a) === balancerName(b)).toBe(same);
        expect(balancerName({ ...a, addresses: a.addresses.toReversed() })).toBe(balancerName(a));
      }),
    );
  });

  it('are others in the place of load balancers that could not be made, whichever comes first', () => {
    const nth = (...lost: readonly string[]) => loadBalancerName(web, 'internal', [], lost);
    expect(new Set([nth(), nth('arn:1'), nth('arn:2'), nth('arn:1', 'arn:2')]).size).toBe(4);
    expect(nth('arn:2', 'arn:1')).toBe(nth('arn:1', 'arn:2'));
  });

  const standsFor = ({ owner, ...of }: typeof balancers extends fc.Arbitrary<infer T> ? T : never) => [
    owner.clusterId,
    owner.key,
    of.scheme,
    [...of.addresses].sort(),
  ];

  it('change with the scheme and with each static address', () => {
    fc.assert(
      fc.property(balancers, fc.ipV4(), (of, other) => {
        fc.pre(!of.addresses.includes(other));
        const names = [
          balancerName({ ...of, scheme: 'internal' }),
          balancerName({ ...of, scheme: 'internet-facing' }),
          balancerName({ ...of, scheme: 'internal', addresses: [...of.addresses, other] }),
        ];
        expect(new Set(names).size).toBe(3);
      }),
    );
  });

  it('of target groups are shared by no two load balancers and no two listeners', () => {
    fc.assert(
      fc.property(balancers, fc.uniqueArray(fc.string(), { minLength: 2, maxLength: 4 }), groups, groups, (of, replaced, a, b) => {
        const names = replaced.map((loadBalancer) => targetGroupName(of.owner, { loadBalancer, ...a }));
        expect(new Set(names).size).toBe(replaced.length);
        const [one, two] = [a, b].map((group) => targetGroupName(of.owner, { loadBalancer: 'x', ...group }));
        expect(one === two).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
    );
  });

  it('of target groups differ by owner, also where both name their load balancer the same', () => {
    const other = { ...web, key: serviceLoadBalancer(serviceUid('uid-other')) };
    const group = { loadBalancer: 'mine', port: 80, protocol: 'TCP', ipAddressType: 'ipv4' } as const;
    expect(targetGroupName(other, group)).not.toBe(targetGroupName(web, group));
  });
});

describe('names of security groups', () => {
  it('are ones EC2 takes, one per owner', () => {
    fc.assert(
      fc.property(owners, owners, (a, b) => {
        expect(frontendGroupName(a)).toMatch(/^portolan-[a-z0-9-]{1,240}$/);
        expect(frontendGroupName(a) === frontendGroupName(b)).toBe(a.key === b.key && a.clusterId === b.clusterId);
      }),
    );
  });

  it('of what a cluster shares differ by cluster and by provider', () => {
    const of = (cluster: string, provider: string) => backendGroupName(clusterId(cluster), providerName(provider));
    expect(new Set([of('a', 'x'), of('a', 'y'), of('b', 'x')]).size).toBe(3);
    expect(of('a', 'x')).toBe(of('a', 'x'));
  });

  it('have no empty part where an owner names no Service', () => {
    const unit: Owner = { clusterId: clusterId('a'), key: clusterUnit(providerName('aws')), services: [] };
    expect(frontendGroupName(unit)).toMatch(/^portolan-[0-9a-f]{10}$/);
  });
});

it.each([
  ['a'.repeat(32), undefined],
  ['a'.repeat(33), 'it has 33 characters, and 32 are the most'],
  ['', 'it may only have letters, digits and -'],
  ['my_web', 'it may only have letters, digits and -'],
  ['-web', 'it may not begin or end with -'],
  ['web-', 'it may not begin or end with -'],
  ['internal-web', 'it may not begin with internal-'],
  ['internals', undefined],
])('a load balancer named %j by its user: %s', (name, why) => {
  expect(whyNoLoadBalancerName(name)).toBe(why);
});
