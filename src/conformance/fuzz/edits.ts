import * as fc from 'fast-check';
import type { JsonObject } from '../../model/json.ts';
import type { ClassSetup, NodeSetup } from '../case.ts';
import type { ContractFault } from '../contract-faults.ts';
import type { KubeFault } from '../kube-faults.ts';

/** One thing that somebody does, or that goes wrong; whether it can be done depends on what is there. Plain data, so that a story can be printed and told again. */
export type Edit =
  | { readonly do: 'create'; readonly service: string; readonly spec: JsonObject; readonly annotations: Readonly<Record<string, string>> }
  | { readonly do: 'spec'; readonly service: string; readonly spec: JsonObject }
  | { readonly do: 'annotate'; readonly service: string; readonly annotations: Readonly<Record<string, string | null>> }
  | {
      readonly do: 'delete' | 'recreate' | 'approve' | 'strip-finalizers' | 'wipe-conditions' | 'overwrite-address';
      readonly service: string;
    }
  | { readonly do: 'add-node'; readonly node: NodeSetup }
  | { readonly do: 'node'; readonly node: string; readonly patch: JsonObject }
  | { readonly do: 'delete-node'; readonly node: string }
  | { readonly do: 'class'; readonly class: ClassSetup }
  | { readonly do: 'restart' | 'crash' | 'no-faults' }
  | { readonly do: 'fault'; readonly fault: ContractFault }
  | { readonly do: 'api-fault'; readonly fault: KubeFault }
  | { readonly do: 'watches'; readonly what: 'drop' | 'expire' | 'freeze' | 'thaw' }
  | { readonly do: 'rest'; readonly ms: number };

const services = ['s1', 's2', 's3', 's4', 's5', 's6'] as const;
const nodes = ['n1', 'n2', 'n3', 'n4', 'n5'] as const;
const service = fc.constantFrom(...services);
const node = fc.constantFrom(...nodes);

const port = fc.record({
  protocol: fc.constantFrom('TCP', 'TCP', 'TCP', 'UDP', 'SCTP'),
  port: fc.constantFrom(53, 80, 443, 8080),
});
const portList = fc
  .uniqueArray(port, { minLength: 1, maxLength: 3, selector: ({ protocol, port: number }) => `${protocol}${number}` })
  .map((list): JsonObject => ({ ports: list.map((each) => ({ name: `${each.protocol.toLowerCase()}-${each.port}`, ...each })) }));

/** Some are refused by the API server, some by the provider, some change what the Service is. */
const specs: fc.Arbitrary<JsonObject> = fc.oneof(
  { weight: 5, arbitrary: portList },
  {
    weight: 5,
    arbitrary: fc.constantFrom<JsonObject>(
      { externalTrafficPolicy: 'Local' },
      { externalTrafficPolicy: 'Cluster' },
      { sessionAffinity: 'ClientIP' },
      { sessionAffinity: 'None' },
      { loadBalancerSourceRanges: ['192.0.2.0/24'] },
      { loadBalancerSourceRanges: ['192.0.2.0/24', '198.51.100.0/25'] },
      { loadBalancerSourceRanges: null },
      { loadBalancerSourceRanges: ['nonsense'] },
      { loadBalancerIP: '203.0.113.200' },
      { loadBalancerIP: null },
      { allocateLoadBalancerNodePorts: false },
      { selector: { app: 'other' } },
    ),
  },
  { weight: 2, arbitrary: fc.constantFrom<JsonObject>({ type: 'ClusterIP' }, { type: 'NodePort' }, { type: 'LoadBalancer' }) },
);

const annotations = fc.constantFrom<Readonly<Record<string, string | null>>>(
  { 'portolan.dev/scheme': 'public' },
  { 'portolan.dev/scheme': 'internal' },
  { 'portolan.dev/scheme': 'sideways' },
  { 'portolan.dev/scheme': null },
  { 'portolan.dev/schema': 'internal' },
  { 'portolan.dev/schema': null },
  { 'portolan.dev/load-balancer-ips': '203.0.113.201' },
  { 'portolan.dev/load-balancer-ips': null },
  { 'service.beta.kubernetes.io/load-balancer-source-ranges': '192.0.2.0/28' },
  { 'service.beta.kubernetes.io/load-balancer-source-ranges': null },
  { 'service.beta.kubernetes.io/aws-load-balancer-internal': 'true' },
  { 'service.beta.kubernetes.io/aws-load-balancer-internal': null },
  { 'portolan.dev/node-selector': 'pool=edge' },
  { 'portolan.dev/node-selector': 'pool' },
  { 'portolan.dev/node-selector': 'pool=nowhere' },
  { 'portolan.dev/node-selector': 'pool==edge' },
  { 'portolan.dev/node-selector': null },
  { 'portolan.dev/release': 'true' },
  { 'portolan.dev/release': null },
  { 'portolan.dev/approve': 'made-up' },
  { 'portolan.dev/approve': null },
  { 'example.com/note': 'of no concern' },
);

