import { beforeEach, describe, expect, it } from 'vitest';
import { MemoryCloud } from '../../test/fixtures/memory-cloud.ts';
import { memoryProvider } from '../../test/fixtures/memory-provider.ts';
import { goneFor, ownerFor, specFor } from '../../test/fixtures/specs.ts';
import { stepFor } from '../../test/fixtures/steps.ts';
import { ManualClock } from '../clock.ts';
import { LbError } from '../errors.ts';
import { silentLog } from '../log.ts';
import { noCheckpoint } from '../model/checkpoint.ts';
import { defaultGuard } from '../model/load-balancer-class.ts';
import { marksOf } from '../model/owner.ts';
import type { AnyPlan, AnyStep } from '../model/plan.ts';
import type { Want } from '../model/spec.ts';
import type { AnyProvider, ProviderHost } from '../provider.ts';
import { parseApprovals } from './approval-code.ts';
import { runPass, type PassInput, type PassResult } from './pass.ts';

let clock: ManualClock;
let cloud: MemoryCloud;
let provider: AnyProvider;
let begun: number;
let leaseLost: boolean;
let waitForRelease: number;

beforeEach(() => {
  clock = new ManualClock();
  cloud = new MemoryCloud(clock);
  provider = memoryProvider(cloud).create({}, {} as ProviderHost); // the toy provider asks nothing of its host
  begun = 0;
  leaseLost = false;
  waitForRelease = 0;
});

const pass = (want: Want<unknown>, more: Partial<PassInput> & { approve?: string; byClass?: boolean } = {}): Promise<PassResult> =>
  runPass(
    {
      want,
      provider,
      settleMs: 30_000,
      maxAgeMs: 0,
      rules: { policy: defaultGuard, approvals: parseApprovals(more.approve), byClass: more.byClass ?? false },
      planOnly: false,
      ...more,
    },
    {
      begin: () => {
        begun += 1;
        return Promise.resolve();
      },
      stillPublished: () => waitForRelease,
    },
    {
      clock,
      checkpoint: noCheckpoint,
      call: {
        signal: new AbortController().signal,
        beforeCall: () => (leaseLost ? Promise.reject(new LbError('LeaseLost', 'not the leader')) : Promise.resolve()),
        log: silentLog,
      },
    },
  );

const writes = () => cloud.calls.filter((call) => call !== 'read');

