import { expect, test } from 'vitest';
import { nextEvents, serviceNamed, services, testApi } from './client-for-tests.ts';

const asTable = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' };

interface Table {
  kind: string;
  columnDefinitions: { name: string }[];
  rows: { cells: string[] }[];
}

async function table(client: ReturnType<typeof testApi>, path: string): Promise<string[][]> {
  const { body } = await client.api.request({ method: 'GET', path, headers: asTable });
  const { kind, columnDefinitions, rows } = JSON.parse(body) as Table; // checked below
  expect(kind).toBe('Table');
  return [columnDefinitions.map((column) => column.name), ...rows.map((row) => row.cells)];
}

test('Services are shown as kubectl shows them', async () => {
  const client = testApi({ serviceCidrs: ['10.96.0.0/30'] });
  const { post, patch, clock } = client;
  await post(
    services,
    serviceNamed('a', { type: 'LoadBalancer', selector: { app: 'a', tier: 'b' }, ports: [{ port: 80, nodePort: 30_080 }] }),
  );
  await post(services, serviceNamed('b', { clusterIP: 'None', ports: undefined }));
  await post(services, serviceNamed('c', { type: 'ExternalName', externalName: 'example.com' }));
  clock.advance(119_000);
  await post(
    services,
    serviceNamed('d', {
      externalIPs: ['192.0.2.7'],
      ports: [
        { name: 'x', port: 53, protocol: 'UDP' },
        { name: 'y', port: 54 },
      ],
    }),
  );
  const [head, a, ...rest] = await table(client, services);

  expect(head).toEqual(['Name', 'Type', 'Cluster-IP', 'External-IP', 'Port(s)', 'Age', 'Selector']);
  expect(a).toEqual(['a', 'LoadBalancer', expect.stringContaining('10.96.0.'), '<pending>', '80:30080/TCP', '119s', 'app=a,tier=b']);
  expect(rest).toEqual([
    ['b', 'ClusterIP', 'None', '<none>', '<none>', '119s', '<none>'],
    ['c', 'ExternalName', '<none>', 'example.com', '80/TCP', '119s', '<none>'],
    ['d', 'ClusterIP', expect.any(String), '192.0.2.7', '53/UDP,54/TCP', '0s', '<none>'],
  ]);
  await patch(`${services}/a/status`, { status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }, { hostname: 'lb.example.com' }] } } });
  expect((await table(client, `${services}/a`))[1]?.[3]).toBe('192.0.2.1,lb.example.com');
});

test('other kinds have columns too', async () => {
  const client = testApi();
  const { post, clock } = client;
  const labels = { 'node-role.kubernetes.io/worker': '' };
  const nothing = ['<none>', '<none>', '<unknown>', '<unknown>', '<unknown>'];
  const machine = {
    addresses: [
      { type: 'InternalIP', address: '192.0.2.1' },
      { type: 'ExternalIP', address: '203.0.113.1' },
    ],
    nodeInfo: { kubeletVersion: 'v1', osImage: 'Some OS', kernelVersion: '6.1', containerRuntimeVersion: 'containerd://2' },
  };
  const ready = (status: string) => ({ conditions: [{ type: 'Ready', status }], nodeInfo: { kubeletVersion: 'v1' } });
  await post('/api/v1/nodes', {
    metadata: { name: 'n1', labels },
    spec: { unschedulable: true },
    status: { ...ready('True'), ...machine },
  });
  await post('/api/v1/nodes', { metadata: { name: 'n2' }, status: ready('False') });
  await post('/api/v1/nodes', { metadata: { name: 'n3' } });
  const about = { kind: 'Service', name: 'web', namespace: 'default', fieldPath: 'spec.ports' };
  await post('/api/v1/namespaces/default/events', {
    metadata: { name: 'e' },
    involvedObject: about,
    reason: 'R',
    message: 'M',
    type: 'Normal',
    firstTimestamp: '2025-12-31T23:00:00Z',
    lastTimestamp: '2026-01-01T00:00:00Z',
    count: 4,
    source: { component: 'me', host: 'here' },
  });
  await post('/apis/coordination.k8s.io/v1/namespaces/default/leases', { metadata: { name: 'l' }, spec: { holderIdentity: 'me' } });
  const slice = {
    metadata: { name: 's' },
    addressType: 'IPv4',
    endpoints: [{ addresses: ['10.0.0.1', '10.0.0.2'] }],
    ports: [{ port: 80 }, { port: 81 }],
  };
  await post('/apis/discovery.k8s.io/v1/namespaces/default/endpointslices', slice);
  await post('/api/v1/namespaces/default/configmaps', { metadata: { name: 'c' }, data: { a: '1', b: '2' } });
  clock.advance(3 * 86_400_000);

  expect((await table(client, '/api/v1/nodes')).slice(1)).toEqual([
    ['n1', 'Ready,SchedulingDisabled', 'worker', '3d', 'v1', '192.0.2.1', '203.0.113.1', 'Some OS', '6.1', 'containerd://2'],
    ['n2', 'NotReady', '<none>', '3d', 'v1', ...nothing],
    ['n3', 'Unknown', '<none>', '3d', '', ...nothing],
  ]);
  expect((await table(client, '/api/v1/namespaces'))[1]).toEqual(['default', 'Active', '3d']);
  expect((await table(client, '/api/v1/events'))[1]).toEqual([
    '3d',
    'Normal',
    'R',
    'service/web',
    'spec.ports',
    'me, here',
    'M',
    '3d1h',
    '4',
    'e',
  ]);
  expect((await table(client, '/apis/events.k8s.io/v1/events'))[1]?.slice(0, 4)).toEqual(['3d', 'Normal', 'R', 'service/web']);
  expect((await table(client, '/apis/events.k8s.io/v1/events'))[1]?.slice(6)).toEqual(['M', '3d1h', '4', 'e']);
  expect((await table(client, '/apis/coordination.k8s.io/v1/leases'))[1]).toEqual(['l', 'me', '3d']);
  expect((await table(client, '/apis/discovery.k8s.io/v1/endpointslices'))[1]).toEqual(['s', 'IPv4', '80,81', '10.0.0.1,10.0.0.2', '3d']);
  expect((await table(client, '/api/v1/configmaps'))[1]).toEqual(['c', '2', '3d']);
});

