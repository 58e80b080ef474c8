import { get, merge, post, put, copyOf, remove, strategic, watch, type Area } from './steps.ts';

const nodes = (name?: string) => `/api/v1/nodes${name === undefined ? '' : `/${name}`}`;
const node = (name: string, spec = {}, labels = {}) => ({ apiVersion: 'v1', kind: 'Node', metadata: { name, labels }, spec });
const ready = {
  type: 'Ready',
  status: 'True',
  reason: 'KubeletReady',
  message: '',
  lastHeartbeatTime: '2026-01-01T00:00:00Z',
  lastTransitionTime: '2026-01-01T00:00:00Z',
};

export const area: Area = {
  area: 'nodes',
  title: 'Nodes',
  steps: [
    get('no Nodes', nodes()),
    post(
      'a Node',
      nodes(),
      node(
        'node-1',
        { providerID: 'demo://node-1', podCIDR: '10.244.1.0/24', podCIDRs: ['10.244.1.0/24'] },
        { 'topology.kubernetes.io/zone': 'a' },
      ),
    ),
    post('a Node without spec', nodes(), { apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-2' } }),
    post(
      'a Node with taints',
      nodes(),
      node('node-3', { taints: [{ key: 'ToBeDeletedByClusterAutoscaler', value: '1', effect: 'NoSchedule' }], unschedulable: true }),
    ),
    post('a name that exists', nodes(), node('node-1'), { status: 409 }),
    post('a name that is none', nodes(), node('Node_1'), { status: 422 }),
    merge('two InternalIPs by merge patch', `${nodes('node-1')}/status`, {
      status: {
        addresses: [
          { type: 'InternalIP', address: '192.0.2.11' },
          { type: 'InternalIP', address: '2001:db8::11' },
          { type: 'Hostname', address: 'node-1' },
        ],
        conditions: [ready],
      },
    }),
    strategic('addresses merge by type', `${nodes('node-2')}/status`, {
      status: { addresses: [{ type: 'InternalIP', address: '192.0.2.12' }], conditions: [ready] },
    }),
    strategic('a condition merges by type', `${nodes('node-2')}/status`, {
      status: { conditions: [{ ...ready, status: 'Unknown', reason: 'NodeStatusUnknown' }] },
    }),
    merge('a label', nodes('node-2'), { metadata: { labels: { 'node.kubernetes.io/exclude-from-external-load-balancers': '' } } }),
    merge('the label goes', nodes('node-2'), { metadata: { labels: { 'node.kubernetes.io/exclude-from-external-load-balancers': null } } }),
    strategic('a taint', nodes('node-2'), { spec: { taints: [{ key: 'ToBeDeletedByClusterAutoscaler', effect: 'NoSchedule' }] } }),
    strategic('the taints go', nodes('node-2'), { spec: { taints: null } }),
    merge('providerID is set once', nodes('node-2'), { spec: { providerID: 'demo://node-2' } }),
    merge('providerID cannot change', nodes('node-2'), { spec: { providerID: 'demo://other' } }, { status: 422 }),
    merge('cordon', nodes('node-2'), { spec: { unschedulable: true } }),
    merge('status through the object is ignored', nodes('node-2'), { status: { addresses: [] } }),
    merge('spec through the status is ignored', `${nodes('node-2')}/status`, { spec: { unschedulable: false } }),
    get('one Node', nodes('node-1')),
    get('all Nodes', nodes()),
    get('Nodes by name', `${nodes()}?fieldSelector=metadata.name%3Dnode-3`),
    get('Nodes by label', `${nodes()}?labelSelector=topology.kubernetes.io%2Fzone%3Da`),
    put('PUT', nodes('node-3'), copyOf('a Node with taints', { spec: { taints: [], unschedulable: null } })),
    remove('DELETE', nodes('node-3')),
    get('gone', nodes('node-3'), { status: 404 }),
    merge('a Node with a finalizer', nodes('node-2'), { metadata: { finalizers: ['example.com/hold'] } }),
    remove('DELETE of the held one', nodes('node-2')),
    watch(
      'the end as a watch sees it',
      (answers) => `${nodes()}?watch=1&resourceVersion=${answers.at('all Nodes', '/metadata/resourceVersion')}`,
      4,
    ),
  ],
};
