import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../model/json.ts';
import { serviceNamed, services, testApi } from '../client-for-tests.ts';
import { asService, hasNodePorts, nodePortsOf } from './service-object.ts';

type Api = ReturnType<typeof testApi>;
const specOf = (body: JsonObject) =>
  body['spec'] as { clusterIP?: string; clusterIPs?: string[]; ports: { nodePort?: number }[]; healthCheckNodePort?: number }; // of a Service

/** Everything that may be held once only, as the stored Services hold it. */
function held({ api }: Api): { addresses: string[]; ports: number[] } {
  const all = api.list('', 'v1', 'services').map(asService);
  const portsOf = (service: (typeof all)[number]) => {
    const { healthCheckNodePort } = service.spec;
    const nodePorts = hasNodePorts(service) ? nodePortsOf(service) : [];
    return [...new Set(nodePorts), ...(healthCheckNodePort === undefined ? [] : [healthCheckNodePort])];
  };
  return { addresses: all.flatMap((service) => service.spec.clusterIPs ?? []), ports: all.flatMap(portsOf) };
}

const type = fc.constantFrom('ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName');
const policy = fc.constantFrom('SingleStack', 'PreferDualStack', 'RequireDualStack');
const ports = fc
  .uniqueArray(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 })
  .map((numbers) => numbers.map((port) => ({ name: `p${port}`, port })));
const edit = fc.record(
  {
    type,
    externalName: fc.constant('example.com'),
    externalTrafficPolicy: fc.constantFrom('Cluster', 'Local', null),
    allocateLoadBalancerNodePorts: fc.constantFrom(true, false, null),
    ipFamilyPolicy: policy,
    ports,
    nodePort: fc.integer({ min: 30_000, max: 30_010 }),
  },
  { requiredKeys: [] },
);
const action = fc.record({
  name: fc.constantFrom('a', 'b', 'c', 'd'),
  verb: fc.constantFrom('create', 'patch', 'put', 'delete'),
  dryRun: fc.boolean(),
  edit,
});

test('no address and no port is ever held twice, and deleting everything gives everything back', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 30 }), async (actions) => {
      const client = testApi({ nodePortRange: [30_000, 30_019], serviceCidrs: ['10.96.0.0/28', 'fd00::/124'] });
      for (const { name, verb, dryRun, edit: change } of actions) {
        const { nodePort, ports: list, ...spec } = change;
        const withPorts = (list ?? [{ name: 'p', port: 80 }]).map((port, index) =>
          index === 0 && nodePort !== undefined ? { ...port, nodePort } : port,
        );
        const query = dryRun ? '?dryRun=All' : '';
        if (verb === 'create') await client.post(`${services}${query}`, serviceNamed(name, { ...spec, ports: withPorts }));
        else if (verb === 'patch') await client.patch(`${services}/${name}${query}`, { spec: { ...spec, ports: withPorts } });
        else if (verb === 'put') await client.put(`${services}/${name}${query}`, serviceNamed(name, { ...spec, ports: withPorts }));
        else await client.remove(`${services}/${name}${query}`);

        const { addresses, ports: all } = held(client);
        expect(new Set(addresses).size).toBe(addresses.length);
        expect(new Set(all).size).toBe(all.length);
      }

      for (const name of ['a', 'b', 'c', 'd']) await client.remove(`${services}/${name}`);
      const everyPort = Array.from({ length: 20 }, (_, index) => ({ name: `p${index}`, port: index + 1, nodePort: 30_000 + index }));
      expect((await client.post(services, serviceNamed('all', { type: 'NodePort', ports: everyPort }))).status).toBe(201);
      for (let index = 1; index < 14; index++) expect((await client.post(services, serviceNamed(`s${index}`))).status).toBe(201);
    }),
    { numRuns: 60 },
  );
});

test('an ExternalName Service holds no node port, whatever it says', async () => {
  const { post, patch, remove } = testApi();
  const named = { ports: [{ port: 80, nodePort: 30_003 }] };
  await post(services, serviceNamed('holder', { type: 'NodePort', ...named }));
  expect((await post(services, serviceNamed('name', { type: 'ExternalName', externalName: 'a.b', ...named }))).status).toBe(201);

  expect((await patch(`${services}/name`, { spec: { type: 'NodePort' } })).body).toMatchObject({ code: 422 });
  await remove(`${services}/name`);
  expect((await post(services, serviceNamed('late', { type: 'NodePort', ...named }))).body).toMatchObject({ code: 422 });
});

