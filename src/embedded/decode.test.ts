import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../model/json.ts';
import { decode, MisfitError } from './decode.ts';
import { leaseShape, nodeShape, openShape, serviceShape } from './kind-shapes.ts';

const head = { kind: 'Service', apiVersion: 'v1' };

test('fields are kept, dropped when empty, or filled in, as the shape says', () => {
  const { object } = decode(serviceShape, {
    ...head,
    metadata: { name: 'a', labels: {}, generation: 0 },
    spec: { ports: [{ port: 80, nodePort: 0, name: '' }], clusterIP: '', allocateLoadBalancerNodePorts: false, selector: null },
  });

  expect(object).toEqual({
    ...head,
    metadata: { name: 'a' },
    spec: { ports: [{ port: 80, targetPort: 0 }], allocateLoadBalancerNodePorts: false },
    status: { loadBalancer: {} },
  });
});

test('unknown fields are dropped and named with their place', () => {
  const { unknown } = decode(serviceShape, { ...head, nope: 1, metadata: { nor: 2 }, spec: { ports: [{ port: 1 }, { port: 2, x: 3 }] } });
  expect(unknown).toEqual(['metadata.nor', 'spec.ports[1].x', 'nope']);
});

test('kinds that are not known keep everything but know their metadata', () => {
  const { object, unknown } = decode(openShape('Pool'), {
    kind: 'Pool',
    apiVersion: 'x/v1',
    metadata: { name: 'a', zz: 1 },
    spec: { any: [null] },
  });
  expect(object).toEqual({ kind: 'Pool', apiVersion: 'x/v1', metadata: { name: 'a' }, spec: { any: [null] } });
  expect(unknown).toEqual(['metadata.zz']);
});

test('a node is filled with what nodes always say', () => {
  const { object } = decode(nodeShape, { kind: 'Node', apiVersion: 'v1' });
  expect(object['status']).toMatchObject({ daemonEndpoints: { kubeletEndpoint: { Port: 0 } }, nodeInfo: { machineID: '' } });
});

test('times are written in UTC: whole seconds, or six digits', () => {
  const lease = (spec: JsonObject) => decode(leaseShape, { kind: 'Lease', apiVersion: 'coordination.k8s.io/v1', spec }).object['spec'];
  expect(lease({ renewTime: '2026-01-01T02:00:00.000123+02:00' })).toEqual({ renewTime: '2026-01-01T00:00:00.000123Z' });

  const { object } = decode(serviceShape, { ...head, metadata: { creationTimestamp: '2026-01-01T01:00:00.5+01:00' } });
  expect(object['metadata']).toEqual({ creationTimestamp: '2026-01-01T00:00:00Z' });
});

describe('values of the wrong type are refused in the words of the API server', () => {
  test.each<[JsonObject, string, string]>([
    [
      { spec: 'x' },
      'cannot unmarshal string into Go struct field Service.spec of type v1.ServiceSpec',
      'cannot restore struct from: string',
    ],
    [
      { spec: { ports: {} } },
      'cannot unmarshal object into Go struct field ServiceSpec.spec.ports of type []v1.ServicePort',
      'cannot restore slice from map',
    ],
    [
      { spec: { selector: [] } },
      'cannot unmarshal array into Go struct field ServiceSpec.spec.selector of type map[string]string',
      'cannot restore map from slice',
    ],
    [
      { spec: { ports: [{ port: '80' }] } },
      'cannot unmarshal string into Go struct field ServicePort.spec.ports.port of type int32',
      'unrecognized type: int32',
    ],
    [
      { spec: { ports: [{ port: 1.5 }] } },
      'cannot unmarshal number 1.5 into Go struct field ServicePort.spec.ports.port of type int32',
      'unrecognized type: int32',
    ],
    [
      { spec: { ports: [{ port: 1, targetPort: true }] } },
      'cannot unmarshal bool into Go struct field ServicePort.spec.ports.targetPort of type int32',
      'unrecognized type: int32',
    ],
    [
      { spec: { clusterIP: 7 } },
      'cannot unmarshal number into Go struct field ServiceSpec.spec.clusterIP of type string',
      'cannot convert int64 to string',
    ],
    [
      { spec: { clusterIP: {} } },
      'cannot unmarshal object into Go struct field ServiceSpec.spec.clusterIP of type string',
      'unrecognized type: string',
    ],
    [
      { spec: { publishNotReadyAddresses: 1 } },
      'cannot unmarshal number into Go struct field ServiceSpec.spec.publishNotReadyAddresses of type bool',
      'unrecognized type: bool',
    ],
    [
      { metadata: { creationTimestamp: 5 } },
      'cannot unmarshal number into Go struct field ObjectMeta.metadata.creationTimestamp of type string',
      'cannot convert int64 to string',
    ],
  ])('%j', (fields, message, converting) => {
    let thrown: unknown;
    try {
      decode(serviceShape, { ...head, ...fields });
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(MisfitError);
    expect(thrown).toMatchObject({ message: `json: ${message}`, converting });
  });

  test('times', () => {
    expect(() => decode(serviceShape, { ...head, metadata: { creationTimestamp: 'now' } })).toThrow('cannot parse "now" as "2006"');
  });
});

test('null in lists and maps becomes the empty value', () => {
  const { object } = decode(serviceShape, { ...head, metadata: { labels: { a: null } }, spec: { externalIPs: [null], ports: [null] } });
  expect(object).toMatchObject({ metadata: { labels: { a: '' } }, spec: { externalIPs: [''], ports: [{ port: 0, targetPort: 0 }] } });
});