describe('a pass', () => {
  it('creates everything in order, and the plan after it is empty', async () => {
    const first = await pass(specFor({ ports: { 'TCP/80': 30080, 'UDP/53': 30053 } }));

    expect(first.outcome).toBe('finished');
    expect(writes()).toEqual(['create', 'listener', 'listener', 'members']);
    expect(begun).toBe(1);
    expect(first.report?.ingress).toEqual([{ ip: '192.0.2.1', ipMode: 'VIP' }]);

    cloud.calls.length = 0;
    const second = await pass(specFor({ ports: { 'TCP/80': 30080, 'UDP/53': 30053 } }));
    expect(second.outcome).toBe('finished');
    expect(second.plan?.steps).toEqual([]);
    expect(cloud.calls).toEqual(['read']);
    expect(begun).toBe(1);
  });

  it('changes members without a record ahead', async () => {
    await pass(specFor());
    begun = 0;

    const result = await pass(specFor({ nodes: ['n1', 'n2', 'n3'] }));

    expect(result.outcome).toBe('finished');
    expect(result.membersDone).toBe(true);
    expect(cloud.balancers[0]?.members).toBe('n1,n2,n3');
    expect(begun).toBe(0);
  });

  it('runs nothing when the record ahead cannot be written', async () => {
    const failing = runPass(
      {
        want: specFor(),
        provider,
        settleMs: 0,
        maxAgeMs: 0,
        rules: { policy: defaultGuard, approvals: new Set(), byClass: false },
        planOnly: false,
      },
      { begin: () => Promise.reject(new LbError('ApiConflict', 'no')), stillPublished: () => 0 },
      {
        clock,
        checkpoint: noCheckpoint,
        call: { signal: new AbortController().signal, beforeCall: () => Promise.resolve(), log: silentLog },
      },
    );

    await expect(failing).resolves.toMatchObject({ outcome: 'failed', error: { code: 'ApiConflict' } });
    expect(writes()).toEqual([]);
  });

  it('holds back only what comes after a failed step', async () => {
    await pass(specFor());
    cloud.plan('listener', 'error-before');

    const result = await pass(specFor({ ports: { 'TCP/80': 30081, 'TCP/443': 30443 }, nodes: ['n9'] }));

    expect(result.outcome).toBe('failed');
    expect(result.runs.map(({ step, outcome }) => [step.id, outcome])).toEqual([
      ['listener/TCP/80', 'failed'],
      ['listener/TCP/443', 'done'],
      ['members/lb-1', 'done'],
    ]);
    expect(cloud.balancers[0]).toMatchObject({ members: 'n9', listeners: { 'TCP/80': 30080, 'TCP/443': 30443 } });
  });

  it('does not run a step whose source has not run', async () => {
    cloud.plan('create', 'error-before');

    const result = await pass(specFor());

    expect(result.outcome).toBe('failed');
    expect(result.runs.map(({ outcome }) => outcome)).toEqual(['failed', 'not-run', 'not-run']);
    expect(result.membersDone).toBe(false);
  });

  it('ends at once when the lease is lost', async () => {
    await pass(specFor());
    leaseLost = true;

    const result = await pass(specFor({ ports: { 'TCP/80': 1, 'TCP/443': 2 } }));

    expect(result.error?.code).toBe('LeaseLost');
    expect(result.runs.map(({ outcome }) => outcome)).toEqual(['failed', 'not-run']);
  });

  it('reports the failure when the cloud cannot be read, and carries the doubt on', async () => {
    cloud.plan('read', 'error-before');

    const result = await pass(specFor(), { doubtSince: 5 });

    expect(result).toMatchObject({ outcome: 'failed', error: { code: 'CloudUnavailable' }, doubtSince: 5, runs: [] });
    expect(result.report).toBeUndefined();
  });

  it('only shows the plan in plan-only mode', async () => {
    const result = await pass(specFor(), { planOnly: true });

    expect(result.outcome).toBe('planned');
    expect(result.plan?.steps).toHaveLength(3);
    expect(result.runs).toEqual([]);
    expect(writes()).toEqual([]);
    expect(begun).toBe(0);
  });

  it('takes everything away for Gone, without approval', async () => {
    await pass(specFor());

    const result = await pass(goneFor());

    expect(result.outcome).toBe('finished');
    expect(cloud.balancers).toEqual([]);
  });
});