describe('what is given', () => {
  test('TCP and UDP of one port share a node port', async () => {
    const { post } = testApi();
    const both = [
      { name: 't', port: 53 },
      { name: 'u', port: 53, protocol: 'UDP' },
    ];
    const { body } = await post(services, serviceNamed('dns', { type: 'LoadBalancer', ports: both }));
    const [tcp, udp] = specOf(body).ports;
    expect(tcp?.nodePort).toBeGreaterThanOrEqual(30_000);
    expect(udp?.nodePort).toBe(tcp?.nodePort);
  });

  test('the second protocol may ask for a node port of its own', async () => {
    const { post } = testApi();
    const ports53 = [
      { name: 't', port: 53, nodePort: 30_001 },
      { name: 'u', port: 53, protocol: 'UDP', nodePort: 30_002 },
    ];
    const { body } = await post(services, serviceNamed('dns', { type: 'NodePort', ports: ports53 }));
    expect(specOf(body).ports.map((port) => port.nodePort)).toEqual([30_001, 30_002]);
    const again = [
      { name: 't', port: 54 },
      { name: 'u', port: 54, protocol: 'UDP', nodePort: 30_001 },
    ];
    expect((await post(services, serviceNamed('other', { type: 'NodePort', ports: again }))).status).toBe(422);
  });

  test('Local gives a health check node port, Cluster takes it back', async () => {
    const { post, patch } = testApi();
    const { body } = await post(
      services,
      serviceNamed('a', { type: 'LoadBalancer', externalTrafficPolicy: 'Local', healthCheckNodePort: 30_500 }),
    );
    expect(specOf(body).healthCheckNodePort).toBe(30_500);
    expect(
      (await post(services, serviceNamed('b', { type: 'LoadBalancer', externalTrafficPolicy: 'Local', healthCheckNodePort: 30_500 })))
        .status,
    ).toBe(500);

    await patch(`${services}/a`, { spec: { externalTrafficPolicy: 'Cluster' } });
    expect(
      (await post(services, serviceNamed('b', { type: 'LoadBalancer', externalTrafficPolicy: 'Local', healthCheckNodePort: 30_500 })))
        .status,
    ).toBe(201);
  });

  test('a full range is an internal error, and nothing is lost by it', async () => {
    const { post, remove } = testApi({ nodePortRange: [30_000, 30_001], serviceCidrs: ['10.96.0.0/29'] });
    const two = [
      { name: 'a', port: 1 },
      { name: 'b', port: 2 },
    ];
    expect((await post(services, serviceNamed('full', { type: 'NodePort', ports: [...two, { name: 'c', port: 3 }] }))).body).toMatchObject({
      code: 500,
      message: 'Internal error occurred: failed to allocate a nodePort: range is full',
    });
    expect((await post(services, serviceNamed('fits', { type: 'NodePort', ports: two }))).status).toBe(201);
    const local = { type: 'LoadBalancer', externalTrafficPolicy: 'Local', allocateLoadBalancerNodePorts: false };
    expect((await post(services, serviceNamed('local', local))).body).toMatchObject({ code: 500 });
    for (let index = 0; index < 5; index++) await post(services, serviceNamed(`s${index}`));
    expect((await post(services, serviceNamed('more'))).body).toMatchObject({
      message: 'Internal error occurred: failed to allocate a serviceIP for Service "more": range is full',
    });
    await remove(`${services}/s0`);
    expect((await post(services, serviceNamed('more'))).status).toBe(201);
  });

  test('a cluster of one family has no second one', async () => {
    const { post } = testApi({ serviceCidrs: ['10.96.0.0/16'] });
    expect((await post(services, serviceNamed('a', { ipFamilyPolicy: 'RequireDualStack' }))).body).toMatchObject({
      message: expect.stringContaining('this cluster is not configured for dual-stack services'),
    });
    expect((await post(services, serviceNamed('b', { ipFamilies: ['IPv6'] }))).body).toMatchObject({
      message: expect.stringContaining('not configured on this cluster'),
    });
    expect((await post(services, serviceNamed('c', { clusterIP: 'fd00::1' }))).body).toMatchObject({
      message: expect.stringContaining('IPv6 is not configured on this cluster'),
    });
    const { body } = await post(services, serviceNamed('d', { ipFamilyPolicy: 'PreferDualStack' }));
    expect(specOf(body).clusterIPs).toHaveLength(1);
  });
});
