import type { JsonObject } from '../../model/json.ts';
import type { Feature } from '../../model/capabilities.ts';
import type { CheckStep, ConformanceCase } from '../case.ts';
import type { RowId } from '../rows/row.ts';
import { servedWeb, silence, stands, whole } from '../served-web.ts';
import { annotate, create, edit, fault, leftAlone, ports, remember, remove, rest, untilDone } from '../story.ts';

/** An edit that must be seen: the cloud is asked, and what is wanted holds it. */
const wakes = (
  story: string,
  what: string,
  spec: JsonObject,
  sees: readonly CheckStep[],
  needs: readonly Feature[] = [],
): ConformanceCase => ({
  id: `triggers/wakes-${story}`,
  title: `${what} is looked at at once`,
  ...(needs.length === 0 ? {} : { needs, asks: [create('web', { spec })] }),
  steps: [
    ...servedWeb({ spec: ports(['TCP', 80], ['TCP', 81]) }),
    edit('web', spec),
    rest(1_000),
    { rows: ['A7', 'A4'], check: 'calls', since: 'served', verb: 'any', service: 'web', atLeast: 1 },
    ...sees,
  ],
});

/** An edit that concerns nobody here: not one call, not one write. */
const sleeps = (story: string, what: string, patch: JsonObject, rows: readonly RowId[] = ['A8', 'idea-5']): ConformanceCase => ({
  id: `triggers/sleeps-${story}`,
  title: `${what} costs neither call nor write`,
  steps: [
    ...servedWeb(),
    { do: 'patch', service: 'web', patch },
    rest(60_000),
    ...silence(rows, 'served'),
    { rows, check: 'events', service: 'web', since: 'served', exactly: [] },
  ],
});

const want = (at: string, equals: string | number | readonly string[]): CheckStep => ({
  rows: ['A7'],
  check: 'want',
  service: 'web',
  at,
  equals,
});

