import type { ConformanceCase } from '../case.ts';
import { addNodes, members } from '../node-story.ts';
import { servedWeb, stands, whole } from '../served-web.ts';
import { apiFault, create, edit, fault, ports, remember, remove, rest } from '../story.ts';

/** Longer than any doubt about what became of a call. */
const settled = rest(600_000);
/** As late as the provider says that anything may come. */
const muchLater = 3_600_000;
const patchStatus = { method: 'PATCH', path: '/services/web/status' };

/** Calls that were carried out and never answered, at once or later (design §4, doubt). */
export const cases: readonly ConformanceCase[] = [
  {
    id: 'lost-replies/creation',
    title: 'A load balancer whose creation was never answered is found, not made twice',
    steps: [
      fault('apply', 'lost-reply', { times: 1 }),
      create('web'),
      settled,
      ...whole(['design-4', 'idea-3', 'pain-1']),
      { rows: ['design-4', 'idea-3', 'pain-1'], check: 'owned-in-all', main: 1 },
      { rows: ['idea-4', 'B8'], check: 'events', service: 'web', has: ['SyncLoadBalancerFailed', 'EnsuredLoadBalancer'] },
    ],
  },
  {
    id: 'lost-replies/told',
    title: 'While nobody knows what became of a call the Service says so',
    steps: [
      fault('apply', 'error', { code: 'OutcomeUnknown', times: 1 }),
      create('web'),
      rest(1_000),
      { rows: ['idea-4', 'pain-3'], check: 'condition', service: 'web', type: 'Programmed', status: 'False', reason: 'OutcomeUnknown' },
      settled,
      ...whole(['design-4']),
    ],
  },
  {
    id: 'lost-replies/creation-late',
    title: 'A load balancer that turns up long after its creation was sent is the only one',
    steps: [
      fault('apply', 'late', { ms: muchLater, times: 1 }),
      create('web'),
      settled,
      ...whole(['design-4', 'idea-3', 'pain-1']),
      { rows: ['design-4', 'idea-3', 'pain-1'], check: 'owned-in-all', main: 1 },
    ],
  },
  {
    id: 'lost-replies/every-one',
    title: 'A cloud that answers nothing for a while leaves one whole load balancer',
    steps: [
      fault('apply', 'lost-reply', { times: 6 }),
      create('web', { spec: ports(['TCP', 80], ['TCP', 81]) }),
      rest(1_200_000),
      ...whole(['design-4', 'idea-3']),
      { rows: ['design-4', 'idea-3'], check: 'owned-in-all', main: 1 },
    ],
  },
  {
    id: 'lost-replies/never-happened',
    title: 'A creation that was never answered and never happened is made once the doubt is over',
    steps: [
      fault('apply', 'error', { code: 'OutcomeUnknown', times: 1 }),
      create('web'),
      settled,
      ...whole(['design-4', 'idea-3']),
      { rows: ['design-4'], check: 'owned-in-all', main: 1 },
    ],
  },
  {
    id: 'lost-replies/deleted-in-doubt',
    title: 'A Service that is deleted while its creation is in doubt goes only when nothing can turn up any more',
    steps: [
      fault('apply', 'late', { ms: muchLater, times: 1 }),
      create('web'),
      rest(500),
      remember('sent'),
      remove('web'),
      settled,
      { rows: ['design-4', 'pain-1', 'C3'], check: 'owned-in-all', main: 0, why: 'what came late was still waited for' },
      { rows: ['design-4', 'C9', 'pain-2'], check: 'object-gone', service: 'web', gone: true },
    ],
  },
  {
    id: 'lost-replies/edit',
    title: 'An edit that was never answered is found done',
    steps: [
      ...servedWeb(),
      fault('apply', 'lost-reply', { times: 2 }),
      edit('web', ports(['TCP', 80], ['TCP', 81])),
      settled,
      ...stands(['design-4', 'F12', 'F4']),
      ...whole(['design-4']),
    ],
  },
  {
    id: 'lost-replies/edit-late',
    title: 'An edit that is carried out late does not undo the one made after it',
    steps: [
      ...servedWeb(),
      fault('apply', 'late', { ms: muchLater, times: 1 }),
      edit('web', ports(['TCP', 80], ['TCP', 81])),
      rest(500),
      edit('web', ports(['TCP', 80], ['TCP', 82])),
      rest(1_200_000),
      ...stands(['design-4', 'F12']),
      { rows: ['design-4'], check: 'want', service: 'web', at: '/listeners/1/id', equals: 'TCP/82' },
      ...whole(['design-4']),
    ],
  },
  {
    id: 'lost-replies/members',
    title: 'A member update that was never answered is found done, and does not make the Service look broken',
    steps: [
      ...servedWeb(),
      fault('apply', 'lost-reply', { times: 1 }),
      addNodes('n3'),
      rest(3_000),
      { rows: ['design-7', 'K12'], check: 'condition', service: 'web', type: 'Programmed' },
      settled,
      members(['K9', 'K12'], ['n1', 'n2', 'n3']),
      { rows: ['K12', 'design-4'], check: 'settled', service: 'web' },
      { rows: ['design-7'], check: 'condition', service: 'web', type: 'Degraded', status: 'False' },
      ...stands(['design-4']),
    ],
  },
  {
    id: 'lost-replies/members-late',
    title: 'A member update that is carried out late is not the last word',
    steps: [
      ...servedWeb(),
      fault('apply', 'late', { ms: muchLater, times: 1 }),
      addNodes('n3'),
      rest(2_000),
      addNodes('n4'),
      rest(1_200_000),
      members(['seed-41', 'K14'], ['n1', 'n2', 'n3', 'n4']),
      { rows: ['seed-41', 'K14', 'design-4'], check: 'settled', service: 'web' },
    ],
  },
  {
    id: 'lost-replies/deletion',
    title: 'A deletion that was never answered is found done, and the Service goes',
    steps: [
      ...servedWeb(),
      fault('apply', 'lost-reply', { times: 1 }),
      remove('web'),
      settled,
      { rows: ['B11', 'seed-5', 'C6'], check: 'object-gone', service: 'web', gone: true },
      { rows: ['C3', 'pain-1'], check: 'owned-in-all', main: 0 },
    ],
  },
  {
    id: 'lost-replies/deletion-late',
    title: 'While a deletion that was never answered may still be under way the finalizer stays',
    steps: [
      ...servedWeb(),
      fault('apply', 'error', { code: 'OutcomeUnknown', times: 1 }),
      remove('web'),
      rest(1_000),
      { rows: ['C3', 'C4', 'P14'], check: 'object-gone', service: 'web', gone: false },
      { rows: ['C4', 'P14'], check: 'owned', service: 'web', main: 1 },
      settled,
      { rows: ['C9', 'C4'], check: 'object-gone', service: 'web', gone: true },
      { rows: ['pain-1'], check: 'owned-in-all', main: 0 },
    ],
  },
  {
    id: 'lost-replies/finalizer',
    title: 'A finalizer patch that was never answered: nothing is made before it stands, and then once',
    steps: [
      apiFault('drop-after', { ...patchStatus, times: 1 }),
      create('web'),
      rest(),
      { rows: ['E1', 'B3'], check: 'object', service: 'web', at: '/metadata/finalizers', equals: ['portolan.dev/lb.kit'] },
      ...whole(['B3', 'L5']),
      { rows: ['B3'], check: 'owned-in-all', main: 1 },
    ],
  },
  {
    id: 'lost-replies/last-patch',
    title: 'A patch that took the finalizer off and was never answered ends the cleanup all the same',
    steps: [
      ...servedWeb(),
      apiFault('drop-after', { ...patchStatus, times: 2 }),
      remove('web'),
      rest(120_000),
      { rows: ['C6', 'C7'], check: 'object-gone', service: 'web', gone: true },
      { rows: ['C6', 'B11'], check: 'owned-in-all', main: 0 },
      remember('gone'),
      rest(120_000),
      { rows: ['C7', 'idea-5'], check: 'calls', since: 'gone', verb: 'any', atMost: 0, why: 'nobody works on what is no more' },
    ],
  },
];
