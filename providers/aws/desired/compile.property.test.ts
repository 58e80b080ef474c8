import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { fieldPath } from '../../../src/model/ids.ts';
import { parseIp, type IpAddress } from '../../../src/net/ip.ts';
import type { HaveLoadBalancer } from '../observe/have.ts';
import { balancerOf, elastic, group, node, specOf, subnet, surroundings, zone } from './compile-stand-ins.ts';
import { compile, type Compiled } from './compile.ts';
import { listener, local } from './stand-ins.ts';

/** Fields that are there or not, so that as much is left out as is said. */
const some = <T extends object>(fields: { [Name in keyof T]: fc.Arbitrary<T[Name]> }) => fc.record(fields, { requiredKeys: [] });
const oneOf = <const T>(...values: readonly T[]) => fc.constantFrom(...values);

/** Ways to ask for addresses: none, or one that can be had as likely as all others together. */
const address = (text: string) => ({ requested: { address: parseIp(text) ?? ('' as IpAddress), from: fieldPath('spec.loadBalancerIP') } });
const places = fc.oneof(
  { weight: 4, arbitrary: fc.constant({}) },
  oneOf(
    { requested: address('198.51.100.1') },
    { requested: address('10.0.1.9') },
    { settings: { eipAllocations: ['eipalloc-1'], subnets: ['subnet-1'] } },
    { settings: { eipAllocations: ['eipalloc-3', 'eipalloc-1'] } },
    { settings: { privateIpv4Addresses: ['10.0.2.9', '10.0.1.9'] } },
    { settings: { privateIpv4Addresses: ['10.0.2.9'] } },
    { settings: { subnets: ['subnet-2', 'subnet-1'] } },
  ),
  oneOf(
    { requested: address('203.0.113.9') },
    { requested: address('10.0.1.9'), settings: { eipAllocations: ['eipalloc-1'] } },
    { settings: { eipAllocations: ['eipalloc-2', 'eipalloc-9'] } },
    { settings: { privateIpv4Addresses: ['10.9.0.1'] } },
    { settings: { subnets: ['nowhere'] } },
  ),
);

const sane = some({
  name: oneOf('web', 'other'),
  ipAddressType: oneOf<'ipv4' | 'dualstack'>('ipv4', 'dualstack'),
  resourceTags: fc.dictionary(oneOf('team', 'stage'), oneOf('a', 'b c')),
  sslCert: fc.subarray(['arn:1', 'arn:2']),
  sslPorts: oneOf(['*'], ['443']),
  proxyProtocol: oneOf<'off' | 'v2'>('off', 'v2'),
  targetGroupAttributes: oneOf({}, { 'preserve_client_ip.enabled': 'true' }),
  healthCheckInterval: oneOf(5, 10),
  securityGroups: fc.subarray(['sg-1', 'named']),
  extraSecurityGroups: fc.subarray(['sg-2']),
  manageBackendRules: fc.boolean(),
});
const strange = some({
  name: fc.constant('-bad'),
  resourceTags: fc.constant({ 'aws:x': '' }),
  sslPorts: fc.constant(['nothing']),
  targetGroupAttributes: fc.constant({ nothing: 'true' }),
  healthCheckInterval: fc.constant(400),
  securityGroups: fc.constant(['nobody']),
});
const settings = fc.oneof({ weight: 3, arbitrary: sane }, strange);

const spec = fc
  .record({
    settings,
    place: places,
    scheme: oneOf<'public' | 'internal'>('public', 'internal'),
    origin: oneOf({}, {}, { scheme: fieldPath('portolan.dev/scheme') }),
    dual: oneOf(undefined, undefined, true, false),
    ports: fc.subarray([
      listener('TCP', 53, 30_053, local),
      listener('UDP', 53, 30_053, local),
      listener('TCP', 443, 30_443),
      listener('TCP', 80, 30_080),
    ]),
    members: fc.subarray([node('a'), node('b'), node('c'), { node: 'stranger', addresses: {} }]),
  })
  .map(({ place, settings: said, dual, ports, ...more }) => ({
    ...more,
    settings: { ...said, ...('settings' in place ? place.settings : {}) },
    listeners: ports,
    addresses: [
      { family: 'IPv4' as const, required: true, ...('requested' in place ? place.requested : {}) },
      ...(dual === undefined ? [] : [{ family: 'IPv6' as const, required: dual }]),
    ],
  }));

