import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LbError } from '../errors.ts';
import { projectNode, projectService } from './projection.ts';

const metadata = { namespace: 'shop', name: 'web', uid: 'u-1', resourceVersion: '7' };
const service = (spec: object = {}, status: object = {}, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { ...metadata, ...more },
  spec,
  status,
});

function fault(run: () => unknown): LbError {
  try {
    run();
  } catch (error) {
    if (error instanceof LbError) return error;
    throw error;
  }
  throw new Error('it did not throw');
}

describe('projectService', () => {
  it('fills in what the API server would', () => {
    expect(projectService(service({ ports: [{ port: 80 }] }))).toEqual({
      key: 'shop/web',
      namespace: 'shop',
      name: 'web',
      uid: 'u-1',
      resourceVersion: '7',
      createdAt: '',
      deleting: false,
      finalizers: [],
      annotations: {},
      type: 'ClusterIP',
      sourceRanges: [],
      externalTrafficPolicy: 'Cluster',
      healthCheckNodePort: 0,
      sessionAffinity: 'None',
      affinityTimeoutSeconds: 10_800,
      ipFamilies: [],
      ports: [{ name: '', protocol: 'TCP', port: 80, nodePort: 0 }],
      ingress: [],
      conditions: [],
    });
  });

  it('reads everything there is to read', () => {
    const condition = {
      type: 'T',
      status: 'True',
      reason: 'R',
      message: 'M',
      lastTransitionTime: '2026-01-01T00:00:00Z',
      observedGeneration: 3,
    };
    const view = projectService(
      service(
        {
          type: 'LoadBalancer',
          loadBalancerClass: 'portolan.dev/aws',
          loadBalancerIP: '192.0.2.1',
          loadBalancerSourceRanges: ['10.0.0.0/8 '],
          externalTrafficPolicy: 'Local',
          healthCheckNodePort: 30_001,
          sessionAffinity: 'ClientIP',
          sessionAffinityConfig: { clientIP: { timeoutSeconds: 60 } },
          ipFamilies: ['IPv6', 'IPv4'],
          ipFamilyPolicy: 'PreferDualStack',
          ports: [{ name: 'dns', protocol: 'UDP', port: 53, nodePort: 30_053, appProtocol: 'dns' }],
        },
        {
          loadBalancer: {
            ingress: [
              { ip: '2001:DB8::1', ipMode: 'Proxy', ports: [{ port: 53, protocol: 'UDP', error: 'Busy' }] },
              { hostname: 'lb.example.com' },
            ],
          },
          conditions: [condition],
        },
        {
          generation: 3,
          creationTimestamp: '2026-01-01T00:00:00Z',
          deletionTimestamp: '2026-01-02T00:00:00Z',
          finalizers: ['a/b'],
          annotations: { x: 'y' },
        },
      ),
    );
    expect(view).toMatchObject({
      generation: 3,
      createdAt: '2026-01-01T00:00:00Z',
      deleting: true,
      finalizers: ['a/b'],
      annotations: { x: 'y' },
      type: 'LoadBalancer',
      loadBalancerClass: 'portolan.dev/aws',
      loadBalancerIP: '192.0.2.1',
      sourceRanges: ['10.0.0.0/8 '],
      externalTrafficPolicy: 'Local',
      healthCheckNodePort: 30_001,
      sessionAffinity: 'ClientIP',
      affinityTimeoutSeconds: 60,
      ipFamilies: ['IPv6', 'IPv4'],
      ipFamilyPolicy: 'PreferDualStack',
      ports: [{ name: 'dns', protocol: 'UDP', port: 53, nodePort: 30_053, appProtocol: 'dns' }],
      ingress: [
        { ip: '2001:db8::1', ipMode: 'Proxy', ports: [{ port: 53, protocol: 'UDP', error: 'Busy' }] },
        { hostname: 'lb.example.com' },
      ],
      conditions: [condition],
    });
  });

  it('drops addresses that are none, modes nobody knows, and the copy kubectl keeps', () => {
    const view = projectService(
      service(
        {},
        { loadBalancer: { ingress: [{ ip: '010.0.0.1' }, { ip: '192.0.2.1', ipMode: 'Later' }, {}] } },
        { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{…}', kept: 'yes' } },
      ),
    );
    expect(view.ingress).toEqual([{ ip: '192.0.2.1' }]);
    expect(view.annotations).toEqual({ kept: 'yes' });
  });

  it('is frozen throughout', () => {
    const view = projectService(
      service({ ports: [{ port: 80 }] }, { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } }, { finalizers: ['a/b'] }),
    );
    for (const part of [
      view,
      view.ports,
      view.ports[0],
      view.ingress,
      view.ingress[0],
      view.finalizers,
      view.annotations,
      view.conditions,
    ]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
  });

  it.each([
    ['no metadata', { spec: {} }, 'a Service: metadata is not an object'],
    ['no UID', { metadata: { ...metadata, uid: '' }, spec: {} }, 'Service shop/web: metadata.uid is not a text'],
    ['no spec', { metadata }, 'Service shop/web: spec is not an object'],
    ['ports that are no list', service({ ports: {} }), 'Service shop/web: spec.ports is not a list of objects'],
    ['a port that is a text', service({ ports: [{ port: '80' }] }), 'Service shop/web: spec.ports[0]: port is not a whole number'],
    [
      'a protocol from the future',
      service({ ports: [{ port: 80, protocol: 'QUIC' }] }),
      'Service shop/web: spec.ports[0]: protocol is not one of TCP, UDP, SCTP',
    ],
    ['a family from the future', service({ ipFamilies: ['IPv8'] }), 'Service shop/web: spec.ipFamilies is not one of IPv4, IPv6'],
    [
      'annotations that are no texts',
      service({}, {}, { annotations: { a: 1 } }),
      'Service shop/web: metadata.annotations is not a map of texts',
    ],
    ['finalizers that are no texts', service({}, {}, { finalizers: [1] }), 'Service shop/web: metadata.finalizers is not a list of texts'],
    [
      'a condition without a status',
      service({}, { conditions: [{ type: 'T' }] }),
      'Service shop/web: status.conditions[0]: status is not one of True, False, Unknown',
    ],
    ['a text', 'web', 'a Service is no JSON object'],
  ])('refuses %s and names the field', (_, json, text) => {
    const error = fault(() => projectService(json));
    expect(error.code).toBe('InvalidObject');
    expect(error.text).toBe(text);
  });

  it('gives a view or InvalidObject for whatever comes', () => {
    fc.assert(
      fc.property(fc.record({ spec: fc.object(), status: fc.object(), more: fc.object() }), ({ spec, status, more }) => {
        const outcome = (() => {
          try {
            return projectService(service(spec, status, more)).name;
          } catch (error) {
            return error instanceof LbError ? error.code : error;
          }
        })();
        expect(typeof outcome).toBe('string');
      }),
    );
  });
});

describe('projectNode', () => {
  const node = (spec: object, addresses: unknown[], labels: object = {}) => ({
    metadata: { name: 'node-1', uid: 'n-1', resourceVersion: '1', labels },
    spec,
    status: { addresses },
  });

  it('puts internal addresses first, canonical, and drops what is none', () => {
    const view = projectNode(
      node({ providerID: 'aws:///a/i-1', taints: [{ key: 'k', effect: 'NoSchedule' }] }, [
        { type: 'ExternalIP', address: '192.0.2.1' },
        { type: 'InternalIP', address: '10.0.0.1' },
        { type: 'InternalIP', address: 'FD00::1' },
        { type: 'InternalIP', address: 'ten' },
        { type: 'Hostname', address: 'node-1' },
      ]),
    );
    expect(view).toEqual({
      name: 'node-1',
      uid: 'n-1',
      providerId: 'aws:///a/i-1',
      labels: {},
      taintKeys: ['k'],
      deleting: false,
      addresses: [
        { type: 'InternalIP', address: '10.0.0.1' },
        { type: 'InternalIP', address: 'fd00::1' },
        { type: 'ExternalIP', address: '192.0.2.1' },
      ],
    });
  });

  it.each([
    [{ 'topology.kubernetes.io/zone': 'a', 'failure-domain.beta.kubernetes.io/zone': 'b' }, 'a'],
    [{ 'failure-domain.beta.kubernetes.io/zone': 'b' }, 'b'],
    [{ 'topology.kubernetes.io/zone': '' }, undefined],
  ])('reads the zone of %o', (labels, zone) => {
    expect(projectNode(node({}, [], labels)).zone).toBe(zone);
  });

  it('needs no spec and no status', () => {
    expect(projectNode({ metadata: { name: 'n', uid: 'u' } }).addresses).toEqual([]);
  });

  it('refuses a taint without a key', () => {
    expect(fault(() => projectNode(node({ taints: [{}] }, []))).text).toBe('Node node-1: spec.taints[0]: key is not a text');
  });
});
