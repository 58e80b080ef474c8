import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../model/json.ts';
import { serviceNamed, services, testApi } from '../client-for-tests.ts';

const balancer = {
  type: 'LoadBalancer',
  externalTrafficPolicy: 'Local',
  loadBalancerClass: 'example.com/x',
  ports: [{ name: 'http', port: 80, nodePort: 30_080 }],
};

async function withStatus() {
  const client = testApi();
  await client.post(services, serviceNamed('web', balancer));
  await client.patch(`${services}/web/status`, { status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } } }, 'strategic');
  return client;
}

const messageOf = (body: JsonObject) => body['message'];

describe('a Service that is no LoadBalancer any more', () => {
  test('loses in the same write what only a LoadBalancer has (contract D1)', async () => {
    const { patch } = await withStatus();
    const { body } = await patch(`${services}/web`, { spec: { type: 'ClusterIP' } });

    expect(body['status']).toEqual({ loadBalancer: {} });
    expect(body['spec']).toMatchObject({ type: 'ClusterIP', ports: [{ name: 'http', port: 80, targetPort: 80, protocol: 'TCP' }] });
    for (const field of ['healthCheckNodePort', 'loadBalancerClass', 'allocateLoadBalancerNodePorts', 'externalTrafficPolicy']) {
      expect(body['spec']).not.toHaveProperty(field);
    }
    expect((body['spec'] as { ports: object[] }).ports[0]).not.toHaveProperty('nodePort'); // a Service has ports
  });

  test('keeps its node ports as a NodePort Service', async () => {
    const { patch } = await withStatus();
    const { body } = await patch(`${services}/web`, { spec: { type: 'NodePort' } });
    expect(body['spec']).toMatchObject({ ports: [{ nodePort: 30_080 }], externalTrafficPolicy: 'Local' });
  });

  test('is refused while the user holds on to source ranges, node ports or a policy', async () => {
    const { patch, post } = await withStatus();
    await post(services, serviceNamed('ranges', { ...balancer, ports: [{ port: 80 }], loadBalancerSourceRanges: ['10.0.0.0/8'] }));

    expect(messageOf((await patch(`${services}/ranges`, { spec: { type: 'ClusterIP' } })).body)).toContain(
      'spec.LoadBalancerSourceRanges: Forbidden',
    );
    const newPort = { spec: { type: 'ClusterIP', ports: [{ name: 'http', port: 80, nodePort: 30_081 }] } };
    expect(messageOf((await patch(`${services}/web`, newPort)).body)).toContain('spec.ports[0].nodePort: Forbidden');
    const newPolicy = { spec: { type: 'ClusterIP', externalTrafficPolicy: 'Cluster' } };
    expect(messageOf((await patch(`${services}/web`, newPolicy)).body)).toContain('may only be set for externally-accessible services');
    const newClass = { spec: { type: 'ClusterIP', loadBalancerClass: 'example.com/y', allocateLoadBalancerNodePorts: false } };
    expect(messageOf((await patch(`${services}/web`, newClass)).body)).toContain('spec.loadBalancerClass: Forbidden');
  });

  test('gives its addresses back as ExternalName, and gets new ones on return', async () => {
    const { patch, get } = await withStatus();
    const gone = await patch(`${services}/web`, { spec: { type: 'ExternalName', externalName: 'example.com' } });
    for (const field of ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy', 'internalTrafficPolicy']) {
      expect(gone.body['spec']).not.toHaveProperty(field);
    }

    await patch(`${services}/web`, { spec: { type: 'ClusterIP' } });
    expect((await get(`${services}/web`)).body['spec']).toMatchObject({
      clusterIP: expect.any(String),
      ipFamilies: ['IPv4'],
      internalTrafficPolicy: 'Cluster',
    });
  });
});

describe('status', () => {
  test('is not written through the Service, nor spec through the status', async () => {
    const { patch, get } = await withStatus();
    await patch(`${services}/web`, { status: { loadBalancer: { ingress: [{ ip: '192.0.2.9' }] } } });
    await patch(`${services}/web/status`, { spec: { ports: [{ port: 443 }] }, metadata: { annotations: { a: 'b' } } });

    expect((await get(`${services}/web`)).body).toMatchObject({
      metadata: { annotations: { a: 'b' } },
      spec: { ports: [{ port: 80 }] },
      status: { loadBalancer: { ingress: [{ ip: '192.0.2.1', ipMode: 'VIP' }] } },
    });
  });

  test.each<[string, JsonObject, string]>([
    ['an address that is none', { ip: 'x' }, 'must be a valid IP address'],
    ['a mode without address', { hostname: 'example.com', ipMode: 'VIP' }, 'may not be specified when `ip` is not set'],
    ['a mode that is none', { ip: '192.0.2.1', ipMode: 'Magic' }, 'supported values: "Proxy", "VIP"'],
    ['a host name that is an address', { hostname: '192.0.2.1' }, 'must be a DNS name, not an IP address'],
    ['a host name that is none', { hostname: 'A_b' }, 'a lowercase RFC 1123 subdomain'],
  ])('with %s is refused (contract F5, F6)', async (_what, entry, message) => {
    const { patch } = await withStatus();
    const { status, body } = await patch(`${services}/web/status`, { status: { loadBalancer: { ingress: [entry] } } }, 'strategic');
    expect(status).toBe(422);
    expect(messageOf(body)).toContain(message);
  });

  test('of another type may hold no ingress (contract D4)', async () => {
    const { post, patch } = testApi();
    await post(services, serviceNamed('plain'));
    const { body } = await patch(`${services}/plain/status`, { status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } } });
    expect(messageOf(body)).toContain("may only be used when `spec.type` is 'LoadBalancer'");
  });
});
