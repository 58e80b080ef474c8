import type { ActionStep, ConformanceCase } from '../case.ts';
import { addNodes, members } from '../node-story.ts';
import { servedWeb, stands, whole } from '../served-web.ts';
import { annotate, create, edit, fault, leftAlone, ports, remember, remove, rest, untilDone } from '../story.ts';
import type { WrongAnswer } from '../wrong-answers.ts';
import type { RowId } from '../rows/row.ts';

const wrong = (
  verb: 'plan' | 'report' | 'observe' | 'capabilities' | 'inventory' | 'apply',
  answer: WrongAnswer,
  times?: number,
): ActionStep => fault(verb, 'answer', { answer, ...(times === undefined ? {} : { times }) });
const triedAgain = rest(660_000);

/** A plan that breaks the contract: no step of it runs, on an edit, a node change or a deletion; said on the Service; over when it is. */
const refusedPlan = (answer: WrongAnswer, what: string, rows: readonly RowId[]): ConformanceCase => ({
  id: `hostile-answers/plan-${answer}`,
  title: `A plan ${what} is not carried out, and the Service says that the provider is at fault`,
  steps: [
    ...servedWeb({ spec: ports(['TCP', 80], ['TCP', 81]) }),
    wrong('plan', answer),
    edit('web', ports(['TCP', 80], ['TCP', 8081])),
    rest(),
    { rows, check: 'calls', since: 'served', verb: 'apply', atMost: 0 },
    ...stands(rows),
    { rows: ['idea-4'], check: 'condition', service: 'web', type: 'Programmed', status: 'False' },
    { rows: ['idea-4', 'B8'], check: 'events', service: 'web', since: 'served', has: ['SyncLoadBalancerFailed'] },
    create('new'),
    rest(),
    { rows, check: 'owned', service: 'new', none: true },
    { rows: ['idea-4'], check: 'condition', service: 'new', type: 'Programmed', status: 'False' },
    remove('web'),
    rest(),
    { rows, check: 'owned', service: 'web', same: 'served', why: 'a deletion by a plan that proves nothing deletes nothing' },
    { rows: [...rows, 'P14'], check: 'object-gone', service: 'web', gone: false },
    { do: 'no-faults' },
    triedAgain,
    { rows: ['idea-4', 'C9'], check: 'object-gone', service: 'web', gone: true },
    ...whole(['idea-4'], 'new'),
    { rows, check: 'owned-in-all', main: 1 },
  ],
});

/** An answer that says nothing that can be used: what is served stands, nothing is taken for gone, and it is said. */
const useless = (
  verb: 'observe' | 'capabilities' | 'report',
  answer: WrongAnswer,
  what: string,
  rows: readonly RowId[],
): ConformanceCase => ({
  id: `hostile-answers/${verb}-${answer}`,
  title: `${what} changes no status, takes nothing for gone, and is said on the Service`,
  steps: [
    ...servedWeb(),
    wrong(verb, answer),
    edit('web', ports(['TCP', 80], ['TCP', 81])),
    rest(),
    { rows, check: 'calls', since: 'served', verb: 'apply', where: { verb: 'delete' }, atMost: 0 },
    ...stands(rows),
    { rows: ['idea-4'], check: 'condition', service: 'web', type: 'Programmed', status: 'False' },
    { rows: ['idea-4', 'B8'], check: 'events', service: 'web', since: 'served', has: ['SyncLoadBalancerFailed'] },
    { do: 'no-faults' },
    triedAgain,
    ...stands(rows),
    ...whole(['idea-4', ...rows]),
    { rows, check: 'owned-in-all', main: 1 },
  ],
});

const proof: readonly RowId[] = ['idea-2', 'design-5'];
const shape: readonly RowId[] = ['design-5', 'B5'];

