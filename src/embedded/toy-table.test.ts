import { describe, expect, it } from 'vitest';
import { parseIp } from '../net/ip.ts';
import { proxyHealthPort, toyTable } from './toy-table.ts';
import { toyNode, toyService, toySlice } from './toy-view.ts';

const node = (name: string, address: string, extra: object = {}) =>
  toyNode({ metadata: { name, ...extra }, status: { addresses: [{ type: 'InternalIP', address }] } });
const slice = (...nodes: string[]) =>
  toySlice({
    metadata: { name: 'web-abc', namespace: 'shop', labels: { 'kubernetes.io/service-name': 'web' } },
    endpoints: nodes.map((nodeName) => ({ addresses: ['10.244.1.1'], nodeName, conditions: { ready: true } })),
  });
const service = (spec: object) => toyService({ metadata: { name: 'web', namespace: 'shop' }, spec: { type: 'LoadBalancer', ...spec } });
const nodes = [node('a', '127.0.0.1'), node('b', '127.0.0.2')];
const port53 = [
  { protocol: 'TCP', port: 53, nodePort: 30053 },
  { protocol: 'UDP', port: 53, nodePort: 30053 },
];
const portsOf = (...args: Parameters<typeof toyTable>) => [...toyTable(...args).keys()].filter((key) => key.startsWith('node-port'));

describe('toy table', () => {
  it('opens both protocols of one number on every node and forwards to every ready endpoint', () => {
    const table = toyTable([service({ ports: port53 })], nodes, [slice('a', 'b', 'b')]);

    expect([...table.keys()].sort()).toEqual([
      'node-port TCP 127.0.0.1:30053',
      'node-port TCP 127.0.0.2:30053',
      'node-port UDP 127.0.0.1:30053',
      'node-port UDP 127.0.0.2:30053',
      `proxy-health TCP 127.0.0.1:${proxyHealthPort}`,
      `proxy-health TCP 127.0.0.2:${proxyHealthPort}`,
    ]);
    expect(table.get('node-port UDP 127.0.0.1:30053')).toMatchObject({ node: 'a', endpoints: ['a', 'b', 'b'] });
  });

  it('under Local forwards to local endpoints only, and says so on the healthCheckNodePort', () => {
    const local = service({ ports: port53.slice(0, 1), externalTrafficPolicy: 'Local', healthCheckNodePort: 31000 });
    const table = toyTable([local], nodes, [slice('b', 'b')]);

    expect(table.get('node-port TCP 127.0.0.1:30053')).toMatchObject({ endpoints: [] });
    expect(table.get('node-port TCP 127.0.0.2:30053')).toMatchObject({ endpoints: ['b', 'b'] });
    expect(table.get('service-health TCP 127.0.0.1:31000')).toMatchObject({ localEndpoints: 0 });
    expect(table.get('service-health TCP 127.0.0.2:31000')).toMatchObject({ localEndpoints: 2 });
  });

  it('keeps answering health where no endpoint is left, but refuses traffic', () => {
    const local = service({ ports: port53, externalTrafficPolicy: 'Local', healthCheckNodePort: 31000 });
    const table = toyTable([local], nodes, []);

    expect(table.get('service-health TCP 127.0.0.1:31000')).toMatchObject({ localEndpoints: 0 });
    expect(portsOf([local], nodes, [])).toEqual([]);
  });

  it('opens nothing for types without node ports, ports without one, and SCTP', () => {
    const none = [
      service({ type: 'ClusterIP', ports: port53 }),
      service({ type: 'ExternalName', externalName: 'example.com', ports: undefined }),
      service({ ports: [{ port: 80 }] }),
      service({ ports: [{ protocol: 'SCTP', port: 80, nodePort: 30080 }] }),
    ];

    expect(portsOf(none, nodes, [slice('a')])).toEqual([]);
  });

  it('opens nothing for a Node without an IPv4 InternalIP', () => {
    const table = toyTable([service({ ports: port53 })], [node('six', '::1'), toyNode({ metadata: { name: 'bare' } })], [slice('a')]);

    expect(table.size).toBe(0);
  });

  it('counts ready endpoints only; a missing condition means ready', () => {
    const endpoints = [{ nodeName: 'a' }, { nodeName: 'b', conditions: { ready: false } }, { addresses: ['1.2.3.4'] }];
    const metadata = { name: 's', namespace: 'shop', labels: { 'kubernetes.io/service-name': 'web' } };

    expect(toySlice({ metadata, endpoints })).toEqual({ service: 'shop/web', nodes: ['a'] });
    expect(toySlice({ metadata, endpoints: null }).nodes).toEqual([]);
  });

  it('takes a node that is about to go as no longer eligible', () => {
    const tainted = { metadata: { name: 'a' }, spec: { taints: [{ key: 'ToBeDeletedByClusterAutoscaler', effect: 'NoSchedule' }] } };

    expect(toyNode(tainted).eligible).toBe(false);
    expect(node('a', '127.0.0.1', { deletionTimestamp: '2026-01-01T00:00:00Z' }).eligible).toBe(false);
    expect(node('a', '127.0.0.1')).toEqual({ name: 'a', address: parseIp('127.0.0.1'), eligible: true });
  });
});