const around = fc.subarray([0, 1]).map((ipv6) =>
  surroundings({
    subnets: [1, 2].map((number) => subnet(number, ipv6.includes(number - 1) ? { ipv6Cidrs: [`2001:db8:${number}::/64`] } : {})),
    addresses: [elastic(1), elastic(2, { associationId: 'eipassoc-2' }), elastic(3)],
    groups: [group('sg-1', 'one'), group('sg-2', 'two'), group('sg-3', 'named')],
  }),
);

const own = fc.subarray<HaveLoadBalancer>([
  balancerOf(),
  balancerOf({ scheme: 'internal' }),
  balancerOf({ name: 'web' }),
  balancerOf({ name: 'eip', zones: [zone(1, { allocationId: 'eipalloc-1', ipv4: '198.51.100.1' })] }),
]);

const everything = fc.record({ spec, around, own });

/** What Amazon would show of a load balancer that was made, or changed, as it is desired. */
function shown({ desired, kept }: Compiled): HaveLoadBalancer | undefined {
  if (desired === undefined) return undefined;
  const { name, scheme, ipAddressType, subnets } = desired.loadBalancer;
  const zones = subnets.map(({ subnetId, allocationId, privateIpv4 }) => ({
    zone: subnetId,
    subnetId,
    ...(allocationId === undefined ? {} : { allocationId, ipv4: allocationId.replace('eipalloc-', '198.51.100.') }),
    ...(privateIpv4 === undefined ? {} : { privateIpv4 }),
  }));
  return balancerOf({ ...kept, name, scheme, ipAddressType, zones });
}

it('something is desired exactly where nothing is refused, and then it is whole (property)', () => {
  fc.assert(
    fc.property(everything, (given) => {
      const { desired, refusals, kept, others } = compile(specOf(given.spec), given.around, given.own, {});
      expect(desired === undefined).toBe(refusals.length > 0);
      expect([...(kept === undefined ? [] : [kept]), ...others].toSorted(byArn)).toEqual(given.own.toSorted(byArn));
      if (desired === undefined) return;
      const { loadBalancer, listeners, frontend } = desired;
      expect(loadBalancer.subnets.length).toBeGreaterThan(0);
      expect(loadBalancer.securityGroups.includes('frontend')).toBe(frontend !== undefined);
      expect(listeners.flatMap(({ ids }) => ids).toSorted()).toEqual(given.spec.listeners.map(({ id }) => id).toSorted());
      expect(new Set(listeners.map(({ targetGroup }) => targetGroup.name)).size).toBe(listeners.length);
      if (kept !== undefined) expect([loadBalancer.name, loadBalancer.scheme]).toEqual([kept.name, kept.scheme]);
      else expect(given.own.map(({ name }) => name)).not.toContain(loadBalancer.name);
    }),
    { numRuns: 300 },
  );
});

it('is the same each time, whatever the order of nodes and annotations (property)', () => {
  fc.assert(
    fc.property(everything, (given) => {
      const first = compile(specOf(given.spec), given.around, given.own, {});
      const turned = {
        ...given.spec,
        members: given.spec.members.toReversed(),
        settings: Object.fromEntries(Object.entries(given.spec.settings).toReversed()),
      };
      expect(compile(specOf(turned), given.around, given.own, {}).desired).toEqual(first.desired);
    }),
    { numRuns: 300 },
  );
});

it('what was made as desired is kept and nothing is asked of it any more (property)', () => {
  fc.assert(
    fc.property(everything, (given) => {
      const first = compile(specOf(given.spec), given.around, given.own, {});
      const made = shown(first);
      if (made === undefined) return;
      const again = compile(specOf(given.spec), given.around, [made], {});
      expect(again).toMatchObject({ refusals: [], others: [], replaces: [] });
      expect(again.desired).toEqual(first.desired);
    }),
    { numRuns: 300 },
  );
});

it('who asks for another one is the same before the successor is there and after (property)', () => {
  fc.assert(
    fc.property(everything, (given) => {
      const first = compile(specOf(given.spec), given.around, given.own, {});
      const made = shown(first);
      if (made === undefined || first.kept !== undefined) return;
      const again = compile(specOf(given.spec), given.around, [...given.own, made], {});
      expect(again.kept).toEqual(made);
      expect(again.replaces).toEqual(first.replaces);
    }),
    { numRuns: 300 },
  );
});

const byArn = (a: HaveLoadBalancer, b: HaveLoadBalancer): number => (a.arn < b.arn ? -1 : 1);
