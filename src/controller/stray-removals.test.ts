import { afterEach, beforeEach, expect, it } from 'vitest';
import { ManualClock } from '../clock.ts';
import { LbError } from '../errors.ts';
import { silentLog } from '../log.ts';
import { noMetrics } from '../metrics.ts';
import { noCheckpoint } from '../model/checkpoint.ts';
import { cloudId, clusterId, providerName, serviceLoadBalancer, serviceUid, stepId, type LoadBalancerKey } from '../model/ids.ts';
import { marksOf } from '../model/owner.ts';
import type { AnyPlan, AnyStep } from '../model/plan.ts';
import { isGone, type Want } from '../model/spec.ts';
import type { AnyProvider, AnyProviderDefinition } from '../provider.ts';
import { LaneQueue } from './lane-queue.ts';
import type { RunningProvider } from './provider-pool.ts';
import { StrayRemovals, type Removed } from './stray-removals.ts';

const key = serviceLoadBalancer(serviceUid('gone'));
const owner = { clusterId: clusterId('cluster-1'), key, services: [] };

let clock: ManualClock;
let stop: AbortController;
let stray: boolean;
/** What each pass finds to do, in order; nothing after the last. */
let plans: AnyPlan[];
let applied: string[];
let failure: LbError | undefined;
let removals: StrayRemovals;
let working: Promise<void>;

const step = (id: string): AnyStep => ({
  id: stepId(id),
  after: [],
  verb: 'delete',
  resource: { kind: 'lb', name: id },
  summary: id,
  proof: { marks: marksOf(owner), on: cloudId(id) },
  repeat: 'safe',
  disruption: 'destroys',
  claim: { loses: [id], because: [] },
  op: null,
});
const steps = (...ids: string[]): AnyPlan => ({ steps: ids.map(step), refusals: [] });
const waits = (retryAfterMs?: number): AnyPlan => ({
  steps: [],
  refusals: [],
  wait: { reason: 'Pending', text: 'it goes', ...(retryAfterMs === undefined ? {} : { retryAfterMs }) },
});

beforeEach(() => {
  [clock, stop, stray, plans, applied, failure] = [new ManualClock(), new AbortController(), true, [], [], undefined];
  const queue = new LaneQueue<LoadBalancerKey>({ clock, metrics: noMetrics, name: 'test' });
  removals = new StrayRemovals(
    {
      clock,
      metrics: noMetrics,
      clusterId: owner.clusterId,
      checkpoint: noCheckpoint,
      signal: stop.signal,
      callContext: (_budget, lane, log) => {
        expect(lane).toBe('background');
        return { signal: stop.signal, log, beforeCall: () => Promise.resolve() };
      },
    },
    queue,
    silentLog,
  );
  working = queue.run(1, (which) => removals.handle(which), stop.signal);
});
afterEach(async () => {
  stop.abort(new Error('the test is over'));
  await working;
});

function remove(): Promise<Removed> {
  const provider: Partial<AnyProvider> = {
    observe: (want: Want<unknown>) => {
      expect(isGone(want) && want.leave).toBe('nothing');
      return Promise.resolve(null);
    },
    plan: () => plans.shift() ?? steps(),
    apply: ({ id }) => {
      if (failure !== undefined) return Promise.reject(failure);
      applied.push(id);
      return Promise.resolve({ outputs: {} });
    },
    report: () => ({ ingress: [], listeners: [], notices: [] }),
  };
  const running: RunningProvider = {
    name: providerName('toy'),
    definition: { settleMs: 0 } as AnyProviderDefinition, // all that is read of it
    provider: provider as AnyProvider, // as above
    budget: { take: () => Promise.resolve() },
    inventory: new Map(),
  };
  return removals.remove(key, running, () => stray);
}
/** What it came to, once time has passed. */
async function after(ms: number, removed: Promise<Removed>): Promise<Removed | 'not yet'> {
  await clock.advanceAsync(ms);
  return await Promise.race([removed, Promise.resolve('not yet' as const)]);
}

it('goes on pass by pass until nothing is left', async () => {
  plans = [steps('a'), steps('b'), steps('b')];
  expect(await after(0, remove())).toBe('gone');
  expect(applied).toEqual(['a', 'b']);
  expect(removals.has(key)).toBe(false);
});

it.each([
  ['as long as the cloud says', 30_000, 30_000],
  ['for a while where it does not say', undefined, 5_000],
])('waits %s', async (_title, asked, ms) => {
  plans = [waits(asked)];
  const removed = remove();
  expect(await after(ms - 1, removed)).toBe('not yet');
  expect(await after(1, removed)).toBe('gone');
});

it('is called off where it is no stray any more, before anything is done, and in between', async () => {
  stray = false;
  plans = [steps('a')];
  expect(await after(0, remove())).toBe('called-off');
  stray = true;
  plans = [waits(1_000), steps('a')];
  const removed = remove();
  await after(500, removed);
  stray = false;
  expect(await after(500, removed)).toBe('called-off');
  expect(applied).toEqual([]);
});

it('ends with the first failure', async () => {
  failure = new LbError('PermissionDenied', 'may not');
  plans = [steps('a'), steps('a')];
  expect(await after(0, remove())).toBe(failure);
});

it('ends with what a provider refuses to take away', async () => {
  plans = [{ steps: [], refusals: [{ reason: 'ForeignResource', text: 'somebody else hangs on it' }] }];
  expect(await after(0, remove())).toMatchObject({ code: 'ForeignResource', text: 'somebody else hangs on it' });
});

it('touches nothing without proof', async () => {
  plans = [
    { steps: [{ ...step('a'), proof: { marks: { ...marksOf(owner), 'portolan.dev/cluster': 'other' }, on: cloudId('a') } }], refusals: [] },
  ];
  expect(await after(0, remove())).toMatchObject({ code: 'ProviderBug' });
  expect(applied).toEqual([]);
});

it('does not wait for ever', async () => {
  plans = Array.from({ length: 999 }, () => waits());
  const removed = remove();
  expect(await after(599_000, removed)).toBe('not yet');
  expect(await after(1_000, removed)).toMatchObject({ code: 'CloudUnavailable' });
});

it('ends with the process', async () => {
  plans = [waits()];
  const removed = remove();
  await after(0, removed);
  stop.abort(new Error('SIGTERM'));
  expect(await removed).toMatchObject({ code: 'Stopping' });
  expect(await remove()).toMatchObject({ code: 'Stopping' });
});