const creations = fc.record({
  do: fc.constant('create' as const),
  service,
  spec: fc.oneof(
    { weight: 4, arbitrary: portList },
    {
      weight: 3,
      arbitrary: fc.constantFrom<JsonObject>(
        {},
        { externalTrafficPolicy: 'Local' },
        { loadBalancerClass: 'portolan.dev/other' },
        { loadBalancerClass: 'example.com/theirs' },
        { type: 'ClusterIP' },
        { ipFamilyPolicy: 'PreferDualStack' },
      ),
    },
  ),
  annotations: fc.constantFrom<Readonly<Record<string, string>>>(
    {},
    {},
    { 'portolan.dev/scheme': 'internal' },
    { 'portolan.dev/scheme': 'public' },
    { 'portolan.dev/scheme': 'sideways' },
    { 'portolan.dev/node-selector': 'pool=edge' },
  ),
});

const nodePatches = fc.constantFrom<JsonObject>(
  { spec: { taints: [{ key: 'ToBeDeletedByClusterAutoscaler', effect: 'NoSchedule' }] } },
  { spec: { taints: null } },
  { metadata: { labels: { 'node.kubernetes.io/exclude-from-external-load-balancers': '' } } },
  { metadata: { labels: { 'node.kubernetes.io/exclude-from-external-load-balancers': null } } },
  { metadata: { labels: { pool: 'edge' } } },
  { metadata: { labels: { pool: 'core' } } },
  { metadata: { labels: { pool: null } } },
  { spec: { unschedulable: true } },
);

const classes = fc.record({
  do: fc.constant('class' as const),
  class: fc.constantFrom<ClassSetup>(
    { id: 'kit', default: true },
    { id: 'kit', default: true, settings: { scheme: 'internal' } },
    { id: 'kit', default: true, settings: { scheme: 'public' } },
    { id: 'kit', default: true, settings: { nodeSelector: ['pool'] } },
    { id: 'kit', default: true, guard: { 'drops-connections': 'approve' } },
    { id: 'kit', default: true, guard: { 'changes-address': 'allow', destroys: 'allow' } },
  ),
});

const faults: fc.Arbitrary<ContractFault> = fc.oneof(
  fc.record({
    verb: fc.constantFrom('observe' as const, 'apply' as const, 'apply' as const, 'start' as const, 'inventory' as const),
    fault: fc.constantFrom('error' as const, 'throttle' as const, 'lost-reply' as const),
    skip: fc.nat({ max: 2 }),
    times: fc.integer({ min: 1, max: 3 }),
  }),
  fc.record({
    verb: fc.constant('apply' as const),
    fault: fc.constant('late' as const),
    ms: fc.constantFrom(2_000, 24_000),
    skip: fc.nat({ max: 2 }),
    times: fc.integer({ min: 1, max: 2 }),
  }),
  fc.record({
    verb: fc.constantFrom('observe' as const, 'apply' as const),
    fault: fc.constantFrom('latency' as const, 'throttle' as const),
    ms: fc.constantFrom(1_000, 7_000, 20_000),
    times: fc.integer({ min: 1, max: 3 }),
  }),
);

const apiFaults: fc.Arbitrary<KubeFault> = fc.record({
  fault: fc.constantFrom('drop-before', 'drop-after', 'conflict', 'forbidden', 'too-many'),
  path: fc.constantFrom('/services/', '/events', '/leases'),
  times: fc.integer({ min: 1, max: 3 }),
});

/** Anything that users, nodes, machines and networks do. */
export const edit: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 12, arbitrary: creations },
  { weight: 14, arbitrary: fc.record({ do: fc.constant('spec' as const), service, spec: specs }) },
  { weight: 12, arbitrary: fc.record({ do: fc.constant('annotate' as const), service, annotations }) },
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'delete' as const,
        'delete' as const,
        'recreate' as const,
        'approve' as const,
        'approve' as const,
        'strip-finalizers' as const,
        'wipe-conditions' as const,
        'overwrite-address' as const,
      ),
      service,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('add-node' as const),
      node: fc.record({ name: node, labels: fc.constantFrom<NonNullable<NodeSetup['labels']>>({}, {}, { pool: 'edge' }) }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('node' as const), node, patch: nodePatches }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('delete-node' as const), node }) },
  { weight: 2, arbitrary: classes },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('restart' as const, 'crash' as const, 'no-faults' as const) }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('fault' as const), fault: faults }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('api-fault' as const), fault: apiFaults }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('watches' as const), what: fc.constantFrom('drop', 'expire', 'freeze', 'thaw') }),
  },
  { weight: 12, arbitrary: fc.record({ do: fc.constant('rest' as const), ms: fc.constantFrom(0, 500, 1_500, 3_000, 20_000, 70_000) }) },
);
