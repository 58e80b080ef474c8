import type { ActionStep, CheckStep, ConformanceCase, Setup } from '../case.ts';
import { servedAll, servedWeb, stands, whole } from '../served-web.ts';
import { annotate, apiFault, create, fault, remember, remove, rest } from '../story.ts';

/** A short day: hours of the audit in minutes of the story. */
const minute = 6_000;
const half: Setup = { audit: { intervalMs: 10 * minute, graceMs: 30 * minute, deleteStrays: true } };
const looksOnly: Setup = { audit: { intervalMs: 10 * minute, graceMs: 30 * minute, deleteStrays: false } };
const plant = (as: string): ActionStep => ({ do: 'plant-stray', as });
const there = (rows: CheckStep['rows'], as: string, exists = true): CheckStep => ({ rows, check: 'stray', as, exists });
const strays = (rows: CheckStep['rows']): CheckStep => ({
  rows,
  check: 'metric',
  name: 'portolan_things',
  labels: { state: 'stray' },
  atLeast: 1,
  equals: 'things-stray',
});
/** As many things are counted as Services have, and the cluster shares. */
const ownedCounted = (rows: CheckStep['rows']): CheckStep => ({
  rows,
  check: 'metric',
  name: 'portolan_things',
  labels: { state: 'owned' },
  equals: 'things-owned',
});
/** What a controller that is down leaves behind when somebody takes the finalizer off and deletes the Service. */
const leaked: readonly ActionStep[] = [
  { do: 'stop' },
  { do: 'patch', service: 'web', patch: { metadata: { finalizers: null } } },
  remove('web'),
  { do: 'start' },
];

