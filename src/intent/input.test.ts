import { describe, expect, it } from 'vitest';
import { aPort, aService } from '../../test/builders/views.ts';
import type { ServiceView } from '../model/service-view.ts';
import { inputDigestOf, inputOf } from './input.ts';

const base = aService({ annotations: { 'portolan.dev/scheme': 'public' }, sourceRanges: ['10.0.0.0/8', '192.0.2.0/24'] });
const changed = (patch: Partial<ServiceView>) => inputDigestOf({ ...base, ...patch }) !== inputDigestOf(base);
const annotated = (key: string, value = 'x') => changed({ annotations: { ...base.annotations, [key]: value } });

describe('what wakes the controller', () => {
  it.each<[string, Partial<ServiceView>]>([
    ['type', { type: 'ClusterIP' }],
    ['class', { loadBalancerClass: 'example.com/x' }],
    ['loadBalancerIP', { loadBalancerIP: '192.0.2.1' }],
    ['source ranges', { sourceRanges: ['10.0.0.0/8'] }],
    ['a bad source range', { sourceRanges: ['10.0.0.0/8', 'x'] }],
    ['traffic policy', { externalTrafficPolicy: 'Local' }],
    ['health check port', { healthCheckNodePort: 31_000 }],
    ['affinity', { sessionAffinity: 'ClientIP' }],
    ['families', { ipFamilies: ['IPv4', 'IPv6'] }],
    ['family policy', { ipFamilyPolicy: 'PreferDualStack' }],
    ['a port', { ports: [aPort({ port: 81 })] }],
    ['a node port', { ports: [aPort({ nodePort: 30_081 })] }],
    ['a port name', { ports: [aPort({ name: 'http' })] }],
    ['appProtocol', { ports: [aPort({ appProtocol: 'http' })] }],
    ['a further port', { ports: [aPort(), aPort({ port: 81 })] }],
  ])('%s', (_title, patch) => {
    expect(changed(patch)).toBe(true);
  });

  it('affinity timeout, while there is affinity', () => {
    const sticky = { ...base, sessionAffinity: 'ClientIP' } as const;
    expect(inputDigestOf({ ...sticky, affinityTimeoutSeconds: 1 })).not.toBe(inputDigestOf(sticky));
    expect(changed({ affinityTimeoutSeconds: 1 })).toBe(false);
  });

  it.each([
    'portolan.dev/idle-timeout',
    'portolan.dev/shceme',
    'portolan.dv/scheme',
    'portolan.dev/load-balancer-group',
    'service.beta.kubernetes.io/aws-load-balancer-type',
    'service.beta.kubernetes.io/aws-load-balancr-type',
    'loadbalancer.openstack.org/whatever',
    'metallb.io/address-pool',
    'metallb.universe.tf/address-pool',
    'service.beta.kubernetes.io/load-balancer-source-ranges',
    'service.beta.kubernetes.io/load-balancer-source-range',
    'service.beta.kubernetes.io/azure-load-balancer-internal',
    'networking.gke.io/load-balancer-type',
    'service.kubernetes.io/qcloud-loadbalancer-internal-subnetid',
  ])('annotation %s', (key) => {
    expect(annotated(key)).toBe(true);
  });
});

describe('what does not', () => {
  it.each<[string, Partial<ServiceView>]>([
    ['status', { ingress: [{ hostname: 'a.example' }], conditions: [{ type: 'a', status: 'True', reason: 'b', message: 'c' }] }],
    ['finalizers', { finalizers: ['a'] }],
    ['deletion', { deleting: true }],
    ['resourceVersion and generation', { resourceVersion: '2', generation: 7 }],
    ['order of source ranges, and how they are written', { sourceRanges: ['192.0.2.7/24', ' 10.0.0.0/8'] }],
    ['an empty loadBalancerIP', { loadBalancerIP: '' }],
  ])('%s', (_title, patch) => {
    expect(changed(patch)).toBe(false);
  });

  it.each([
    'portolan.dev/approve',
    'portolan.dev/Applied',
    'kubectl.kubernetes.io/last-applied-configuration',
    'demo.portolan.dev/endpoints',
    'a',
  ])('annotation %s', (key) => {
    expect(annotated(key)).toBe(false);
  });

  it('blanks around a source range that is none', () => {
    const withRange = (text: string) => inputOf(aService({ sourceRanges: [text] }));
    expect(withRange(' all ')).toEqual(withRange('all'));
  });

  it('what the Service does not say at all', () => {
    const { ipFamilyPolicy: _, ...silent } = aService();
    expect(Object.keys(inputOf(silent))).not.toEqual(expect.arrayContaining(['loadBalancerClass']));
    for (const key of ['loadBalancerClass', 'loadBalancerIP', 'ipFamilyPolicy']) expect(inputOf(silent)).not.toHaveProperty(key);
  });

  it('the order in the annotation for source ranges', () => {
    const key = 'service.beta.kubernetes.io/load-balancer-source-ranges';
    const withText = (text: string) => inputOf(aService({ annotations: { [key]: text } }));
    expect(withText('192.0.2.0/24, 10.1.0.0/8')).toEqual(withText('10.0.0.0/8,192.0.2.0/24,10.0.0.0/8'));
  });
});