describe('doubt', () => {
  it('ends before a pass or after it, never in the middle: what was read may be from before', async () => {
    const slow = {
      ...provider,
      observe: async (...args: Parameters<AnyProvider['observe']>) => {
        const have = await provider.observe(...args);
        clock.advance(10_000);
        return have;
      },
    };
    clock.advance(100_000);
    const doubtSince = clock.monotonic() - 25_000;

    const created = await pass(specFor(), { doubtSince, provider: slow });
    expect(created).toMatchObject({ outcome: 'waiting', doubtSince });
    expect(writes()).toEqual([]);

    const gone = await pass(goneFor(), { doubtSince: clock.monotonic() - 25_000, provider: slow });
    expect(gone.outcome).toBe('waiting');
  });

  it('does not repeat a create whose reply was lost before the cloud had time to show it', async () => {
    cloud.plan('create', 'late');
    const lost = await pass(specFor());
    expect(lost).toMatchObject({ outcome: 'failed', error: { verdict: 'in-doubt' } });
    expect(lost.doubtSince).toBe(clock.monotonic());

    clock.advance(10_000);
    const early = await pass(specFor(), { doubtSince: lost.doubtSince ?? 0 });
    expect(early).toMatchObject({ outcome: 'waiting', wait: { reason: 'Settling', retryAfterMs: 20_000 } });

    clock.advance(15_000);
    const found = await pass(specFor(), { doubtSince: lost.doubtSince ?? 0 });
    expect(found.outcome).toBe('waiting');
    expect(cloud.balancers[0]?.listeners).toEqual({ 'TCP/80': 30080 });

    clock.advance(5_000);
    const settled = await pass(specFor(), { doubtSince: lost.doubtSince ?? 0 });
    expect(settled.outcome).toBe('finished');
    expect(settled.doubtSince).toBeUndefined();
    expect(cloud.balancers).toHaveLength(1);
  });

  it('repeats the create when the cloud has shown nothing for the whole settle time', async () => {
    cloud.plan('create', new LbError('OutcomeUnknown', 'connection reset'));
    const lost = await pass(specFor());

    clock.advance(30_000);
    const again = await pass(specFor(), { doubtSince: lost.doubtSince ?? 0 });

    expect(again.outcome).toBe('finished');
    expect(cloud.balancers).toHaveLength(1);
  });

  it('never calls a deletion finished while something may still turn up', async () => {
    cloud.plan('create', 'late');
    const lost = await pass(specFor());

    const gone = await pass(goneFor(), { doubtSince: lost.doubtSince ?? 0 });
    expect(gone).toMatchObject({ outcome: 'waiting', wait: { reason: 'Settling' } });

    clock.advance(30_000);
    expect((await pass(goneFor(), { doubtSince: lost.doubtSince ?? 0 })).outcome).toBe('finished');
    expect(cloud.balancers).toEqual([]);
  });

  it('is over at once where a provider settles at once', async () => {
    cloud.plan('create', 'lost-reply');

    const result = await pass(specFor(), { settleMs: 0 });

    expect(result.doubtSince).toBeUndefined();
  });
});

describe('the guard in a pass', () => {
  it('freezes the load balancer as it stands while members follow, until approved', async () => {
    await pass(specFor());
    const held = await pass(specFor({ scheme: 'internal', nodes: ['n1', 'n2', 'n3'] }));
    expect(held.outcome).toBe('held');
    expect(cloud.balancers).toHaveLength(1);
    expect(cloud.balancers[0]).toMatchObject({ scheme: 'public', members: 'n1,n2,n3' });
    const code = held.held[0]?.code ?? '';

    const churned = await pass(specFor({ scheme: 'internal', nodes: ['n4'] }));
    expect(churned.held.map((item) => item.code)).toEqual([code]);

    waitForRelease = 60_000;
    const begunReplacement = await pass(specFor({ scheme: 'internal', nodes: ['n4'] }), { approve: ` ${code} ,other` });
    expect(begunReplacement).toMatchObject({ outcome: 'waiting', wait: { reason: 'Handover', retryAfterMs: 60_000 } });
    expect(cloud.balancers.map(({ scheme }) => scheme)).toEqual(['public', 'internal']);
    expect(begunReplacement.report?.ingress).toEqual([{ ip: '10.9.9.2', ipMode: 'VIP' }]);

    const stillHeld = await pass(specFor({ scheme: 'internal', nodes: ['n4'] }));
    expect(stillHeld.held.map((item) => item.code)).toEqual([code]);

    waitForRelease = 0;
    const done = await pass(specFor({ scheme: 'internal', nodes: ['n4'] }), { approve: code });
    expect(done.outcome).toBe('finished');
    expect(cloud.balancers.map(({ scheme }) => scheme)).toEqual(['internal']);
  });

  it('lets a code die when the field changes again', async () => {
    await pass(specFor());
    const code = (await pass(specFor({ scheme: 'internal' }))).held[0]?.code ?? '';
    await pass(specFor({ scheme: 'internal' }), { approve: code });

    const back = await pass(specFor({ scheme: 'public' }), { approve: code });

    expect(back.outcome).toBe('held');
    expect(back.held[0]?.code).not.toBe(code);
  });

  it('holds what a class change would interrupt, in every mode, and lets the rest through', async () => {
    const allowAll = { ...defaultGuard, 'changes-address': 'allow', destroys: 'allow' } as const;
    await pass(specFor());

    const byClass = await pass(specFor({ ports: {} }), { rules: { policy: allowAll, approvals: new Set(), byClass: true } });
    expect(byClass.held.map(({ reason }) => reason)).toEqual(['ClassChange']);
    expect(cloud.balancers[0]?.listeners).toEqual({ 'TCP/80': 30080 });

    const byUser = await pass(specFor({ ports: {} }), { rules: { policy: allowAll, approvals: new Set(), byClass: false } });
    expect(byUser.outcome).toBe('finished');
  });

  it('freezes on a refusal of the plan', async () => {
    await pass(specFor());

    const result = await pass(specFor({ settings: { flavour: 'forbidden' }, ports: { 'TCP/81': 30081 }, nodes: ['n5'] }));

    expect(result.outcome).toBe('refused');
    expect(result.refusals.map(({ reason }) => reason)).toEqual(['UnsupportedFeature']);
    expect(cloud.balancers[0]).toMatchObject({ members: 'n5', listeners: { 'TCP/80': 30080 } });
  });
});