/** What wakes the controller and what does not (contract 1A). */
export const cases: readonly ConformanceCase[] = [
  wakes('port', 'A port with another number', ports(['TCP', 80], ['TCP', 8081]), [want('/listeners/1/port', 8081)]),
  wakes(
    'port-name',
    'A port with another name',
    {
      ports: [
        { name: 'tcp-80', port: 80 },
        { name: 'other', port: 81 },
      ],
    },
    [want('/listeners/1/name', 'other')],
  ),
  wakes('port-count', 'A port more', ports(['TCP', 80], ['TCP', 81], ['TCP', 82]), [want('/listeners/2/id', 'TCP/82')]),
  wakes(
    'protocol',
    'A port with another protocol',
    ports(['TCP', 80], ['UDP', 81]),
    [want('/listeners/1/id', 'UDP/81')],
    ['udp', 'mixedProtocols'],
  ),
  wakes(
    'node-port',
    'Another node port',
    {
      ports: [
        { name: 'tcp-80', port: 80, nodePort: 30_034 },
        { name: 'tcp-81', port: 81 },
      ],
    },
    [want('/listeners/0/nodePort', 30_034), ...stands(['F12'])],
  ),
  wakes(
    'source-ranges',
    'A source range',
    { loadBalancerSourceRanges: ['192.0.2.0/24'] },
    [want('/sourceRanges', ['192.0.2.0/24'])],
    ['sourceRanges'],
  ),
  wakes('affinity', 'Client affinity', { sessionAffinity: 'ClientIP' }, [want('/affinity/kind', 'client-ip')], ['clientIpAffinity']),
  wakes(
    'traffic-policy',
    'The traffic policy',
    { externalTrafficPolicy: 'Local' },
    [want('/listeners/0/healthCheck/kind', 'local')],
    ['localTrafficPolicy'],
  ),
  wakes(
    'families',
    'A second IP family',
    { ipFamilyPolicy: 'RequireDualStack', ipFamilies: ['IPv4', 'IPv6'] },
    [want('/addresses/1/family', 'IPv6')],
    ['dualStack'],
  ),
  {
    id: 'triggers/wakes-type',
    title: 'Another type is looked at at once, there and back',
    steps: [
      ...servedWeb(),
      edit('web', { type: 'NodePort' }),
      rest(),
      { rows: ['A7', 'A4'], check: 'owned', service: 'web', none: true },
      edit('web', { type: 'LoadBalancer' }),
      rest(),
      ...whole(['A7', 'A4']),
    ],
  },
  {
    id: 'triggers/wakes-uid',
    title: 'A Service deleted and made again under its name is a new one',
    steps: [
      ...servedWeb(),
      remove('web'),
      untilDone(500),
      create('web'),
      rest(),
      ...whole(['A7']),
      { rows: ['A7', 'P16'], check: 'owned-in-all', main: 1 },
    ],
  },
  {
    id: 'triggers/wakes-refused-edit',
    title: 'An annotation of ours is looked at at once, also one that is refused',
    steps: [
      ...servedWeb(),
      annotate('web', { 'portolan.dev/shceme': 'internal' }),
      rest(1_000),
      { rows: ['A7', 'idea-7'], check: 'condition', service: 'web', type: 'Accepted', status: 'False', mentions: ['portolan.dev/scheme'] },
    ],
  },
  {
    id: 'triggers/wakes-ports-reordered',
    title: 'Ports in another order are looked at, and change nothing that is served',
    steps: [
      ...servedWeb({ spec: ports(['TCP', 80], ['TCP', 81]) }),
      edit('web', ports(['TCP', 81], ['TCP', 80])),
      rest(5_000),
      { rows: ['A9'], check: 'calls', since: 'served', verb: 'any', service: 'web', atLeast: 1 },
      { rows: ['A9'], check: 'want', service: 'web', at: '/listeners/0/id', equals: 'TCP/81' },
      {
        rows: ['A9'],
        check: 'calls',
        since: 'served',
        verb: 'apply',
        where: { verb: 'delete' },
        atMost: 0,
        why: 'a listener is no position in a list',
      },
      ...stands(['A9']),
    ],
  },

  sleeps('labels', 'A label', { metadata: { labels: { tier: 'front' } } }),
  sleeps('selector', 'Another selector', { spec: { selector: { app: 'other' } } }),
  sleeps('internal-traffic-policy', 'The internal traffic policy', { spec: { internalTrafficPolicy: 'Local' } }, ['A8', 'I11', 'idea-5']),
  sleeps('not-ready-addresses', 'Publishing addresses that are not ready', { spec: { publishNotReadyAddresses: true } }),
  sleeps('traffic-distribution', 'A preference for near endpoints', { spec: { trafficDistribution: 'PreferClose' } }),
  sleeps('allocation-flag', 'The flag that allocates node ports', { spec: { allocateLoadBalancerNodePorts: false } }),
  sleeps('foreign-finalizer', 'A finalizer of somebody else', { metadata: { finalizers: ['portolan.dev/lb.kit', 'example.com/backup'] } }),
  sleeps('foreign-annotation', 'An annotation that nobody here reads', { metadata: { annotations: { 'example.com/owner': 'team-a' } } }, [
    'idea-5',
  ]),
  sleeps('target-port', 'Another target port', { spec: { ports: [{ port: 80, protocol: 'TCP', targetPort: 8080 }] } }, ['idea-5']),
  sleeps('external-ips', 'An external IP, which is not ours to announce', { spec: { externalIPs: ['198.51.100.7'] } }, ['idea-5']),
  {
    id: 'triggers/sleeps-foreign-status',
    title: 'What somebody else writes through the status sub-resource costs neither call nor write',
    steps: [
      ...servedWeb(),
      {
        do: 'patch',
        service: 'web',
        sub: 'status',
        patch: { metadata: { annotations: { 'example.com/seen': 'yes' } } },
      },
      rest(60_000),
      ...silence(['A8', 'P27'], 'served'),
    ],
  },
  {
    id: 'triggers/sleeps-own-writes',
    title: 'What the controller writes itself wakes nobody',
    steps: [
      create('web'),
      untilDone(5_000),
      remember('made'),
      rest(120_000),
      ...silence(['P27', 'L1'], 'made'),
      edit('web', { ports: [{ port: 8080 }] }),
      rest(5_000),
      remember('edited'),
      rest(120_000),
      ...silence(['P27'], 'edited'),
      { do: 'add-nodes', nodes: [{ name: 'n3' }] },
      rest(5_000),
      remember('updated'),
      rest(120_000),
      ...silence(['P27'], 'updated'),
    ],
  },
  {
    id: 'triggers/sleeps-told-again',
    title: 'The same Services told once more ensure nothing',
    steps: [
      ...servedWeb(),
      { do: 'api-watches', what: 'drop' },
      rest(30_000),
      { do: 'api-watches', what: 'expire' },
      rest(60_000),
      ...silence(['A6', 'A4', 'idea-5'], 'served'),
    ],
  },
  {
    id: 'triggers/told-again-cleans-up',
    title: 'A cleanup that was missed is done when the Services are told again',
    steps: [
      ...servedWeb(),
      { do: 'api-watches', what: 'freeze' },
      remove('web'),
      rest(5_000),
      { rows: [], check: 'owned', service: 'web', main: 1 },
      { do: 'api-watches', what: 'thaw' },
      { do: 'api-watches', what: 'expire' },
      rest(60_000),
      { rows: ['A6', 'A5'], check: 'owned', service: 'web', none: true },
      { rows: ['A6', 'A5'], check: 'object-gone', service: 'web', gone: true },
    ],
  },
  {
    id: 'triggers/never-wanted',
    title: 'A Service that wants no load balancer, and still wants none, wakes nobody',
    steps: [
      create('web', { spec: { type: 'NodePort' } }),
      rest(5_000),
      edit('web', { ports: [{ port: 8080, protocol: 'TCP' }], sessionAffinity: 'ClientIP' }),
      edit('web', { type: 'ClusterIP' }),
      rest(30_000),
      leftAlone(['A10', 'A1'], 'web'),
    ],
  },
  {
    id: 'triggers/edit-during-pass',
    title: 'An edit that comes while the load balancer is being worked on is not lost, and nothing runs twice at a time',
    steps: [
      ...servedWeb(),
      fault('apply', 'latency', { ms: 5_000, times: 1 }),
      edit('web', ports(['TCP', 80], ['TCP', 81])),
      rest(2_000),
      remember('during'),
      edit('web', ports(['TCP', 80], ['TCP', 82])),
      rest(2_000),
      { rows: ['L1'], check: 'calls', since: 'during', verb: 'any', service: 'web', atMost: 0, why: 'the first pass is still under way' },
      rest(30_000),
      { rows: ['L1'], check: 'want', service: 'web', at: '/listeners/1/id', equals: 'TCP/82' },
      ...whole(['L1']),
    ],
  },
];
