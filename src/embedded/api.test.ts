import { describe, expect, test } from 'vitest';
import { ManualClock } from '../clock.ts';
import { EmbeddedApi } from './api.ts';
import { serviceNamed, services, testApi } from './client-for-tests.ts';

test('two runs with one seed answer the same, two seeds do not', async () => {
  const story = async (seed: number) => {
    const { post, get } = testApi({ seed });
    await post(services, { metadata: { generateName: 'web-' }, spec: { type: 'LoadBalancer', ports: [{ port: 80 }] } });
    return [(await get(services)).body, (await get('/api/v1/namespaces')).body];
  };
  expect(await story(1)).toEqual(await story(1));
  expect(await story(1)).not.toEqual(await story(2));
});

test('the namespaces every cluster has are there, with UIDs', () => {
  const api = new EmbeddedApi({ clock: new ManualClock() });
  const namespaces = api.list('', 'v1', 'namespaces');
  expect(namespaces.map((one) => one.metadata.name)).toEqual(['default', 'kube-node-lease', 'kube-public', 'kube-system']);
  expect(new Set(namespaces.map((one) => one.metadata.uid)).size).toBe(4);
});

test('objects can be read without a request, of one namespace or of all', async () => {
  const { api, post } = testApi();
  await post(services, serviceNamed('a'));
  await post('/api/v1/namespaces/kube-system/services', serviceNamed('b'));
  const about = { kind: 'Service', name: 'a', namespace: 'default' };
  await post('/api/v1/namespaces/default/events', { metadata: { name: 'e' }, involvedObject: about, message: 'M' });

  expect(api.get('', 'v1', 'services', 'default', 'a')?.metadata.name).toBe('a');
  expect(api.get('', 'v1', 'services', 'default', 'b')).toBeUndefined();
  expect(api.get('', 'v1', 'namespaces', undefined, 'default')).toMatchObject({ kind: 'Namespace' });
  expect(api.list('', 'v1', 'services').map((one) => one.metadata.name)).toEqual(['a', 'b']);
  expect(api.list('', 'v1', 'services', 'kube-system')).toHaveLength(1);
  expect(api.list('events.k8s.io', 'v1', 'events')).toMatchObject([{ apiVersion: 'events.k8s.io/v1', note: 'M', regarding: about }]);
  expect(api.list('none', 'v1', 'wonders')).toEqual([]);
  expect(api.get('none', 'v1', 'wonders', 'default', 'a')).toBeUndefined();
});

test('every request is logged with what it was and how it ended', async () => {
  const { api, clock, post } = testApi();
  clock.advance(5000);
  await api.request({ method: 'GET', path: '/readyz?verbose', headers: { 'user-agent': 'me/1' } });
  await post(`${services}?dryRun=All`, serviceNamed('a'));
  await post(services, serviceNamed('a'));
  api.faults.add({ kind: 'drop', when: 'before' });
  await post(services, serviceNamed('b')).catch(() => undefined);

  expect(api.log.map(({ method, status, mutating }) => [method, status, mutating])).toEqual([
    ['GET', 200, false],
    ['POST', 201, false],
    ['POST', 201, true],
    ['POST', 0, true],
  ]);
  expect(api.log[0]).toEqual({ method: 'GET', path: '/readyz?verbose', status: 200, at: clock.now(), mutating: false, userAgent: 'me/1' });
  api.clearLog();
  expect(api.log).toEqual([]);
});

test('a closed API answers nobody', async () => {
  const { api, get, clock, remove, post } = testApi();
  await post('/api/v1/namespaces', { metadata: { name: 'team' } });
  await remove('/api/v1/namespaces/team');
  api.close();
  await expect(get('/healthz')).rejects.toMatchObject({ code: 'ApiUnavailable' });
  expect(clock.nextDueMs()).toBeUndefined();
});