/** Answers that the contract does not allow: missing, null and hostile fields never become a change (design §5). */
export const cases: readonly ConformanceCase[] = [
  refusedPlan('null', 'that is none', shape),
  refusedPlan('nothing', 'without steps and refusals', shape),
  refusedPlan('another-owner', 'that touches, or marks, what is another cluster’s', [...proof, 'pain-20']),
  refusedPlan('no-proof', 'that does not say why it may touch what it touches', proof),
  refusedPlan('no-disruption', 'that does not say what clients notice', ['design-6', 'design-5']),
  refusedPlan('strange-disruption', 'that says in words of its own what clients notice', ['design-6', 'design-5']),
  refusedPlan('circle', 'whose steps wait for each other', ['design-3', 'design-5']),
  refusedPlan('unknown-step', 'whose steps wait for one that is not there', ['design-3', 'design-5']),
  refusedPlan('twice', 'that names its steps twice', ['design-3', 'design-5']),
  refusedPlan('no-operation', 'whose steps say nothing of what to do', shape),
  refusedPlan('refuses-and-acts', 'that refuses and acts', ['design-5', 'J7']),
  {
    id: 'hostile-answers/plan-no-claim',
    title: 'A step that destroys and does not say what is lost is not carried out, whatever the class allows',
    setup: { classes: [{ id: 'kit', default: true, guard: { destroys: 'allow', 'changes-address': 'allow' } }] },
    steps: [
      ...servedWeb(),
      wrong('plan', 'no-claim'),
      edit('web', ports(['TCP', 80], ['TCP', 81])),
      rest(),
      { rows: ['design-6', 'design-5'], check: 'calls', since: 'served', verb: 'apply', atMost: 0 },
      ...stands(['design-6', 'pain-9']),
      { rows: ['idea-4'], check: 'condition', service: 'web', type: 'Programmed', status: 'False', reason: 'ProviderBug' },
      { do: 'no-faults' },
      triedAgain,
      ...whole(['design-6']),
    ],
  },
  {
    id: 'hostile-answers/plan-more-than-members',
    title: 'Of a plan for a frozen load balancer nothing runs that is not said to be about members only',
    steps: [
      ...servedWeb(),
      annotate('web', { 'portolan.dev/scheme': 'sideways' }),
      rest(5_000),
      wrong('plan', 'more-than-members'),
      addNodes('n3'),
      rest(),
      { rows: ['idea-8', 'design-5'], check: 'calls', since: 'served', verb: 'apply', atMost: 0 },
      ...stands(['idea-8']),
      { do: 'no-faults' },
      triedAgain,
      members(['idea-8', 'K12'], ['n1', 'n2', 'n3']),
      { rows: ['idea-8', 'K12'], check: 'settled', service: 'web' },
    ],
  },
  {
    id: 'hostile-answers/plan-creates',
    title: 'A plan that makes something for a load balancer that is to go is not carried out',
    steps: [
      ...servedWeb(),
      wrong('plan', 'creates'),
      remove('web'),
      rest(),
      { rows: ['design-5', 'B10'], check: 'calls', since: 'served', verb: 'apply', atMost: 0 },
      { rows: ['design-5', 'P14'], check: 'finalizer', service: 'web', present: true },
      { do: 'no-faults' },
      triedAgain,
      { rows: ['design-5', 'C9'], check: 'object-gone', service: 'web', gone: true },
    ],
  },
  {
    id: 'hostile-answers/plan-hurts-one',
    title: 'A plan that breaks the contract for one Service keeps no other from being served',
    steps: [
      ...servedWeb(),
      wrong('plan', 'null', 1),
      edit('web', ports(['TCP', 8080])),
      rest(500),
      create('new'),
      untilDone(2_000),
      ...whole(['pain-17', 'idea-8'], 'new'),
      rest(),
      ...whole(['pain-17']),
    ],
  },

  useless('observe', 'null', 'A look that answers null', ['B5', 'P17', 'pain-25']),
  useless('observe', 'nothing', 'A look that answers an empty object', ['B5', 'P17', 'pain-25']),
  useless('capabilities', 'null', 'A provider that says nothing of what it can', ['B5', 'pain-25']),
  useless('report', 'null', 'A report that is none', ['B5', 'F4', 'pain-25']),
  useless('report', 'nothing', 'A report without a field', ['B5', 'F4', 'pain-25']),
  useless('report', 'other-listeners', 'A report about other listeners than were asked for', ['P9', 'F9']),
  useless('report', 'no-listeners', 'A report about no listener', ['P9', 'F9']),
  useless('report', 'strange-state', 'A report in words of its own', ['P9', 'pain-25']),
  useless('report', 'no-address', 'A report with an address that is none', ['F5', 'B5']),
  {
    id: 'hostile-answers/report-unknown-address',
    title: 'A provider that cannot say which address it is keeps the one in status',
    steps: [
      ...servedWeb(),
      wrong('report', 'unknown-address'),
      edit('web', ports(['TCP', 80], ['TCP', 81])),
      rest(),
      ...stands(['F3']),
      { do: 'no-faults' },
      triedAgain,
      ...whole(['F3']),
    ],
  },
  {
    id: 'hostile-answers/observe-bad-answer',
    title: 'A cloud that answers nonsense is no empty cloud: nothing is made, nothing taken away',
    steps: [
      ...servedWeb(),
      { do: 'crash' },
      { do: 'patch', service: 'web', sub: 'status', patch: { status: { conditions: null } } },
      fault('observe', 'error', { code: 'BadAnswer' }),
      { do: 'start' },
      rest(120_000),
      { rows: ['P17', 'idea-2'], check: 'calls', since: 'served', verb: 'apply', atMost: 0 },
      ...stands(['P17', 'F4']),
      { rows: ['idea-4'], check: 'events', service: 'web', since: 'served', has: ['SyncLoadBalancerFailed'] },
      { do: 'no-faults' },
      triedAgain,
      ...stands(['P17', 'F4']),
      ...whole(['idea-4']),
    ],
  },
  {
    id: 'hostile-answers/deletion-not-seen',
    title: 'A Service whose load balancer cannot be seen is not let go',
    steps: [
      ...servedWeb(),
      wrong('observe', 'null'),
      remove('web'),
      rest(120_000),
      { rows: ['C2', 'P17'], check: 'object-gone', service: 'web', gone: false },
      { rows: ['C2', 'P17'], check: 'owned', service: 'web', same: 'served' },
      { do: 'no-faults' },
      triedAgain,
      { rows: ['C2', 'C9'], check: 'object-gone', service: 'web', gone: true },
      { rows: ['pain-1'], check: 'owned', service: 'web', none: true },
    ],
  },
  {
    id: 'hostile-answers/inventory-null',
    title: 'An inventory with nothing in its entries is no reason to touch anything',
    steps: [
      ...servedWeb(),
      remember('before'),
      { do: 'crash' },
      wrong('inventory', 'null', 1),
      { do: 'start' },
      rest(120_000),
      { rows: ['P17', 'L10'], check: 'calls', since: 'before', verb: 'apply', atMost: 0 },
      ...stands(['P17', 'L10']),
      ...whole(['L10']),
    ],
  },
  {
    id: 'hostile-answers/apply-null',
    title: 'A step that was done and answers nothing is found done, not made twice',
    steps: [
      wrong('apply', 'null', 2),
      create('web'),
      rest(600_000),
      ...whole(['B5', 'idea-3']),
      { rows: ['B5', 'idea-3'], check: 'owned-in-all', main: 1 },
    ],
  },
  {
    id: 'hostile-answers/foreign-left-alone',
    title: 'A plan that claims a Service’s load balancer for another cluster leaves a foreign Service as alone as ever',
    steps: [
      create('foreign', { spec: { loadBalancerClass: 'example.com/other' } }),
      wrong('plan', 'another-owner'),
      create('web'),
      rest(),
      leftAlone(['G1', 'idea-2'], 'foreign'),
      { rows: ['idea-2'], check: 'owned', service: 'web', none: true },
    ],
  },
];