describe('a provider that breaks the contract', () => {
  const planning = (...steps: readonly AnyStep[]) => pass(specFor(), { provider: { ...provider, plan: () => ({ steps, refusals: [] }) } });

  it('is stopped before anything runs', async () => {
    const result = await planning(stepFor('fine'), stepFor('x', { owner: ownerFor('b') }));

    expect(result).toMatchObject({ outcome: 'failed', error: { code: 'ProviderBug', verdict: 'bug' }, runs: [] });
    expect(cloud.calls).toEqual(['read']);
  });

  it('is stopped when its plan for a frozen load balancer changes more than members', async () => {
    const result = await planning(stepFor('x', { disruption: 'destroys', claim: { loses: ['x'], because: [] } }));

    expect(result.error?.code).toBe('ProviderBug');
    expect(cloud.calls).toEqual(['read']);
  });
});

it('a plan that goes on asking for changes is progress, never finished', async () => {
  const members = {
    id: 'members/lb-1',
    after: [],
    verb: 'update',
    resource: { kind: 'm', name: 'm' },
    summary: 's',
    repeat: 'safe',
    disruption: 'none',
    membersOnly: true,
  };
  await pass(specFor());
  const proof = { marks: marksOf(ownerFor('a')), on: 'lb-1' };
  const plan = { steps: [{ ...members, proof, op: { do: 'members', id: 'lb-1', members: 'x' } }], refusals: [] } as unknown as AnyPlan; // always the same

  const result = await pass(specFor(), { provider: { ...provider, plan: () => plan } });

  expect(result).toMatchObject({ outcome: 'progress', membersDone: false });
});

it('a wait of the plan is handed on, and a bug of report fails the pass without losing what ran', async () => {
  const waiting = await pass(specFor(), {
    provider: { ...provider, plan: () => ({ steps: [], refusals: [], wait: { reason: 'Pending', text: 'building', retryAfterMs: 700 } }) },
  });
  expect(waiting).toMatchObject({ outcome: 'waiting', wait: { retryAfterMs: 700 } });

  const result = await pass(specFor(), {
    provider: {
      ...provider,
      report: () => {
        throw new TypeError('oops');
      },
    },
  });
  expect(result).toMatchObject({ outcome: 'failed', error: { code: 'InternalError', verdict: 'bug' } });
  expect(result.runs).toHaveLength(3);
  expect(result).not.toHaveProperty('report');
});
