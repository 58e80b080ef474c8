import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../model/json.ts';
import { serviceNamed, services, testApi } from '../client-for-tests.ts';

const lb = (spec: JsonObject): JsonObject => ({ type: 'LoadBalancer', ...spec });
const two = (second: JsonObject): JsonObject => ({
  ports: [
    { name: 'a', port: 80 },
    { name: 'b', port: 81, ...second },
  ],
});

describe('a Service is refused with the field and the reason', () => {
  test.each<[string, JsonObject]>([
    ['spec.ports: Required value', { ports: [] }],
    ['spec.type: Unsupported value: "Foo"', { type: 'Foo' }],
    ['spec.clusterIPs[0]: Invalid value: "None": may not be set to \'None\' for LoadBalancer services', lb({ clusterIP: 'None' })],
    ['spec.externalName: Required value', { type: 'ExternalName' }],
    ['spec.externalName: Invalid value: "A b"', { type: 'ExternalName', externalName: 'A b' }],
    [
      'spec.clusterIPs: Forbidden: may not be set for ExternalName services',
      { type: 'ExternalName', externalName: 'a.b', clusterIP: '10.96.0.9' },
    ],
    ['spec.ports[1].name: Duplicate value: "a"', two({ name: 'a' })],
    ['spec.ports[1].port: Invalid value: 0: must be between 1 and 65535, inclusive', two({ port: 0 })],
    ['spec.ports[1].protocol: Unsupported value: "XX"', two({ protocol: 'XX' })],
    ['spec.ports[1].targetPort: Invalid value: "a--b": must not contain consecutive hyphens', two({ targetPort: 'a--b' })],
    ['spec.ports[1].targetPort: Invalid value: "-a-": must not begin or end with a hyphen', two({ targetPort: '-a-' })],
    [
      'spec.ports[1].targetPort: Invalid value: "abcdefghijklmnop": must be no more than 15 characters',
      two({ targetPort: 'abcdefghijklmnop' }),
    ],
    ['spec.ports[1].targetPort: Invalid value: "A_b": must contain only alpha-numeric', two({ targetPort: 'A_b' })],
    ['spec.ports[1].appProtocol: Invalid value: "a b"', two({ appProtocol: 'a b' })],
    ['spec.ports[1]: Duplicate value', two({ port: 80 })],
    [
      'spec.ports[1].nodePort: Duplicate value: 30001',
      {
        type: 'NodePort',
        ports: [
          { name: 'a', port: 80, nodePort: 30_001 },
          { name: 'b', port: 80, nodePort: 30_001 },
        ],
      },
    ],
    ['spec.ports[0].nodePort: Forbidden', { ports: [{ port: 80, nodePort: 30_001 }] }],
    ['spec.selector: Invalid value: "a b"', { selector: { 'a b': 'c' } }],
    ['spec.sessionAffinity: Unsupported value: "Sticky"', { sessionAffinity: 'Sticky' }],
    [
      'spec.sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: 0',
      { sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 0 } } },
    ],
    ['spec.clusterIPs[0]: Invalid value: "x": must be a valid IP address', { clusterIP: 'x' }],
    [
      'spec.clusterIPs: Invalid value: ["None","10.96.0.9"]: \'None\' must be the first and only value',
      { clusterIP: 'None', clusterIPs: ['None', '10.96.0.9'] },
    ],
    ['spec.clusterIPs: Invalid value: ["10.96.0.9"]: first value must match', { clusterIP: '10.96.0.8', clusterIPs: ['10.96.0.9'] }],
    [
      'spec.clusterIPs: Invalid value: ["10.96.0.8","fd00:10:96::9","10.96.0.9"]: may only hold up to 2 values',
      { clusterIP: '10.96.0.8', clusterIPs: ['10.96.0.8', 'fd00:10:96::9', '10.96.0.9'] },
    ],
    ['spec.ipFamilyPolicy: Unsupported value: "Many"', { ipFamilyPolicy: 'Many' }],
    ['spec.externalIPs[0]: Invalid value: "127.0.0.1": may not be in the loopback range', { externalIPs: ['127.0.0.1'] }],
    ['spec.externalIPs[0]: Invalid value: "169.254.0.1": may not be in the link-local range', { externalIPs: ['169.254.0.1'] }],
    ['spec.externalIPs[0]: Invalid value: "224.0.0.1": may not be in the link-local multicast range', { externalIPs: ['224.0.0.1'] }],
    ['spec.externalIPs[0]: Invalid value: "0.0.0.0": may not be unspecified (0.0.0.0)', { externalIPs: ['0.0.0.0'] }],
    ['spec.externalIPs[0]: Invalid value: "010.0.0.1": must not have leading 0s', { externalIPs: ['010.0.0.1'] }],
    ['spec.externalIPs[0]: Invalid value: "::ffff:1.2.3.4": must not be an IPv4-mapped IPv6 address', { externalIPs: ['::ffff:1.2.3.4'] }],
    [
      'spec.LoadBalancerSourceRanges[0]: Invalid value: "10.0.0.1/8": must not have bits set beyond the prefix length',
      lb({ loadBalancerSourceRanges: ['10.0.0.1/8'] }),
    ],
    [
      'spec.LoadBalancerSourceRanges[0]: Invalid value: "10.0.0.0/08": must not have leading 0s',
      lb({ loadBalancerSourceRanges: ['10.0.0.0/08'] }),
    ],
    ['spec.LoadBalancerSourceRanges[0]: Invalid value: "x": must be a valid CIDR value', lb({ loadBalancerSourceRanges: [' x '] })],
    ['spec.LoadBalancerSourceRanges: Forbidden', { loadBalancerSourceRanges: ['10.0.0.0/8'] }],
    ['spec.allocateLoadBalancerNodePorts: Forbidden', { allocateLoadBalancerNodePorts: true }],
    ['spec.loadBalancerClass: Invalid value: "a/b/c"', lb({ loadBalancerClass: 'a/b/c' })],
    ['spec.loadBalancerClass: Invalid value: "/b": prefix part must be non-empty', lb({ loadBalancerClass: '/b' })],
    ['spec.loadBalancerClass: Invalid value: "A_/b": prefix part a lowercase RFC 1123 subdomain', lb({ loadBalancerClass: 'A_/b' })],
    ['spec.loadBalancerClass: Invalid value: "a/": name part must be non-empty', lb({ loadBalancerClass: 'a/' })],
    ['spec.externalTrafficPolicy: Unsupported value: "Near"', lb({ externalTrafficPolicy: 'Near' })],
    ['spec.healthCheckNodePort: Invalid value: 30001: may only be set when', lb({ healthCheckNodePort: 30_001 })],
    ['spec.internalTrafficPolicy: Unsupported value: "Near"', { internalTrafficPolicy: 'Near' }],
    ['spec.trafficDistribution: Unsupported value: "Far"', { trafficDistribution: 'Far' }],
  ])('%s', async (message, spec) => {
    const { post } = testApi();
    const { status, body } = await post(services, serviceNamed('x', spec));
    expect(status).toBe(422);
    expect(body['message']).toContain(message);
    expect(body).toMatchObject({ kind: 'Status', reason: 'Invalid', details: { name: 'x', kind: 'Service' } });
  });

  test('source ranges by annotation are checked when they are new, and only allowed on a LoadBalancer', async () => {
    const { post } = testApi();
    const key = 'service.beta.kubernetes.io/load-balancer-source-ranges';
    const wrong = await post(services, serviceNamed('a', { type: 'LoadBalancer' }, { annotations: { [key]: '10.0.0.0/8, 10.0.0.0/40' } }));
    expect(wrong.body['message']).toContain(`metadata.annotations[${key}]: Invalid value: "10.0.0.0/40"`);
    const plain = await post(services, serviceNamed('b', {}, { annotations: { [key]: ' ' } }));
    expect(plain.body['message']).toContain("may only be used when `type` is 'LoadBalancer'");
    expect((await post(services, serviceNamed('c', { type: 'LoadBalancer' }, { annotations: { [key]: ' ' } }))).status).toBe(201);
  });
});

