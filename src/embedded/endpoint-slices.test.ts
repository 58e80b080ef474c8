import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../model/json.ts';
import { serviceNamed, services, testApi } from './client-for-tests.ts';

const selected = (name: string, spec: JsonObject = {}, metadata: JsonObject = {}) =>
  serviceNamed(name, { selector: { app: name }, ...spec }, metadata);

async function withNodes(...names: string[]) {
  const client = testApi({ endpointSlices: true });
  const addNode = (name: string, addresses: readonly string[], labels: JsonObject = {}) =>
    client.post('/api/v1/nodes', {
      metadata: { name, labels },
      status: { addresses: addresses.map((address) => ({ type: 'InternalIP', address })) },
    });
  for (const [index, name] of names.entries()) await addNode(name, [`10.0.0.${index + 1}`, `fd00::${index + 1}`]);
  const slices = () => client.api.list('discovery.k8s.io', 'v1', 'endpointslices');
  const nodesOf = (name: string) => {
    const slice = client.api.get('discovery.k8s.io', 'v1', 'endpointslices', 'default', name);
    const endpoints = slice?.['endpoints'] as { nodeName: string }[] | undefined; // of a slice, if there is one
    return endpoints?.map((endpoint) => endpoint.nodeName);
  };
  return { ...client, addNode, slices, nodesOf };
}

describe('a Service with a selector', () => {
  test('has one ready endpoint on each node', async () => {
    const { post, api } = await withNodes('node-1', 'node-2');
    await post(
      services,
      selected('web', {
        ports: [
          { name: 'http', port: 80, targetPort: 8080, appProtocol: 'http' },
          { name: 'dns', port: 53, targetPort: 'dns', protocol: 'UDP' },
        ],
      }),
    );

    expect(api.get('discovery.k8s.io', 'v1', 'endpointslices', 'default', 'web-ipv4')).toMatchObject({
      metadata: { labels: { 'kubernetes.io/service-name': 'web' }, ownerReferences: [{ kind: 'Service', name: 'web' }] },
      addressType: 'IPv4',
      endpoints: [
        { addresses: ['10.0.0.1'], conditions: { ready: true, serving: true, terminating: false }, nodeName: 'node-1' },
        { addresses: ['10.0.0.2'], nodeName: 'node-2' },
      ],
      ports: [
        { name: 'http', port: 8080, protocol: 'TCP', appProtocol: 'http' },
        { name: 'dns', port: 53, protocol: 'UDP' },
      ],
    });
  });

  test('has them where its annotation says', async () => {
    const { post, patch, nodesOf } = await withNodes('node-1', 'node-2', 'node-3');
    const annotate = (value: string | null) =>
      patch(`${services}/web`, { metadata: { annotations: { 'demo.portolan.dev/endpoints': value } } });
    await post(services, selected('web', {}, { annotations: { 'demo.portolan.dev/endpoints': 'node-2' } }));
    expect(nodesOf('web-ipv4')).toEqual(['node-2']);
    await annotate('node-3, node-1, elsewhere');
    expect(nodesOf('web-ipv4')).toEqual(['node-1', 'node-3']);
    await annotate('');
    expect(nodesOf('web-ipv4')).toEqual([]);
    await annotate(null);
    expect(nodesOf('web-ipv4')).toEqual(['node-1', 'node-2', 'node-3']);
  });

  test('follows the nodes', async () => {
    const { post, remove, patch, addNode, nodesOf, slices } = await withNodes('node-1');
    await post(services, selected('web'));
    await addNode('node-2', ['10.0.0.9'], { 'topology.kubernetes.io/zone': 'z1' });
    expect(nodesOf('web-ipv4')).toEqual(['node-1', 'node-2']);
    const [slice] = slices();
    await patch('/api/v1/nodes/node-2', { metadata: { labels: { other: 'label' } } });
    expect(slices()[0]).toBe(slice);
    await remove('/api/v1/nodes/node-1');
    expect(nodesOf('web-ipv4')).toEqual(['node-2']);
    await patch('/api/v1/nodes/node-2/status', {
      status: {
        addresses: [
          { type: 'ExternalIP', address: '10.0.0.9' },
          { type: 'InternalIP', address: 'x' },
        ],
      },
    });
    expect(nodesOf('web-ipv4')).toEqual([]);
  });

  test('has a slice for each family, which goes with the family', async () => {
    const { post, patch, slices } = await withNodes('node-1');
    await post(services, selected('web', { ipFamilyPolicy: 'RequireDualStack' }));
    expect(slices().map((slice) => slice.metadata.name)).toEqual(['web-ipv4', 'web-ipv6']);
    await patch(`${services}/web`, { spec: { ipFamilyPolicy: 'SingleStack' } });
    expect(slices().map((slice) => slice.metadata.name)).toEqual(['web-ipv4']);
  });

  test('takes its slices along, and a new one of the same name gets new ones', async () => {
    const { post, remove, slices } = await withNodes('node-1');
    await post(services, selected('web'));
    await remove(`${services}/web`);
    expect(slices()).toEqual([]);
    const { body } = await post(services, selected('web'));
    expect(slices()[0]?.metadata.ownerReferences?.[0]?.uid).toBe((body['metadata'] as { uid: string }).uid); // a stored Service
  });

  test('leaves the slices of others alone', async () => {
    const { post, remove, slices } = await withNodes('node-1');
    const foreign = {
      metadata: { name: 'web-mine', labels: { 'kubernetes.io/service-name': 'web' } },
      addressType: 'IPv4',
      endpoints: [],
      ports: [],
    };
    await post('/apis/discovery.k8s.io/v1/namespaces/default/endpointslices', foreign);
    await post(services, selected('web'));
    await remove(`${services}/web`);
    expect(slices().map((slice) => slice.metadata.name)).toEqual(['web-mine']);
  });

  test('on very many nodes has several slices', async () => {
    const { post, addNode, slices } = await withNodes();
    for (let index = 0; index < 1001; index++) await addNode(`n${index}`, [`10.1.${index >> 8}.${index & 255}`]);
    await post(services, selected('web'));
    const sizeOf = (list: unknown) => (list as unknown[]).length; // the endpoints of a slice
    expect(slices().map((slice) => [slice.metadata.name, sizeOf(slice['endpoints'])])).toEqual([
      ['web-ipv4', 1000],
      ['web-ipv4-2', 1],
    ]);
  });
});

test('a namespace that is going gets no new slices', async () => {
  const { clock, post, remove, addNode, slices } = await withNodes('node-1');
  await post('/api/v1/namespaces', { metadata: { name: 'team' } });
  await post('/api/v1/namespaces/team/services', selected('web', {}, { finalizers: ['example.com/x'] }));
  await remove('/api/v1/namespaces/team');
  await clock.advanceAsync(1000);
  expect((await addNode('node-2', ['10.0.0.2'])).status).toBe(201);
  expect(slices()).toEqual([]);
});

test('a Service without selector, or of type ExternalName, has no slices; nor has any where they are switched off', async () => {
  const { post, slices } = await withNodes('node-1');
  await post(services, serviceNamed('bare'));
  await post(services, selected('name', { type: 'ExternalName', externalName: 'a.b' }));
  expect(slices()).toEqual([]);

  const off = testApi();
  await off.post(services, selected('web'));
  expect(off.api.list('discovery.k8s.io', 'v1', 'endpointslices')).toEqual([]);
});
