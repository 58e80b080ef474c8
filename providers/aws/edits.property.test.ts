import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { fieldPath } from '../../src/model/ids.ts';
import type { LoadBalancerSpec } from '../../src/model/spec.ts';
import { parseCidr, parseIp } from '../../src/net/ip.ts';
import type { Settings } from './settings/settings.ts';
import { smallRegion } from './simulator/seed-of-tests.ts';
import { gone, listener, member, spec, TestBed } from './test-bed.ts';

/** Means nothing by itself, and others need it. */
const bucket = 'access-log-s3-bucket-name';
/** Annotations that may be there, each with what may be said. */
const annotations = {
  name: fc.constantFrom('web', 'other'),
  subnets: fc.constantFrom('subnet-a', 'subnet-a,subnet-b', 'subnet-b,subnet-a'),
  'ip-address-type': fc.constantFrom('ipv4', 'dualstack'),
  'additional-resource-tags': fc.constantFrom('team=web', 'team=shop,stage=live'),
  'ssl-cert': fc.constantFrom('arn:cert/1', 'arn:cert/2,arn:cert/1', 'arn:cert/1,arn:cert/3'),
  'ssl-ports': fc.constantFrom('443', '*'),
  'backend-protocol': fc.constantFrom('ssl', 'tcp'),
  'alpn-policy': fc.constantFrom('HTTP2Preferred', 'None'),
  'proxy-protocol': fc.constant('*'),
  'proxy-protocol-per-target-group': fc.constantFrom('80', '443'),
  'target-group-attributes': fc.constantFrom(
    'deregistration_delay.timeout_seconds=30',
    'target_health_state.unhealthy.connection_termination.enabled=false,target_health_state.unhealthy.draining_interval_seconds=60',
    'preserve_client_ip.enabled=true',
    'stickiness.enabled=true',
  ),
  'target-group-attributes.443': fc.constantFrom('preserve_client_ip.enabled=false', 'proxy_protocol_v2.enabled=true'),
  'listener-attributes.TCP-80': fc.constant('tcp.idle_timeout.seconds=600'),
  'connection-draining-timeout': fc.constant('20'),
  'healthcheck-protocol': fc.constantFrom('TCP', 'HTTP', 'HTTPS'),
  'healthcheck-port': fc.constantFrom('traffic-port', '8080'),
  'healthcheck-path': fc.constant('/live'),
  'healthcheck-interval': fc.constantFrom('5', '30'),
  'security-groups': fc.constant('sg-front'),
  'extra-security-groups': fc.constant('front'),
  'manage-backend-security-group-rules': fc.constantFrom('true', 'false'),
  'security-group-prefix-lists': fc.constant('pl-1'),
  'enable-icmp-for-path-mtu-discovery': fc.constantFrom('on', 'off'),
  attributes: fc.constantFrom('deletion_protection.enabled=false', 'load_balancing.cross_zone.enabled=true'),
  'access-log-enabled': fc.constant('true'),
  [bucket]: fc.constant('logs'),
};
/** Few at a time: most pairs go together, and most dozens do not. */
const few = fc
  .tuple(fc.record(annotations), fc.subarray(Object.keys(annotations), { maxLength: 8 }))
  .map(([all, keys]) => Object.fromEntries(Object.entries(all).filter(([key]) => keys.includes(key) || key === bucket)));

const address = (text: string): Partial<LoadBalancerSpec<Settings>> => {
  const ip = parseIp(text);
  if (ip === undefined) return {};
  return { addresses: [{ family: 'IPv4', required: true, requested: { address: ip, from: fieldPath('spec.loadBalancerIP') } }] };
};
const said = fc
  .record({
    annotations: few,
    place: fc.oneof(
      { weight: 3, arbitrary: fc.constant<Partial<LoadBalancerSpec<Settings>>>({}) },
      fc.constantFrom<Partial<LoadBalancerSpec<Settings>>>(
        { scheme: 'internal', origin: { scheme: fieldPath('portolan.dev/scheme') } },
        { scheme: 'public', origin: { scheme: fieldPath('portolan.dev/scheme') } },
        address('198.51.100.1'),
        address('10.0.0.9'),
        { addresses: [{ family: 'IPv6', required: true }] },
        {
          addresses: [
            { family: 'IPv4', required: true },
            { family: 'IPv6', required: true },
          ],
        },
      ),
    ),
    ranges: fc.constantFrom([], ['10.0.0.0/8'], ['10.0.0.0/8', '2001:db8::/32']),
    ports: fc.subarray(
      [listener('TCP', 80, 30_080), listener('UDP', 53, 30_053), listener('TCP', 53, 30_053), listener('TCP', 443, 30_443)],
      { minLength: 1 },
    ),
    affinity: fc.constantFrom<LoadBalancerSpec<Settings>['affinity']>({ kind: 'none' }, { kind: 'client-ip', timeoutSeconds: 10_800 }),
    members: fc.subarray([member('a'), member('b'), member('c')]),
  })
  .map(({ annotations: texts, place, ranges, ports, affinity, members }) => {
    const sourceRanges = ranges.flatMap((range) => parseCidr(range) ?? []);
    return spec({ listeners: ports, affinity, members, sourceRanges, ...place }, texts);
  });

/** Each by a process that remembers what it did, that looks again, or that has begun a moment ago and so must look. */
const turns = fc.record({ want: said, by: fc.constantFrom('memory', 'another look', 'a new process') });

const roles = { 'kubernetes.io/role/elb': '1', 'kubernetes.io/role/internal-elb': '1' };
const subnets = smallRegion.subnets.map((subnet) => (['subnet-a', 'subnet-b'].includes(subnet.id) ? { ...subnet, tags: roles } : subnet));

const securityGroups = smallRegion.securityGroups.map((group) => ({ ...group, tags: { ...group.tags, Name: group.name } }));

/** A deleted load balancer's interfaces hold its security group and its addresses for a minute. */
const patience = 6;

it('whatever a Service says and then says instead, Amazon takes all of it, and nothing is left to do or behind (property)', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(turns, { minLength: 1, maxLength: 3 }), async (edits) => {
      const bed = await new TestBed({}, { subnets, securityGroups, prefixLists: { 'pl-1': 13 } }).startWithUnit();
      for (const { want, by } of edits) {
        if (by === 'a new process') await bed.restart();
        const maxAgeMs = by === 'memory' ? Number.POSITIVE_INFINITY : 0;
        let left: unknown = 'nothing was tried';
        for (let turn = 0; turn < patience && left !== undefined; turn++) {
          const { plan, failed, again } = await bed.pass(want, maxAgeMs);
          expect(failed.map(({ code, text }) => `${code} ${text}`)).toEqual([]);
          const isDone = plan.refusals.length > 0 || (again.steps.length === 0 && again.wait === undefined);
          left = isDone ? undefined : again.steps.map(({ id }) => id);
          bed.clock.advance(61_000);
        }
        expect(left).toBeUndefined();
      }
      for (let turn = 0; turn < patience; turn++) {
        const { failed } = await bed.pass(gone(spec().owner));
        expect(failed).toEqual([]);
        bed.clock.advance(61_000);
      }
      const { loadBalancers, targetGroups, securityGroups: groups } = bed.region.state;
      expect([loadBalancers.size, targetGroups.size]).toEqual([0, 0]);
      // The seed's own, and that of the cluster.
      expect(groups.size).toBe(4);
    }),
    { numRuns: 40 },
  );
});
