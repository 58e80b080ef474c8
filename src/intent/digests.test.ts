import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { capabilitiesWithout, fakeSettings } from '../../test/builders/fake-settings.ts';
import { aClass, aNode, aPort, aService } from '../../test/builders/views.ts';
import { clusterId } from '../model/ids.ts';
import type { LoadBalancerClass } from '../model/load-balancer-class.ts';
import type { ServiceView } from '../model/service-view.ts';
import { compile } from './compile.ts';
import { inputDigestOf } from './input.ts';
import { MemberSets } from './nodes.ts';

const nodes = new MemberSets().of([aNode('a')]);

function specOf(service: ServiceView, settings: LoadBalancerClass['settings'] = {}, set = nodes) {
  const intent = compile({
    service,
    clusterId: clusterId('c'),
    class: aClass({ settings }),
    table: fakeSettings,
    capabilities: () => capabilitiesWithout(),
    nodes: set,
  });
  if (intent.kind !== 'spec') throw new Error(JSON.stringify(intent.refusals));
  return intent.spec;
}

const annotation = fc.constantFrom<[string, string]>(
  ['portolan.dev/idle-timeout', '90s'],
  ['portolan.dev/algorithm', 'least-connections'],
  ['portolan.dev/tags', 'a=b,c=d'],
  ['portolan.dev/scheme', 'internal'],
  ['service.beta.kubernetes.io/azure-load-balancer-internal', 'true'],
  ['metallb.io/address-pool', 'gold'],
  ['loadbalancer.openstack.org/proxy-protocol', 'true'],
  ['example.com/other', 'note'],
);
const annotations = fc.uniqueArray(annotation, { selector: ([key]) => key });
const ranges = fc.uniqueArray(fc.constantFrom('10.0.0.0/8', '10.1.0.0/16', '192.0.2.0/24', '198.51.100.0/24', '2001:db8::/32'));

/** The same things in another order. */
const turned = <T>(items: readonly T[], by: number): T[] => {
  const at = items.length === 0 ? 0 : by % items.length;
  return [...items.slice(at), ...items.slice(0, at)].toReversed();
};

it('the same Service in another order has the same digests', () => {
  fc.assert(
    fc.property(annotations, ranges, fc.nat(), (notes, sourceRanges, by) => {
      const service = aService({ annotations: Object.fromEntries(notes), sourceRanges });
      const entries = Object.entries({
        ...service,
        annotations: Object.fromEntries(turned(notes, by)),
        sourceRanges: turned(sourceRanges, by),
      });
      const twin = Object.fromEntries(turned(entries, by)) as unknown as ServiceView; // the same fields, in another order

      const [spec, other] = [specOf(service), specOf(twin)];

      expect(inputDigestOf(twin)).toBe(inputDigestOf(service));
      expect(other.specDigest).toBe(spec.specDigest);
      expect(other.inputDigest).toBe(inputDigestOf(service));
      expect(other).toEqual(spec);
    }),
  );
});

it('digests stand still from version to version: one that moves is a change nobody made, for every Service there is', () => {
  const service = aService({ annotations: { 'portolan.dev/scheme': 'internal' }, sourceRanges: ['10.0.0.0/8'] });
  expect([inputDigestOf(service), specOf(service).specDigest, nodes.digest]).toEqual([
    'e8aebd1253707d16',
    'afde3dceebdb85f5',
    '5e61c8c845e517af',
  ]);
});

it('members and what is published are in neither digest', () => {
  const spec = specOf(aService());
  const others = new MemberSets().of([aNode('a'), aNode('b')]);

  const other = specOf(aService({ ingress: [{ hostname: 'lb.example' }] }), {}, others);

  expect([other.specDigest, other.inputDigest]).toEqual([spec.specDigest, spec.inputDigest]);
  expect(other.membersDigest).not.toBe(spec.membersDigest);
});

it('a class setting changes the spec and not the input; what says nothing new changes the input alone', () => {
  const spec = specOf(aService());

  const byClass = specOf(aService(), { idleTimeout: 5000 });
  expect(byClass.inputDigest).toBe(spec.inputDigest);
  expect(byClass.specDigest).not.toBe(spec.specDigest);

  const bySelf = specOf(aService({ ipFamilyPolicy: 'PreferDualStack' }));
  expect(bySelf.inputDigest).not.toBe(spec.inputDigest);
  expect(bySelf.specDigest).toBe(spec.specDigest);
});

it('each part of the spec is in its digest', () => {
  const variants: Partial<ServiceView>[] = [
    {},
    { ports: [aPort({ port: 81 })] },
    { ports: [aPort({ nodePort: 30_081 })] },
    { ports: [aPort({ protocol: 'UDP' })] },
    { ports: [aPort({ name: 'x' })] },
    { externalTrafficPolicy: 'Local', healthCheckNodePort: 31_000 },
    { externalTrafficPolicy: 'Local', healthCheckNodePort: 31_001 },
    { sessionAffinity: 'ClientIP' },
    { sessionAffinity: 'ClientIP', affinityTimeoutSeconds: 5 },
    { sourceRanges: ['10.0.0.0/8'] },
    { loadBalancerIP: '192.0.2.1' },
    { annotations: { 'portolan.dev/scheme': 'internal' } },
    { annotations: { 'portolan.dev/scheme': 'public' } },
    { annotations: { 'metallb.io/address-pool': 'gold' } },
    { ipFamilies: ['IPv4', 'IPv6'], ipFamilyPolicy: 'PreferDualStack' },
  ];

  const digests = variants.map((patch) => specOf(aService(patch)).specDigest);

  expect(new Set(digests).size).toBe(variants.length);
});
