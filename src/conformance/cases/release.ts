import type { CheckStep, ConformanceCase } from '../case.ts';
import { addNodes } from '../node-story.ts';
import { servedAll, servedWeb, silence, stands, whole } from '../served-web.ts';
import { annotate, apiFault, create, edit, fault, ports, remember, remove, rest, untilDone } from '../story.ts';
import type { RowId } from '../rows/row.ts';

const release = annotate('web', { 'portolan.dev/release': 'true' });
const rows: readonly RowId[] = ['pain-19', 'pain-2'];

/** Left to others: none of ours any more, and as it was for clients. */
const released: readonly CheckStep[] = [
  { rows, check: 'finalizer', service: 'web', present: false },
  { rows, check: 'owned', service: 'web', none: true },
  { rows: [...rows, 'idea-6'], check: 'ingress', service: 'web', same: 'served' },
  { rows: [...rows, 'idea-4'], check: 'condition', service: 'web', type: 'Accepted', status: 'False', reason: 'Released' },
];
const deletesNothing = (since: string): CheckStep => ({
  rows: [...rows, 'pain-9'],
  check: 'calls',
  since,
  verb: 'apply',
  where: { verb: 'delete' },
  atMost: 0,
});

/** A load balancer that its owner wants left to others (`portolan.dev/release: "true"`). */
export const cases: readonly ConformanceCase[] = [
  {
    id: 'release/served',
    title: 'A released load balancer stays as it stands, without our marks; the Service is free and says so',
    steps: [
      ...servedWeb(),
      release,
      rest(),
      ...released,
      deletesNothing('served'),
      { rows, check: 'events', service: 'web', since: 'served', has: ['Released'] },
    ],
  },
  {
    id: 'release/traffic',
    title: 'Clients of a released load balancer are served on',
    hooks: ['data-path'],
    steps: [
      ...servedWeb(),
      release,
      rest(),
      { rows, check: 'traffic', service: 'web', port: 80, expect: 'answered', by: ['n1', 'n2'] },
      { do: 'crash' },
      { do: 'start' },
      rest(),
      { rows, check: 'traffic', service: 'web', port: 80, expect: 'answered', by: ['n1', 'n2'] },
    ],
  },
  {
    id: 'release/left-alone',
    title: 'A released Service is left alone whatever happens to it, also after a restart, and goes when it is deleted',
    steps: [
      ...servedWeb(),
      release,
      rest(),
      remember('released'),
      edit('web', ports(['TCP', 8080])),
      addNodes('n3'),
      rest(660_000),
      { do: 'crash' },
      { do: 'start' },
      rest(60_000),
      { rows: [...rows, 'idea-5'], check: 'left-alone', service: 'web', since: 'released' },
      remove('web'),
      rest(),
      { rows, check: 'object-gone', service: 'web', gone: true },
      deletesNothing('served'),
    ],
  },
  {
    id: 'release/one-of-two',
    title: 'Releasing one Service concerns no other',
    steps: [...servedAll('web', 'two'), release, rest(), ...released, ...stands(['pain-17', ...rows], 'two'), ...whole(['pain-17'], 'two')],
  },
  {
    id: 'release/from-the-start',
    title: 'A Service that is released from its first moment is never claimed',
    steps: [
      create('web', { annotations: { 'portolan.dev/release': 'true' } }),
      rest(5_000),
      remember('made'),
      { rows: ['A1', ...rows], check: 'left-alone', service: 'web' },
      rest(60_000),
      ...silence(['A1', 'idea-5'], 'made'),
    ],
  },
  {
    id: 'release/taken-back',
    title: 'When the wish is taken back a new load balancer is made, and the one that was left is not touched',
    hooks: ['places-to-choose'],
    steps: [
      ...servedWeb(),
      release,
      rest(),
      annotate('web', { 'portolan.dev/release': null }),
      untilDone(60_000),
      ...whole(rows),
      {
        rows: [...rows, 'idea-2'],
        check: 'ingress',
        service: 'web',
        differs: 'served',
        why: 'what carries no mark of ours is not adopted',
      },
      deletesNothing('served'),
    ],
  },
  {
    id: 'release/misspelled',
    title: 'A wish that is not exactly "true" releases nothing, and is refused with the word that would',
    steps: [
      ...servedWeb(),
      annotate('web', { 'portolan.dev/release': 'yes' }),
      rest(),
      ...stands([...rows, 'pain-22']),
      {
        rows: ['idea-7', 'pain-22'],
        check: 'condition',
        service: 'web',
        type: 'Accepted',
        status: 'False',
        mentions: ['portolan.dev/release'],
      },
      { rows, check: 'finalizer', service: 'web', present: true },
    ],
  },
  {
    id: 'release/deleted-at-once',
    title: 'A Service that is released and deleted in one go leaves its load balancer standing',
    steps: [
      ...servedWeb(),
      release,
      remove('web'),
      rest(60_000),
      { rows, check: 'object-gone', service: 'web', gone: true },
      { rows, check: 'owned', service: 'web', none: true },
      deletesNothing('served'),
    ],
  },
  {
    id: 'release/fails',
    title: 'A release that fails is tried again, says why, and lets the Service go only when the marks are off',
    steps: [
      ...servedWeb(),
      fault('apply', 'error', { code: 'PermissionDenied' }),
      release,
      rest(5_000),
      { rows, check: 'finalizer', service: 'web', present: true },
      { rows, check: 'owned', service: 'web', same: 'served' },
      { rows: ['idea-4', 'P29'], check: 'events', service: 'web', since: 'served', has: ['SyncLoadBalancerFailed'] },
      { do: 'no-faults' },
      rest(660_000),
      ...released,
      deletesNothing('served'),
    ],
  },
  ...(['lost-reply', 'hang'] as const).map(
    (kind): ConformanceCase => ({
      id: `release/crash-${kind}`,
      title: `Killed in the middle of a release (${kind}): it is finished, and nothing is deleted`,
      steps: [
        ...servedWeb(),
        fault('apply', kind, { times: 1 }),
        release,
        rest(500),
        { do: 'crash' },
        { do: 'no-faults' },
        { do: 'start' },
        rest(600_000),
        ...released,
        deletesNothing('served'),
      ],
    }),
  ),
  {
    id: 'release/patch-fails',
    title: 'A release whose last patch fails is repeated, and nothing is deleted or made',
    steps: [
      ...servedWeb(),
      release,
      apiFault('conflict', { method: 'PATCH', path: '/services/web/status', times: 3 }),
      rest(600_000),
      ...released,
      deletesNothing('served'),
      { rows, check: 'calls', since: 'served', verb: 'apply', where: { verb: 'create' }, atMost: 0 },
    ],
  },
];
