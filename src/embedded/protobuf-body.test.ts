import { expect, test } from 'vitest';
import { jsonOfProtobuf } from './protobuf-body.ts';

/** A message of fields: a text or a message has its length before it, a number has not. */
type Part = readonly [number: number, value: number | string | Buffer];

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return [...bytes, Number(rest)];
}

const message = (...parts: readonly Part[]): Buffer =>
  Buffer.concat(
    parts.map(([number, value]) => {
      if (typeof value === 'number') return Buffer.from([...varint(number << 3), ...varint(value)]);
      const content = Buffer.from(value);
      return Buffer.concat([Buffer.from([...varint((number << 3) | 2), ...varint(content.length)]), content]);
    }),
  );

const sent = (apiVersion: string, kind: string, object: Buffer): Buffer =>
  Buffer.concat([Buffer.from('k8s\0'), message([1, message([1, apiVersion], [2, kind])], [2, object], [3, ''], [4, ''])]);

const named = (name: string): Part => [1, message([1, name], [3, ''], [8, message()])];

test('a Service is read as the JSON it stands for', () => {
  const http = message([1, 'http'], [2, 'TCP'], [3, 80], [4, message([1, 0], [2, 8080])], [5, 0]);
  const named80 = message([1, 'named'], [3, 81], [4, message([1, 1], [3, 'web'])]);
  const spec = message(
    [1, http],
    [1, named80],
    [2, message([1, 'app'], [2, 'a'])],
    [2, message([1, 'tier'], [2, 'b'])],
    [4, 'LoadBalancer'],
    [12, -1],
    [20, 1],
    [21, 'example.com/x'],
  );

  expect(jsonOfProtobuf(sent('v1', 'Service', message(named('web'), [2, spec], [3, message([1, message()])])))).toEqual({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: '', creationTimestamp: null },
    spec: {
      ports: [
        { name: 'http', protocol: 'TCP', port: 80, targetPort: 8080, nodePort: 0 },
        { name: 'named', port: 81, targetPort: 'web' },
      ],
      selector: { app: 'a', tier: 'b' },
      type: 'LoadBalancer',
      healthCheckNodePort: -1,
      allocateLoadBalancerNodePorts: true,
      loadBalancerClass: 'example.com/x',
    },
    status: { loadBalancer: {} },
  });
});

test('bytes are written in base64, times as the API server writes them', () => {
  const metadata: Part = [1, message([1, 'key'], [8, message([1, 1_767_225_600])])];
  const secret = message(metadata, [2, message([1, 'a'], [2, Buffer.from([0xff, 0])])], [3, 'Opaque']);

  expect(jsonOfProtobuf(sent('v1', 'Secret', secret))).toEqual({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'key', creationTimestamp: '2026-01-01T00:00:00Z' },
    data: { a: '/wA=' },
    type: 'Opaque',
  });
});

test('a value that is missing in a map is an empty one', () => {
  expect(jsonOfProtobuf(sent('v1', 'ConfigMap', message([2, message([1, 'a'])])))).toMatchObject({ data: { a: '' } });
});

test.each([
  ['JSON', Buffer.from('{}')],
  ['a kind that is not served', sent('v1', 'Nothing', message())],
  ['a kind without numbers', sent('apps/v1', 'Deployment', message(named('web'), [2, message()]))],
  ['a field without a number', sent('v1', 'Namespace', message([9, 'x']))],
  ['a text where a number stands', sent('v1', 'Service', message([2, message([12, 'x'])]))],
  ['a number where a message stands', sent('v1', 'Service', message([2, 7]))],
  ['a number instead of an object', Buffer.concat([Buffer.from('k8s\0'), message([1, 7])])],
  ['broken UTF-8', sent('v1', 'Namespace', message([1, message([1, Buffer.from([0xff])])]))],
  ['a message that ends early', sent('v1', 'Namespace', message(named('web'))).subarray(0, 20)],
  ['a number without an end', Buffer.concat([Buffer.from('k8s\0'), Buffer.from([0x80])])],
  ['a number of too many bytes', Buffer.concat([Buffer.from('k8s\0'), Buffer.alloc(12, 0x80)])],
  ['another wire type', Buffer.concat([Buffer.from('k8s\0'), Buffer.from([0x0d, 0, 0, 0, 0])])],
])('%s is not read at all', (_what, body) => {
  expect(jsonOfProtobuf(body)).toBeUndefined();
});
