import type { ActionStep, CheckStep, ConformanceCase } from '../case.ts';
import { addNodes, deleteNode, members } from '../node-story.ts';
import { nothingWritten, servedAll, servedWeb, stands, whole } from '../served-web.ts';
import { create, edit, fault, ports, remember, remove, rest, served, untilDone } from '../story.ts';

const stop: ActionStep = { do: 'stop' };
const start: ActionStep = { do: 'start' };
const crash: ActionStep = { do: 'crash' };
const wipeConditions: ActionStep = { do: 'patch', service: 'web', sub: 'status', patch: { status: { conditions: null } } };
const publish = (ip: string | null): ActionStep => ({
  do: 'patch',
  service: 'web',
  sub: 'status',
  patch: { status: { loadBalancer: { ingress: ip === null ? null : [{ ip }] } } },
});

/** A handful of reads, whatever the number of Services; nothing written and nothing said. */
const costsNothing = (services: readonly string[]): readonly CheckStep[] => [
  ...nothingWritten(['L9', 'A3', 'pain-26', 'idea-5'], 'served'),
  { rows: ['L9', 'pain-26', 'idea-5'], check: 'calls', since: 'served', verb: 'observe', live: true, atMost: 0 },
  { rows: ['L9', 'pain-26'], check: 'calls', since: 'served', verb: 'inventory', atMost: 1 },
  ...services.flatMap((service): readonly CheckStep[] => [
    { rows: ['L9'], check: 'events', service, since: 'served', exactly: [] },
    ...stands(['L9', 'idea-6'], service),
  ]),
];