describe('paths', () => {
  test('health, version and discovery', async () => {
    const { get } = testApi();
    for (const path of ['/healthz', '/readyz', '/livez', '/livez/ping'])
      expect(await get(path)).toEqual({ status: 200, body: { text: 'ok' } });
    expect((await get('/version')).body).toMatchObject({ gitVersion: 'v1.36.3' });
    expect((await get('/api')).body).toMatchObject({ versions: ['v1'] });
    expect((await get('/apis')).body).toMatchObject({ kind: 'APIGroupList' });
    expect((await get('/apis/apps')).body).toMatchObject({
      versions: [{ version: 'v1' }, { version: 'v1beta1' }],
      preferredVersion: { version: 'v1' },
    });
    expect((await get('/api/v1')).body['resources']).toContainEqual(
      expect.objectContaining({ name: 'services', kind: 'Service', shortNames: ['svc'], namespaced: true }),
    );
    expect((await get('/apis/apps/v1')).body['resources']).toContainEqual(
      expect.objectContaining({ name: 'deployments', categories: ['all'] }),
    );
    expect((await get('/api/v1')).body['resources']).toContainEqual(
      expect.objectContaining({ name: 'nodes/status', verbs: ['get', 'patch', 'update'] }),
    );
    for (const path of ['/apis/none', '/apis/none/v1', '/apis/apps/v9', '/apis/apps/v1/x/y/z/a/b', '/nowhere'])
      expect((await get(path)).status).toBe(404);
  });

  test('as much OpenAPI as kubectl needs', async () => {
    const { get } = testApi();
    expect((await get('/openapi/v3')).body).toMatchObject({ paths: { 'api/v1': {}, 'apis/apps/v1': {} } });
    const { body } = await get('/openapi/v3/apis/apps/v1');
    expect(body).toMatchObject({ paths: { '/apis/apps/v1/deployments/{name}': { patch: { parameters: [{ name: 'fieldValidation' }] } } } });
    const core = (await get('/openapi/v3/api/v1')).body;
    const port = {
      properties: { port: { type: 'integer', format: 'int32' }, targetPort: { allOf: [{ $ref: expect.stringMatching(/IntOrString$/) }] } },
    };
    const ports = { type: 'array', items: { allOf: [{ $ref: '#/components/schemas/io.k8s.api.core.v1.ServicePort' }] } };
    expect(core).toMatchObject({
      components: {
        schemas: {
          'io.k8s.api.core.v1.Service': { 'x-kubernetes-group-version-kind': [{ group: '', version: 'v1', kind: 'Service' }] },
          'io.k8s.api.core.v1.ServiceSpec': { properties: { ports, selector: { additionalProperties: { type: 'string' } } } },
          'io.k8s.api.core.v1.ServicePort': port,
          'io.k8s.api.core.v1.ObjectMeta': { properties: { creationTimestamp: { type: 'string', format: 'date-time' } } },
        },
      },
    });
    for (const path of ['/openapi/v3/apis/none/v1', '/openapi/v3/zz/apps/v1', '/openapi/v2']) expect((await get(path)).status).toBe(404);
  });
});

describe('resources nobody declared', () => {
  const pool = {
    apiVersion: 'metallb.io/v1beta1',
    kind: 'IPAddressPool',
    metadata: { name: 'pool' },
    spec: { addresses: ['10.0.0.0/24'] },
  };
  const pools = '/apis/metallb.io/v1beta1/namespaces/default/ipaddresspools';

  test('are declared by the first object written to them', async () => {
    const { get, post, patch, put } = testApi();
    expect((await get(pools)).status).toBe(404);
    expect((await post(pools, {})).status).toBe(404);
    expect((await post(pools, pool)).body).toMatchObject({ ...pool, metadata: { namespace: 'default', generation: 1 } });
    expect((await get(pools)).body['items']).toMatchObject([{ kind: 'IPAddressPool', apiVersion: 'metallb.io/v1beta1' }]);
    expect((await patch(`${pools}/pool`, { spec: { addresses: [] } })).body).toMatchObject({
      metadata: { generation: 2 },
      spec: { addresses: [] },
    });
    expect((await patch(`${pools}/pool`, { spec: {} }, 'strategic')).status).toBe(415);
    expect((await put(`${pools}/pool`, pool)).body).toMatchObject({
      code: 422,
      message: expect.stringContaining('must be specified for an update'),
    });
    expect((await get(`${pools}/pool/status`)).status).toBe(404);
  });

  test('but not in groups of Kubernetes itself', async () => {
    const { post } = testApi();
    expect((await post('/apis/policy.k8s.io/v1/wonders', { kind: 'Wonder', metadata: { name: 'a' } })).status).toBe(404);
  });

  test('may be declared by a CustomResourceDefinition, with a status of their own', async () => {
    const { get, post, patch, put } = testApi();
    const names = { kind: 'Pool', plural: 'pools', singular: 'pool', shortNames: ['pl', 7], categories: ['all', 7] };
    const versions = [{ name: 'v1', served: true, subresources: { status: {} } }, { name: 'v0', served: false }, 'x'];
    const definition = { metadata: { name: 'pools.example.com' }, spec: { group: 'example.com', scope: 'Cluster', names, versions } };
    const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    for (const [index, broken] of [
      {},
      { spec: 'x' },
      { spec: { group: 'g', names: {}, versions: [] } },
      { spec: { group: 'g' } },
    ].entries()) {
      await post(definitions, { metadata: { name: `broken${index}` }, ...broken });
    }
    await post(definitions, definition);

    expect((await get(`${definitions}/pools.example.com`)).body['status']).toMatchObject({
      conditions: [{ type: 'NamesAccepted' }, { type: 'Established' }],
    });
    expect((await get('/apis/example.com/v0')).status).toBe(404);
    expect((await get('/apis/example.com/v1')).body['resources']).toContainEqual(
      expect.objectContaining({ name: 'pools', shortNames: ['pl'], categories: ['all'] }),
    );
    const posted = await post('/apis/example.com/v1/pools', {
      apiVersion: 'example.com/v1',
      kind: 'Pool',
      metadata: { name: 'a' },
      spec: { n: 1 },
      status: { used: 9 },
    });
    expect(posted.body).not.toHaveProperty('status');
    const change = { metadata: { labels: { a: 'b' } }, spec: { n: 2 }, status: { used: 1 } };
    expect((await patch('/apis/example.com/v1/pools/a/status', change)).body).toMatchObject({
      spec: { n: 1 },
      status: { used: 1 },
      metadata: { generation: 1 },
    });
    expect((await get('/apis/example.com/v1/pools/a')).body['metadata']).not.toHaveProperty('labels');
    const { body } = await patch('/apis/example.com/v1/pools/a', { spec: { n: 3 }, status: { used: 5 } });
    expect(body).toMatchObject({ spec: { n: 3 }, status: { used: 1 }, metadata: { generation: 2 } });
    expect((await put('/apis/example.com/v1/pools/b', { ...body, metadata: { name: 'b' } })).status).toBe(404);
  });
});

