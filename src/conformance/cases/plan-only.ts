import type { ActionStep, ClassSetup, ConformanceCase } from '../case.ts';
import { addNodes } from '../node-story.ts';
import { nothingWritten, servedWeb, stands, whole } from '../served-web.ts';
import { create, edit, fault, ports, remember, remove, rest } from '../story.ts';

const classes: readonly ClassSetup[] = [{ id: 'kit', default: true, mode: 'plan-only' }];
const onlyPlan: ActionStep = { do: 'reload', classes };
const goAhead: ActionStep = { do: 'reload', classes: [{ id: 'kit', default: true }] };

/** A class that shows what it would do, and does nothing (design §8). */
export const cases: readonly ConformanceCase[] = [
  {
    id: 'plan-only/new-service',
    title: 'A new Service is told what would be made; nothing is, and no finalizer holds it',
    setup: { classes },
    steps: [
      create('web'),
      remember('made'),
      rest(),
      { rows: ['pain-31', 'design-8'], check: 'calls', since: 'made', verb: 'apply', atMost: 0 },
      { rows: ['pain-31', 'design-8'], check: 'owned', service: 'web', none: true },
      { rows: ['pain-31'], check: 'condition', service: 'web', type: 'Accepted' },
      {
        rows: ['pain-31', 'idea-4'],
        check: 'condition',
        service: 'web',
        type: 'Programmed',
        status: 'False',
        reason: 'PlanOnly',
        mentions: ['Would be done'],
      },
      { rows: ['design-8'], check: 'finalizer', service: 'web', present: false },
      { rows: ['design-8'], check: 'ingress', service: 'web', count: 0 },
      remove('web'),
      rest(5_000),
      { rows: ['design-8', 'pain-2'], check: 'object-gone', service: 'web', gone: true },
    ],
  },
  {
    id: 'plan-only/everything-else',
    title: 'Edits, Nodes, time and a restart change nothing either',
    setup: { classes },
    steps: [
      create('web'),
      remember('made'),
      rest(5_000),
      edit('web', ports(['TCP', 8080], ['TCP', 8081])),
      rest(5_000),
      {
        rows: ['pain-31'],
        check: 'condition',
        service: 'web',
        type: 'Programmed',
        status: 'False',
        reason: 'PlanOnly',
      },
      addNodes('n3'),
      rest(1_300_000),
      { do: 'crash' },
      { do: 'start' },
      rest(60_000),
      { rows: ['pain-31', 'design-8'], check: 'calls', since: 'made', verb: 'apply', atMost: 0 },
      { rows: ['design-8'], check: 'owned-in-all', main: 0 },
      { rows: ['design-8'], check: 'finalizer', service: 'web', present: false },
    ],
  },
  {
    id: 'plan-only/bad-service',
    title: 'A Service that could not be served is told so before anybody would serve it',
    setup: { classes },
    steps: [
      create('web', { annotations: { 'portolan.dev/scheme': 'sideways' } }),
      rest(5_000),
      { rows: ['pain-31', 'idea-7'], check: 'condition', service: 'web', type: 'Accepted', status: 'False', reason: 'InvalidSetting' },
    ],
  },
  {
    id: 'plan-only/then-apply',
    title: 'When the class is told to go ahead, what was shown is done',
    setup: { classes },
    steps: [
      create('web'),
      rest(5_000),
      goAhead,
      rest(),
      ...whole(['pain-31', 'design-8']),
      { rows: ['design-8'], check: 'finalizer', service: 'web', present: true },
    ],
  },
  {
    id: 'plan-only/switched-on-later',
    title: 'What is served stands when its class is told to only plan; edits are shown, not made, until it is told otherwise',
    steps: [
      ...servedWeb(),
      onlyPlan,
      rest(5_000),
      ...nothingWritten(['design-8'], 'served').slice(0, 1),
      ...stands(['design-8', 'F4']),
      edit('web', ports(['TCP', 8080])),
      rest(5_000),
      { rows: ['pain-31', 'design-8'], check: 'condition', service: 'web', type: 'Programmed', status: 'False', reason: 'PlanOnly' },
      { rows: ['pain-31', 'design-8'], check: 'calls', since: 'served', verb: 'apply', atMost: 0 },
      ...stands(['design-8', 'F4']),
      goAhead,
      rest(),
      ...stands(['F12']),
      ...whole(['design-8']),
    ],
  },
  {
    id: 'plan-only/deletion',
    title:
      'A Service whose load balancer may only be planned for keeps its finalizer when it is deleted, and goes when the class goes ahead',
    steps: [
      ...servedWeb(),
      onlyPlan,
      rest(1_000),
      remove('web'),
      rest(60_000),
      { rows: ['design-8', 'P14', 'C9'], check: 'object-gone', service: 'web', gone: false },
      { rows: ['design-8', 'C9'], check: 'owned', service: 'web', same: 'served' },
      { rows: ['P29', 'design-8'], check: 'condition', service: 'web', type: 'Programmed', status: 'False', reason: 'PlanOnly' },
      goAhead,
      rest(60_000),
      { rows: ['design-8', 'C9'], check: 'object-gone', service: 'web', gone: true },
      { rows: ['pain-1'], check: 'owned', service: 'web', none: true },
    ],
  },
  {
    id: 'plan-only/cloud-away',
    title: 'A plan that cannot be made says why',
    setup: { classes },
    steps: [
      fault('observe', 'error', { code: 'PermissionDenied' }),
      create('web'),
      rest(5_000),
      { rows: ['idea-4', 'pain-23'], check: 'condition', service: 'web', type: 'Programmed', status: 'False', reason: 'PermissionDenied' },
      { rows: ['design-8'], check: 'finalizer', service: 'web', present: false },
    ],
  },
];
