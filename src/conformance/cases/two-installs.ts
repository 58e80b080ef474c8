import type { ActionStep, ConformanceCase } from '../case.ts';
import { addNodes, members } from '../node-story.ts';
import { servedWeb, stands, whole } from '../served-web.ts';
import { create, edit, leftAlone, ports, remember, remove, rest, served } from '../story.ts';

const otherClass = { spec: { loadBalancerClass: 'portolan.dev/second' } };
/** Another install in the same cluster, for a class of its own. */
const second: ActionStep = { do: 'install', install: 'b', classes: [{ id: 'second' }] };

const fight: readonly ActionStep[] = Array.from({ length: 20 }, (_, turn): readonly ActionStep[] => [
  {
    do: 'patch',
    service: 'web',
    sub: 'status',
    patch: { status: { loadBalancer: { ingress: [{ ip: `203.0.113.${turn % 2 === 0 ? 9 : 10}` }] } } },
  },
  rest(250),
]).flat();

/** Several controllers in one cluster (contract G5). */
export const cases: readonly ConformanceCase[] = [
  {
    id: 'two-installs/each-its-own',
    title: 'Two installs at the same time serve their own class and nothing of the other',
    hooks: ['two-connections'],
    steps: [
      ...servedWeb(),
      second,
      { do: 'start', install: 'b' },
      create('other', otherClass),
      rest(),
      served(['G5', 'P1'], 'other'),
      { rows: ['G5'], check: 'finalizer', service: 'other', class: 'second', present: true },
      { rows: ['G5'], check: 'finalizer', service: 'other', present: false },
      { rows: ['G5', 'P1', 'pain-27'], check: 'calls', since: 'served', verb: 'any', service: 'other', install: 'a', atMost: 0 },
      leftAlone(['G5', 'P1', 'pain-27'], 'web', 'served'),
    ],
  },
  {
    id: 'two-installs/type-change',
    title: 'A Service that turned to another type is cleaned up by the install that made its load balancer, and by no other',
    hooks: ['two-connections'],
    steps: [
      second,
      { do: 'start', install: 'b' },
      create('other', otherClass),
      rest(),
      served([], 'other'),
      remember('served'),
      edit('other', { type: 'ClusterIP', loadBalancerClass: null }),
      rest(),
      { rows: ['G5', 'D3'], check: 'owned', service: 'other', none: true },
      { rows: ['G5', 'D3'], check: 'finalizer', service: 'other', class: 'second', present: false },
      {
        rows: ['G5', 'D3'],
        check: 'calls',
        since: 'served',
        verb: 'any',
        service: 'other',
        install: 'a',
        atMost: 0,
        why: 'without its class it looks like one of the default class',
      },
    ],
  },
  {
    id: 'two-installs/deletion-beside-another',
    title: 'While only another install runs, a deleted Service keeps its finalizer and its load balancer',
    steps: [
      ...servedWeb(),
      { do: 'stop' },
      { ...second, classes: [{ id: 'second', default: true }], sameConnection: true },
      { do: 'start', install: 'b' },
      rest(),
      leftAlone(['G5', 'C9'], 'web', 'served'),
      remove('web'),
      rest(120_000),
      { rows: ['G5', 'C9'], check: 'object-gone', service: 'web', gone: false },
      { rows: ['G5', 'C9'], check: 'finalizer', service: 'web', present: true },
      { rows: ['G5', 'C9'], check: 'owned', service: 'web', same: 'served' },
      { do: 'stop', install: 'b' },
      { do: 'start' },
      rest(),
      { rows: ['G5', 'C9'], check: 'object-gone', service: 'web', gone: true },
      { rows: ['G5', 'C9', 'pain-1'], check: 'owned', service: 'web', none: true },
    ],
  },
  {
    id: 'two-installs/members-beside-another',
    title: 'An install moves the members of its own load balancers only',
    steps: [
      ...servedWeb(),
      { do: 'stop' },
      { ...second, sameConnection: true },
      { do: 'start', install: 'b' },
      addNodes('n3'),
      rest(),
      { rows: ['G5'], check: 'calls', since: 'served', verb: 'apply', atMost: 0 },
      { do: 'stop', install: 'b' },
      { do: 'start' },
      rest(),
      members(['G5', 'L9'], ['n1', 'n2', 'n3']),
      { rows: ['G5', 'L9'], check: 'settled', service: 'web' },
    ],
  },
  {
    id: 'two-installs/finalizer-of-another',
    title: 'A classless Service that carries the finalizer of another install is that one’s, also with our class as the default',
    steps: [
      create('web', { finalizers: ['portolan.dev/lb.second'] }),
      rest(),
      leftAlone(['G5'], 'web'),
      edit('web', ports(['TCP', 8080])),
      rest(),
      remove('web'),
      rest(120_000),
      leftAlone(['G5', 'C9'], 'web'),
      { rows: ['G5', 'C9'], check: 'object', service: 'web', at: '/metadata/finalizers', equals: ['portolan.dev/lb.second'] },
    ],
  },
  {
    id: 'two-installs/two-classes-in-one',
    title: 'Two classes of one install have a finalizer each, and what one is told does not concern the other',
    setup: { classes: [{ id: 'kit', default: true }, { id: 'second' }] },
    steps: [
      ...servedWeb(),
      create('other', otherClass),
      rest(),
      { rows: ['G5', 'G2'], check: 'object', service: 'other', at: '/metadata/finalizers', equals: ['portolan.dev/lb.second'] },
      { rows: ['G5', 'G2'], check: 'object', service: 'web', at: '/metadata/finalizers', equals: ['portolan.dev/lb.kit'] },
      remove('other'),
      rest(),
      { rows: ['G5'], check: 'object-gone', service: 'other', gone: true },
      ...stands(['G5']),
    ],
  },
  {
    id: 'two-installs/status-fight',
    title: 'Against somebody who writes its status again and again the controller does not write at full speed, and wins in the end',
    steps: [
      ...servedWeb(),
      ...fight,
      { rows: ['seed-45', 'pain-27'], check: 'api-writes', since: 'served', atMost: 5 },
      rest(20_000),
      ...stands(['seed-45', 'P26']),
      ...whole(['seed-45']),
    ],
  },
];