test('kinds of older tutorials are stored as they are', async () => {
  const { post, get, patch } = testApi();
  const ingress = { apiVersion: 'extensions/v1beta1', kind: 'Ingress', metadata: { name: 'i' }, spec: { rules: [{ host: 'a' }] } };
  expect((await post('/apis/extensions/v1beta1/namespaces/default/ingresses', ingress)).body).toMatchObject(ingress);
  const deployment = {
    kind: 'Deployment',
    apiVersion: 'apps/v1',
    metadata: { name: 'd' },
    spec: { template: { spec: { containers: [{ name: 'a', image: '1' }] } } },
  };
  await post('/apis/apps/v1/namespaces/default/deployments', { ...deployment, status: { replicas: 3 } });
  const boxes = { '$setElementOrder/containers': [{ name: 'a' }], containers: [{ name: 'a', image: '2' }] };
  await patch('/apis/apps/v1/namespaces/default/deployments/d', { spec: { template: { spec: boxes } } }, 'strategic');
  await patch('/apis/apps/v1/namespaces/default/deployments/d/status', { status: { replicas: 1 }, spec: {} });

  expect((await get('/apis/apps/v1/namespaces/default/deployments/d')).body).toMatchObject({
    metadata: { generation: 2 },
    spec: { template: { spec: { containers: [{ name: 'a', image: '2' }] } } },
    status: { replicas: 1 },
  });
});

test('a path with broken escapes leads nowhere', async () => {
  const { get } = testApi();
  expect((await get('/api/v1/namespaces/%')).status).toBe(404);
});

test('server-side apply is refused with what to do instead', async () => {
  const { api } = testApi();
  const headers = { 'content-type': 'application/apply-patch+yaml' };
  const { status, body } = await api.request({ method: 'PATCH', path: '/api/v1/namespaces/default/services/a', headers, body: '{}' });
  expect(status).toBe(415);
  expect(JSON.parse(body)).toMatchObject({
    kind: 'Status',
    reason: 'UnsupportedMediaType',
    message: expect.stringContaining('--server-side'),
  });
});

test('namespaces are deleted one by one', async () => {
  const { remove } = testApi();
  expect((await remove('/api/v1/namespaces')).status).toBe(405);
});

test('texts of a Secret are kept with its data', async () => {
  const { post, patch } = testApi();
  const secrets = '/api/v1/namespaces/default/secrets';
  const sent = { metadata: { name: 'key' }, data: { a: 'MQ==', b: 'MQ==' }, stringData: { b: '2' } };
  const { body } = await post(secrets, sent);
  expect(body).toMatchObject({ type: 'Opaque', data: { a: 'MQ==', b: 'Mg==' } });
  expect(body).not.toHaveProperty('stringData');
  expect((await patch(`${secrets}/key`, { stringData: { c: '3' } })).body).toMatchObject({ data: { a: 'MQ==', b: 'Mg==', c: 'Mw==' } });
});
