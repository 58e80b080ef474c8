import type { CheckStep, ConformanceCase } from '../case.ts';
import { servedAll, servedWeb, stands, whole } from '../served-web.ts';
import { create, edit, ports, remember, remove, rest, served, untilDone } from '../story.ts';

/** Longer than the drift check's period, which is ten minutes in a story that says nothing else. */
const untilLookedAt = rest(660_000);

/** What somebody changed in the cloud behind our back (contract A6, a deviation: upstream never looks). */
export const cases: readonly ConformanceCase[] = [
  {
    id: 'drift/load-balancer-removed',
    title: 'A load balancer that somebody removed is made again, once, and its address is published',
    hooks: ['tamper:load-balancer-removed'],
    steps: [
      ...servedWeb(),
      { do: 'tamper', what: 'load-balancer-removed', service: 'web' },
      untilLookedAt,
      ...whole(['A6', 'seed-37', 'pain-21']),
    ],
  },
  {
    id: 'drift/listener-removed',
    title: 'A listener that somebody removed is put back, and the address stays',
    hooks: ['tamper:listener-removed'],
    steps: [
      ...servedWeb({ spec: ports(['TCP', 80], ['TCP', 81]) }),
      { do: 'tamper', what: 'listener-removed', service: 'web' },
      untilLookedAt,
      ...whole(['A6', 'seed-37', 'pain-21']),
      ...stands(['idea-6', 'A6']),
    ],
  },
  {
    id: 'drift/listener-removed-traffic',
    title: 'After a listener was put back clients are served again',
    hooks: ['tamper:listener-removed', 'data-path'],
    steps: [
      ...servedWeb(),
      { do: 'tamper', what: 'listener-removed', service: 'web' },
      untilLookedAt,
      { rows: ['A6', 'seed-37'], check: 'traffic', service: 'web', port: 80, expect: 'answered', by: ['n1', 'n2'] },
    ],
  },
  {
    id: 'drift/members-changed',
    title: 'Members that somebody changed are put right, and nothing else is touched',
    hooks: ['tamper:members-changed'],
    steps: [
      ...servedWeb(),
      { do: 'tamper', what: 'members-changed', service: 'web' },
      untilLookedAt,
      { rows: ['A6', 'seed-37', 'pain-21'], check: 'settled', service: 'web' },
      { rows: ['A6'], check: 'calls', since: 'served', verb: 'apply', where: { membersOnly: false }, atMost: 0 },
      { rows: ['A6'], check: 'calls', since: 'served', verb: 'apply', where: { membersOnly: true }, atLeast: 1 },
      ...stands(['A6']),
    ],
  },
  {
    id: 'drift/one-of-many',
    title: 'What was changed about one load balancer is no reason to touch another',
    hooks: ['tamper:load-balancer-removed'],
    steps: [
      ...servedAll('web', 'two', 'three'),
      { do: 'tamper', what: 'load-balancer-removed', service: 'two' },
      untilLookedAt,
      ...whole(['A6', 'seed-37'], 'two'),
      { rows: ['A6', 'pain-17'], check: 'calls', since: 'served', verb: 'apply', service: 'web', atMost: 0 },
      { rows: ['A6', 'pain-17'], check: 'calls', since: 'served', verb: 'apply', service: 'three', atMost: 0 },
      ...stands(['A6', 'seed-25']),
    ],
  },
  {
    id: 'drift/again',
    title: 'The check goes on: what is changed later is put right too',
    hooks: ['tamper:members-changed'],
    steps: [
      ...servedWeb(),
      untilLookedAt,
      untilLookedAt,
      { do: 'tamper', what: 'members-changed', service: 'web' },
      untilLookedAt,
      { rows: ['seed-37', 'A6'], check: 'settled', service: 'web' },
    ],
  },
  {
    id: 'drift/edit-finds-it',
    title: 'An edit of a Service whose load balancer is gone makes one whole again, as the edit says',
    hooks: ['tamper:load-balancer-removed'],
    steps: [
      ...servedWeb(),
      { do: 'tamper', what: 'load-balancer-removed', service: 'web' },
      rest(40_000),
      edit('web', ports(['TCP', 8080])),
      untilDone(60_000),
      { rows: ['B11'], check: 'want', service: 'web', at: '/listeners/0/id', equals: 'TCP/8080' },
      ...whole(['B11', 'pain-21']),
    ],
  },
  {
    id: 'drift/deleted-already',
    title: 'A Service whose load balancer is gone already is deleted without an error',
    hooks: ['tamper:load-balancer-removed'],
    steps: [
      ...servedWeb(),
      { do: 'tamper', what: 'load-balancer-removed', service: 'web' },
      remove('web'),
      rest(120_000),
      { rows: ['B11', 'seed-5', 'C3'], check: 'object-gone', service: 'web', gone: true },
      { rows: ['B11', 'seed-5', 'pain-2'], check: 'events', service: 'web', since: 'served', hasNot: ['SyncLoadBalancerFailed'] },
    ],
  },
  {
    id: 'drift/half-gone-already',
    title: 'A Service whose load balancer has lost its listeners is deleted whole',
    hooks: ['tamper:listener-removed'],
    steps: [
      ...servedWeb(),
      { do: 'tamper', what: 'listener-removed', service: 'web' },
      remove('web'),
      rest(120_000),
      { rows: ['C3', 'seed-5'], check: 'object-gone', service: 'web', gone: true },
      { rows: ['C3', 'pain-1'], check: 'owned', service: 'web', none: true },
    ],
  },
  {
    id: 'drift/cost',
    title: 'A check that finds nothing is one look per load balancer and no write',
    setup: { driftCheckMs: 300_000 },
    steps: [
      ...servedAll('web', 'two'),
      rest(3_000_000),
      { rows: ['idea-5', 'pain-32'], check: 'calls', since: 'served', verb: 'apply', atMost: 0 },
      ...['web', 'two'].map(
        (service): CheckStep => ({
          rows: ['idea-5', 'pain-32'],
          check: 'calls',
          since: 'served',
          verb: 'observe',
          service,
          atMost: 10,
          atLeast: 8,
        }),
      ),
      { rows: ['idea-5', 'F1'], check: 'api-writes', since: 'served', atMost: 0 },
    ],
  },
  {
    id: 'drift/switched-off',
    title: 'Without the check nobody looks; switched on by the configuration somebody does',
    setup: { driftCheckMs: 0 },
    steps: [
      create('web'),
      rest(),
      served([], 'web'),
      remember('served'),
      rest(3_600_000),
      { rows: ['idea-5', 'design-8'], check: 'calls', since: 'served', verb: 'any', atMost: 0 },
      { do: 'reload', classes: [{ id: 'kit', default: true }], driftCheckMs: 60_000 },
      rest(200_000),
      { rows: ['design-8'], check: 'calls', since: 'served', verb: 'observe', atLeast: 1 },
    ],
  },
];