/** The audit: what carries our mark and belongs to no Service (contract C10; design §8). */
export const cases: readonly ConformanceCase[] = [
  {
    id: 'audit/leaked',
    title: 'What was left behind over a restart by a finalizer taken off is found, and taken away after the grace period',
    setup: half,
    steps: [
      ...servedAll('web', 'two'),
      ...leaked,
      rest(20 * minute),
      strays(['C10', 'pain-1', 'pain-24']),
      { rows: ['C10'], check: 'owned', service: 'web', same: 'served', why: 'the grace period is not over' },
      rest(40 * minute),
      { rows: ['C10', 'pain-1'], check: 'owned', service: 'web', none: true },
      { rows: ['C10', 'pain-1'], check: 'owned-in-all', main: 1 },
      ...stands(['C10', 'pain-9'], 'two'),
      ...whole(['C10'], 'two'),
    ],
  },
  {
    id: 'audit/looks-only',
    title: 'An audit that is not told to delete finds a stray, says so, and leaves it',
    hooks: ['plant-stray'],
    setup: looksOnly,
    steps: [
      ...servedWeb(),
      plant('left'),
      rest(180 * minute),
      there(['pain-1', 'idea-2'], 'left'),
      strays(['pain-1', 'pain-24']),
      ownedCounted(['pain-1', 'pain-24']),
      { rows: ['idea-5', 'pain-1'], check: 'calls', since: 'served', verb: 'apply', atMost: 0 },
      ...stands(['pain-1']),
    ],
  },
  {
    id: 'audit/after-the-grace-period',
    title: 'A stray is taken away when it has been one for longer than the grace period, and not before',
    hooks: ['plant-stray'],
    setup: half,
    steps: [
      ...servedWeb(),
      plant('left'),
      rest(25 * minute),
      there(['pain-1', 'idea-2'], 'left'),
      rest(35 * minute),
      there(['pain-1'], 'left', false),
      ...stands(['pain-1', 'pain-9']),
      ...whole(['pain-1']),
    ],
  },
  {
    id: 'audit/foreign',
    title: 'What is foreign is listed and never taken away, however long it stands there',
    hooks: ['plant-foreign', 'plant-stray'],
    setup: half,
    steps: [
      ...servedWeb(),
      { do: 'plant-foreign', what: 'other-cluster', like: 'web' },
      { do: 'plant-foreign', what: 'in-the-way', like: 'web' },
      plant('left'),
      rest(180 * minute),
      there(['pain-1'], 'left', false),
      { rows: ['idea-2', 'seed-13', 'pain-20'], check: 'foreign-untouched' },
      ...stands(['idea-2', 'pain-9']),
    ],
  },
  {
    id: 'audit/class-missing',
    title: 'What belongs to a Service of a class that is not configured is no stray',
    setup: { ...half, classes: [{ id: 'kit', default: true }, { id: 'second' }] },
    steps: [
      ...servedWeb(),
      create('other', { spec: { loadBalancerClass: 'portolan.dev/second' } }),
      rest(),
      remember('both'),
      { do: 'reload', classes: [{ id: 'kit', default: true }] },
      rest(120 * minute),
      { rows: ['design-3', 'pain-1', 'pain-9'], check: 'owned', service: 'other', same: 'both' },
      { rows: ['design-3', 'pain-9'], check: 'calls', since: 'both', verb: 'apply', atMost: 0 },
    ],
  },
  {
    id: 'audit/cleanup-pending',
    title: 'What a deleted Service still waits for is its cleanup’s, not the audit’s',
    setup: half,
    steps: [
      ...servedWeb(),
      fault('apply', 'error', { code: 'PermissionDenied' }),
      remove('web'),
      rest(120 * minute),
      { rows: ['P14', 'pain-2'], check: 'object-gone', service: 'web', gone: false },
      { rows: ['P14'], check: 'owned', service: 'web', same: 'served' },
      { do: 'no-faults' },
      rest(660_000),
      { rows: ['P14', 'C9'], check: 'object-gone', service: 'web', gone: true },
      { rows: ['pain-1'], check: 'owned-in-all', main: 0 },
    ],
  },
  {
    id: 'audit/services-unseen',
    title: 'While Services cannot be watched nothing is taken away',
    hooks: ['plant-stray'],
    setup: half,
    steps: [
      ...servedWeb(),
      plant('left'),
      apiFault('down', { path: '/services' }),
      { do: 'api-watches', what: 'drop' },
      create('new'),
      rest(120 * minute),
      there(['L8', 'P17'], 'left'),
      ...stands(['L8', 'pain-9']),
      { do: 'no-api-faults' },
      rest(120 * minute),
      there(['pain-1'], 'left', false),
      ...whole(['L8'], 'new'),
    ],
  },
  {
    id: 'audit/inventory-fails',
    title: 'An inventory that cannot be had, or breaks off, is no reason to take anything away',
    hooks: ['plant-stray'],
    setup: half,
    steps: [
      ...servedAll('web', 'two'),
      plant('left'),
      fault('inventory', 'partial'),
      rest(120 * minute),
      there(['P17'], 'left'),
      { rows: ['P17', 'pain-24'], check: 'metric', name: 'portolan_audit_failed', atLeast: 1 },
      ...stands(['P17', 'pain-9']),
      { do: 'no-faults' },
      rest(120 * minute),
      there(['pain-1'], 'left', false),
    ],
  },
  {
    id: 'audit/empty-inventory',
    title: 'An inventory that is empty once is forgotten with the next one: nothing is made or taken away',
    setup: half,
    steps: [
      ...servedAll('web', 'two'),
      fault('inventory', 'answer', { answer: 'empty', times: 1 }),
      rest(60 * minute),
      { rows: ['P17', 'pain-9'], check: 'calls', since: 'served', verb: 'apply', atMost: 0 },
      ...stands(['P17', 'pain-9']),
      ownedCounted(['pain-24']),
    ],
  },
  {
    id: 'audit/released',
    title: 'What was released is nobody’s: the audit does not take it away',
    setup: half,
    hooks: ['data-path'],
    steps: [
      ...servedWeb(),
      annotate('web', { 'portolan.dev/release': 'true' }),
      rest(180 * minute),
      { rows: ['pain-19', 'idea-2'], check: 'traffic', service: 'web', port: 80, expect: 'answered', by: ['n1', 'n2'] },
    ],
  },
  {
    id: 'audit/over-restarts',
    title: 'The age of a stray counts on over a restart, and a restart alone makes nothing one',
    hooks: ['plant-stray'],
    setup: half,
    steps: [
      ...servedWeb(),
      plant('left'),
      rest(20 * minute),
      { do: 'crash' },
      { do: 'start' },
      rest(5 * minute),
      there(['pain-1'], 'left'),
      rest(20 * minute),
      there(['pain-1', 'idea-3'], 'left', false),
      ...stands(['pain-9', 'L9']),
    ],
  },
  {
    id: 'audit/deletion-lost',
    title: 'A stray whose deletion was never answered is gone in the end, and nothing else is',
    hooks: ['plant-stray'],
    setup: half,
    steps: [
      ...servedWeb(),
      plant('left'),
      fault('apply', 'lost-reply', { times: 1 }),
      rest(120 * minute),
      there(['pain-1', 'B11'], 'left', false),
      ...stands(['pain-9']),
      ...whole(['pain-1']),
    ],
  },
  {
    id: 'audit/cost',
    title: 'An audit is one batched read per interval, and no write',
    setup: { ...looksOnly, driftCheckMs: 0 },
    steps: [
      ...servedAll('web', 'two', 'three'),
      rest(60 * minute),
      { rows: ['idea-5', 'pain-32'], check: 'calls', since: 'served', verb: 'any', atMost: 6, atLeast: 5 },
      { rows: ['idea-5', 'pain-32'], check: 'calls', since: 'served', verb: 'inventory', atLeast: 5 },
      { rows: ['idea-5', 'F1'], check: 'api-writes', since: 'served', atMost: 0 },
    ],
  },
];