test.each([
  [119, '119s'],
  [120, '2m'],
  [200, '3m20s'],
  [599, '9m59s'],
  [600, '10m'],
  [10_799, '179m'],
  [10_800, '3h'],
  [18_180, '5h3m'],
  [28_800, '8h'],
  [172_799, '47h'],
  [176_400, '2d1h'],
  [691_200, '8d'],
  [63_071_999, '729d'],
  [65_664_000, '2y30d'],
  [252_288_000, '8y'],
])('%d seconds are shown as %s', async (seconds, shown) => {
  const client = testApi();
  client.clock.advance(seconds * 1000);
  expect((await table(client, '/api/v1/namespaces/default'))[1]?.[2]).toBe(shown);
});

test('a watch shows rows, and bookmarks without rows', async () => {
  const { api, post, clock } = testApi();
  await post(services, serviceNamed('a'));
  const path = `${services}?watch=1&timeoutSeconds=61&allowWatchBookmarks=true`;
  const whole = api.request({ method: 'GET', path, headers: asTable });
  await clock.advanceAsync(61_000);
  const events = (await whole).body
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; object: { kind: string; rows: unknown[] } }); // events of tables
  expect(events.map((event) => [event.type, event.object.kind, event.object.rows.length])).toEqual([
    ['ADDED', 'Table', 1],
    ['BOOKMARK', 'Table', 0],
    ['BOOKMARK', 'Table', 0],
  ]);
  expect(await nextEvents(api.watch(services, new AbortController().signal), 1)).toEqual(['ADDED a']);
});

test('what nobody runs here is shown as not running', async () => {
  const client = testApi();
  const { post, patch } = client;
  const apps = '/apis/apps/v1/namespaces/default';
  for (const kind of ['Deployment', 'StatefulSet', 'ReplicaSet', 'DaemonSet'])
    await post(`${apps}/${kind.toLowerCase()}s`, { kind, apiVersion: 'apps/v1', metadata: { name: 'a' }, spec: { replicas: 3 } });
  await post('/api/v1/namespaces/default/pods', { metadata: { name: 'p' }, spec: { containers: [{}, {}] } });
  const shown = async (path: string) => (await table(client, path))[1];

  expect(await shown(`${apps}/deployments`)).toEqual(['a', '0/3', '0', '0', '0s']);
  expect(await shown(`${apps}/statefulsets`)).toEqual(['a', '0/3', '0s']);
  expect(await shown(`${apps}/replicasets`)).toEqual(['a', '3', '0', '0', '0s']);
  expect(await shown(`${apps}/daemonsets`)).toEqual(['a', '0', '0', '0', '0', '0', '<none>', '0s']);
  expect(await shown('/api/v1/pods')).toEqual(['p', '0/2', 'Pending', '0', '0s']);

  const containerStatuses = [{ ready: true, restartCount: 2 }, { ready: false, restartCount: 1 }, {}];
  await patch('/api/v1/namespaces/default/pods/p/status', { status: { phase: 'Running', containerStatuses } });
  expect(await shown('/api/v1/pods')).toEqual(['p', '1/2', 'Running', '3', '0s']);
});

test('a binding is shown with its role, a role with when it was made', async () => {
  const client = testApi();
  const rbac = '/apis/rbac.authorization.k8s.io/v1';
  await client.post(`${rbac}/clusterroles`, { metadata: { name: 'r' } });
  await client.post(`${rbac}/clusterrolebindings`, { metadata: { name: 'b' }, roleRef: { kind: 'ClusterRole', name: 'r' } });
  expect((await table(client, `${rbac}/clusterroles`))[1]).toEqual(['r', expect.stringMatching(/^\d{4}-\d\d-\d\dT/)]);
  expect((await table(client, `${rbac}/clusterrolebindings`))[1]).toEqual(['b', 'ClusterRole/r', '0s']);
});