describe('metadata is refused too', () => {
  test.each<[string, JsonObject]>([
    ['metadata.name: Invalid value: "a.b": must not contain dots', { name: 'a.b' }],
    ['metadata.name: Required value: name or generateName is required', { name: '' }],
    ['metadata.labels: Invalid value: "c d": a valid label must be', { labels: { a: 'c d' } }],
    ['metadata.annotations: Invalid value: "a b"', { annotations: { 'a b': 'c' } }],
    ['metadata.annotations: Too long: may not be more than 262144 bytes', { annotations: { a: 'x'.repeat(262_144) } }],
    ['metadata.finalizers[0]: Invalid value: "mine": name is neither', { finalizers: ['mine'] }],
    [
      'metadata.ownerReferences.uid: Invalid value: "": must not be empty',
      { ownerReferences: [{ apiVersion: 'v1', kind: 'A', name: 'b' }] },
    ],
    [
      'metadata.ownerReferences.apiVersion: Invalid value: "": version must not be empty',
      { ownerReferences: [{ kind: 'A', name: 'b', uid: 'u' }] },
    ],
  ])('%s', async (message, metadata) => {
    const { post } = testApi();
    const { status, body } = await post(services, serviceNamed('x', {}, metadata));
    expect(status).toBe(422);
    expect(body['message']).toContain(message);
  });
});