/** A controller that ends and begins again (contract L9, A3). */
export const cases: readonly ConformanceCase[] = [
  {
    id: 'restart/nothing-changed',
    title: 'A restart with nothing to do is one batched read: no write, no event, no call per Service',
    steps: [...servedAll('web', 'two', 'three', 'four'), stop, start, rest(60_000), ...costsNothing(['web', 'two', 'three', 'four'])],
  },
  {
    id: 'restart/killed',
    title: 'A controller that was killed costs no more than one that ended well',
    steps: [...servedAll('web', 'two', 'three'), crash, start, rest(60_000), ...costsNothing(['web', 'two', 'three'])],
  },
  {
    id: 'restart/traffic',
    title: 'Clients are served after a restart as before',
    hooks: ['data-path'],
    steps: [
      ...servedWeb(),
      crash,
      start,
      rest(),
      { rows: ['L9'], check: 'traffic', service: 'web', port: 80, expect: 'answered', by: ['n1', 'n2'] },
    ],
  },
  {
    id: 'restart/edited-meanwhile',
    title: 'An edit made while nobody ran is carried out, and the address stays',
    steps: [
      ...servedWeb(),
      stop,
      edit('web', ports(['TCP', 8080], ['TCP', 8443])),
      start,
      rest(),
      { rows: ['A3', 'L9'], check: 'want', service: 'web', at: '/listeners/1/id', equals: 'TCP/8443' },
      ...stands(['F12', 'idea-6']),
      ...whole(['A3', 'L9']),
    ],
  },
  {
    id: 'restart/deleted-meanwhile',
    title: 'A Service deleted while nobody ran loses its load balancer at the next start',
    steps: [
      ...servedAll('web', 'two'),
      stop,
      remove('web'),
      start,
      rest(),
      { rows: ['A3', 'seed-1', 'pain-1'], check: 'owned', service: 'web', none: true },
      { rows: ['A3', 'seed-1', 'C9'], check: 'object-gone', service: 'web', gone: true },
      ...stands(['seed-19'], 'two'),
    ],
  },
  ...(['ClusterIP', 'NodePort'] as const).map(
    (type): ConformanceCase => ({
      id: `restart/${type.toLowerCase()}-meanwhile`,
      title: `A Service turned to ${type} while nobody ran loses its load balancer at the next start`,
      steps: [
        ...servedWeb(),
        crash,
        edit('web', { type }),
        start,
        rest(),
        { rows: ['D6', 'seed-3', 'seed-29', 'P2'], check: 'owned', service: 'web', none: true },
        { rows: ['D6', 'D3'], check: 'finalizer', service: 'web', present: false },
        { rows: ['D6', 'P26'], check: 'ingress', service: 'web', count: 0 },
      ],
    }),
  ),
  {
    id: 'restart/created-meanwhile',
    title: 'A Service made while nobody ran is served at the next start, beside those there were',
    steps: [
      ...servedWeb(),
      stop,
      create('new'),
      start,
      rest(),
      ...whole(['A3'], 'new'),
      ...stands(['L9', 'pain-11']),
      { rows: ['L9'], check: 'calls', since: 'served', verb: 'observe', live: true, service: 'web', atMost: 0 },
    ],
  },
  {
    id: 'restart/nodes-meanwhile',
    title: 'Nodes that came and went while nobody ran are caught up with at the next start',
    steps: [
      ...servedAll('web', 'two'),
      stop,
      addNodes('n3'),
      deleteNode('n1'),
      start,
      rest(),
      ...['web', 'two'].flatMap((service): readonly CheckStep[] => [
        members(['A3', 'L9', 'K4'], ['n2', 'n3'], service),
        { rows: ['L9', 'K4'], check: 'settled', service },
        ...stands(['idea-6'], service),
      ]),
    ],
  },
  {
    id: 'restart/many-before-new',
    title: 'Addresses that are given stay with their owners, whoever asks first after a restart',
    steps: [
      ...servedAll('web', 'two', 'three'),
      stop,
      wipeConditions,
      publish(null),
      create('aaa'),
      start,
      untilDone(60_000),
      ...['web', 'two', 'three'].flatMap((service) => stands(['pain-11', 'idea-6'], service)),
      ...whole(['pain-11'], 'aaa'),
    ],
  },
  {
    id: 'restart/record-lost',
    title: 'Without the record on the Service its load balancer is found by its marks: no second one, nothing changed',
    steps: [
      ...servedWeb(),
      stop,
      wipeConditions,
      start,
      rest(60_000),
      { rows: ['design-4'], check: 'calls', since: 'served', verb: 'apply', atMost: 0 },
      ...stands(['design-4', 'idea-6']),
      { rows: ['design-4'], check: 'condition', service: 'web', type: 'Applied' },
      ...whole(['design-4']),
    ],
  },
  {
    id: 'restart/record-unreadable',
    title: 'A record that somebody wrote over costs one look and nothing else',
    steps: [
      ...servedWeb(),
      stop,
      {
        do: 'patch',
        service: 'web',
        sub: 'status',
        patch: {
          status: {
            conditions: [
              {
                type: 'portolan.dev/Applied',
                status: 'True',
                reason: 'Applied',
                message: 'v1 input=%%% spec= id=%E0%A4%A lb-of-somebody',
                lastTransitionTime: '2026-01-01T00:00:00Z',
              },
            ],
          },
        },
      },
      start,
      rest(60_000),
      { rows: ['design-4'], check: 'calls', since: 'served', verb: 'apply', atMost: 0 },
      ...stands(['design-4']),
      ...whole(['design-4']),
    ],
  },
  {
    id: 'restart/record-lost-deleted',
    title: 'Without its record a deleted Service still loses its load balancer',
    steps: [
      ...servedWeb(),
      stop,
      wipeConditions,
      remove('web'),
      start,
      rest(120_000),
      { rows: ['design-4', 'pain-1'], check: 'owned', service: 'web', none: true },
      { rows: ['design-4', 'C9'], check: 'object-gone', service: 'web', gone: true },
    ],
  },
  {
    id: 'restart/status-emptied',
    title: 'An address that somebody took out of status while nobody ran is published again',
    steps: [...servedWeb(), stop, publish(null), start, rest(), ...stands(['L9', 'idea-6', 'pain-10']), ...whole(['L9'])],
  },
  {
    id: 'restart/status-overwritten',
    title: 'An address that somebody else wrote into status while nobody ran goes',
    steps: [...servedWeb(), stop, publish('203.0.113.9'), start, rest(), ...stands(['L9', 'P26']), ...whole(['L9'])],
  },
  {
    id: 'restart/finalizer-taken-off',
    title: 'A finalizer that somebody took off while nobody ran is back, before the Service can go without its cleanup',
    steps: [
      ...servedWeb(),
      stop,
      { do: 'patch', service: 'web', patch: { metadata: { finalizers: null } } },
      start,
      rest(),
      { rows: ['C10', 'pain-1'], check: 'finalizer', service: 'web', present: true },
      ...stands(['C10']),
      remove('web'),
      rest(),
      { rows: ['C10', 'pain-1'], check: 'owned', service: 'web', none: true },
    ],
  },
  {
    id: 'restart/load-balancer-gone',
    title: 'A load balancer that was removed while nobody ran is made again at the next start',
    hooks: ['tamper:load-balancer-removed'],
    steps: [
      ...servedAll('web', 'two'),
      stop,
      { do: 'tamper', what: 'load-balancer-removed', service: 'web' },
      start,
      untilDone(60_000),
      ...whole(['L9', 'A3', 'pain-21']),
      ...stands(['L9'], 'two'),
    ],
  },
  {
    id: 'restart/ended-at-work',
    title: 'A controller that is asked to end while it works is finished by the next one',
    steps: [
      ...servedWeb(),
      fault('apply', 'latency', { ms: 8_000, times: 1 }),
      edit('web', ports(['TCP', 8080])),
      rest(1_000),
      stop,
      start,
      rest(120_000),
      { rows: ['L11', 'idea-3'], check: 'want', service: 'web', at: '/listeners/0/id', equals: 'TCP/8080' },
      ...stands(['L11']),
      ...whole(['L11', 'idea-3']),
    ],
  },
  {
    id: 'restart/again-and-again',
    title: 'Starts in a row add nothing to each other',
    steps: [
      ...servedWeb(),
      ...Array.from({ length: 4 }, (): readonly ActionStep[] => [crash, start, rest(20_000)]).flat(),
      ...nothingWritten(['L9', 'pain-26'], 'served'),
      ...stands(['L9']),
      remember('end'),
      create('new'),
      rest(),
      served(['L9'], 'new'),
    ],
  },
];
