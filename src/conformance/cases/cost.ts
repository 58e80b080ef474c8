import type { ActionStep, CheckStep, ConformanceCase } from '../case.ts';
import { addNodes, deleteNode } from '../node-story.ts';
import { asksForInternal, nothingWritten, servedAll, servedWeb, silence, stands, whole } from '../served-web.ts';
import { create, edit, fault, ports, remember, remove, rest, served, untilDone } from '../story.ts';

const numbered = (prefix: string, count: number): readonly string[] => Array.from({ length: count }, (_, index) => `${prefix}${index + 1}`);
const many = numbered('web-', 40);
const few = ['web', 'two', 'three', 'four', 'five'];

/** Ten Nodes go and ten others come, at once. */
const batch = (turn: number): readonly ActionStep[] => [
  addNodes(...numbered(`new-${turn}-`, 10)),
  ...numbered('old-', 50)
    .slice(turn * 10, turn * 10 + 10)
    .map(deleteNode),
  rest(5_000),
];

/** What things cost: a cloud call is a cost (design, idea 5 and §13). */
export const cases: readonly ConformanceCase[] = [
  {
    id: 'cost/creation',
    title: 'A creation costs the steps of its plan, each once, and few writes of the Service',
    steps: [
      create('web', { spec: ports(['TCP', 80], ['TCP', 443]) }),
      remember('before'),
      untilDone(60_000),
      ...whole([]),
      { rows: ['idea-5', 'idea-1'], check: 'as-planned', service: 'web', since: 'before' },
      { rows: ['idea-5', 'F1'], check: 'api-writes', since: 'before', atMost: 3 },
      { rows: ['idea-5'], check: 'calls', since: 'before', verb: 'observe', live: true, atMost: 1 },
    ],
  },
  {
    id: 'cost/edit',
    title: 'An edit costs the steps of its plan, each once, and few writes of the Service',
    steps: [
      ...servedWeb({ spec: ports(['TCP', 80], ['TCP', 443]) }),
      edit('web', ports(['TCP', 80], ['TCP', 8443])),
      rest(60_000),
      ...whole([]),
      { rows: ['idea-5', 'idea-1'], check: 'as-planned', service: 'web', since: 'served' },
      { rows: ['idea-5', 'F1'], check: 'api-writes', since: 'served', atMost: 3 },
    ],
  },
  {
    id: 'cost/deletion',
    title: 'A deletion costs two writes of the Service at most',
    steps: [
      ...servedAll('web', 'two'),
      remove('web'),
      rest(60_000),
      { rows: ['C9'], check: 'object-gone', service: 'web', gone: true },
      { rows: ['idea-5', 'C1'], check: 'api-writes', since: 'served', atMost: 3 },
      { rows: ['idea-5'], check: 'calls', since: 'served', verb: 'any', service: 'two', atMost: 0 },
    ],
  },
  {
    id: 'cost/same-again',
    title: 'An edit that says what stood there before costs nothing',
    steps: [
      ...servedWeb({ spec: { ...ports(['TCP', 80]), externalTrafficPolicy: 'Cluster', sessionAffinity: 'None' } }),
      edit('web', { externalTrafficPolicy: 'Cluster', sessionAffinity: 'None' }),
      { do: 'patch', service: 'web', patch: { metadata: { labels: { a: 'b' } } } },
      { do: 'patch', service: 'web', patch: { metadata: { labels: { a: null } } } },
      rest(60_000),
      ...silence(['idea-5', 'F1', 'pain-32'], 'served'),
    ],
  },
  {
    id: 'cost/idle',
    title: 'Where nothing changes nothing is called and nothing written, for hours',
    setup: { driftCheckMs: 0 },
    steps: [...servedAll('web', 'two', 'three'), rest(7_200_000), ...silence(['idea-5', 'pain-32', 'P27', 'F1'], 'served')],
  },
  {
    id: 'cost/refused',
    title: 'A Service that is refused costs no call of the cloud, for as long as it is',
    steps: [
      create('web', { annotations: { 'portolan.dev/scheme': 'sideways' } }),
      rest(5_000),
      remember('refused'),
      rest(3_600_000),
      ...silence(['idea-5', 'idea-8', 'pain-22'], 'refused'),
    ],
  },
  {
    id: 'cost/held',
    title: 'A Service that waits for approval costs a look now and then, and no change',
    needs: ['publicScheme', 'internalScheme'],
    asks: asksForInternal,
    steps: [
      ...servedWeb(),
      { do: 'patch', service: 'web', patch: { metadata: { annotations: { 'portolan.dev/scheme': 'internal' } } } },
      rest(5_000),
      remember('held'),
      rest(3_600_000),
      ...nothingWritten(['idea-5', 'design-6'], 'held'),
      { rows: ['idea-5'], check: 'calls', since: 'held', verb: 'observe', atMost: 7 },
      { rows: ['idea-5', 'design-7'], check: 'events', service: 'web', since: 'held', exactly: [] },
    ],
  },
  {
    id: 'cost/node-storm',
    title: 'Fifty Nodes replaced in five goes are at most two writes per pool for each of them, and no write of a Service',
    setup: { nodes: numbered('old-', 50).map((name) => ({ name })) },
    steps: [
      ...servedAll(...few),
      ...[0, 1, 2, 3, 4].flatMap(batch),
      rest(10_000),
      ...few.flatMap((service): readonly CheckStep[] => [
        { rows: ['pain-5', 'idea-5', 'K7'], check: 'calls', since: 'served', verb: 'apply', service, atMost: 10, atLeast: 1 },
        { rows: ['pain-5', 'K4'], check: 'settled', service },
        ...stands(['pain-5'], service),
      ]),
      { rows: ['pain-5', 'idea-5'], check: 'api-writes', since: 'served', atMost: 0 },
    ],
  },
  {
    id: 'cost/new-service-in-a-storm',
    title: 'A Service made while Nodes are replaced does not wait for all the others',
    steps: [
      ...servedAll(...many),
      fault('apply', 'latency', { ms: 1_000 }),
      addNodes('n3', 'n4'),
      deleteNode('n1'),
      rest(1_500),
      create('new'),
      untilDone(7_000),
      { ...served(['pain-5'], 'new'), why: 'forty member updates of a second each, and four workers: new Services go first' },
      rest(60_000),
      { rows: ['pain-5', 'K7'], check: 'settled', service: 'web-1' },
      { rows: ['pain-5', 'K7'], check: 'settled', service: 'web-40' },
      { rows: ['pain-5', 'K14'], check: 'members', service: 'new', nodes: ['n2', 'n3', 'n4'] },
    ],
  },
  {
    id: 'cost/new-service-after-start',
    title: 'A Service made right after a start is served beside the many that were there before',
    steps: [
      ...servedAll(...many),
      { do: 'stop' },
      remember('stopped'),
      { do: 'start' },
      create('new'),
      untilDone(3_000),
      ...whole(['pain-26'], 'new'),
      rest(60_000),
      { rows: ['L9', 'pain-26', 'idea-5'], check: 'calls', since: 'stopped', verb: 'inventory', atMost: 1 },
      { rows: ['L9', 'pain-26', 'idea-5'], check: 'calls', since: 'stopped', verb: 'observe', live: true, atMost: 1 },
      { rows: ['L9', 'pain-26'], check: 'api-writes', since: 'stopped', atMost: 3 },
    ],
  },
];
