import { beforeEach, describe, expect, it } from 'vitest';
import { MemoryCloud } from '../../test/fixtures/memory-cloud.ts';
import { memoryProvider } from '../../test/fixtures/memory-provider.ts';
import { ownerFor, specFor } from '../../test/fixtures/specs.ts';
import { stepFor } from '../../test/fixtures/steps.ts';
import { ManualClock } from '../clock.ts';
import { silentLog } from '../log.ts';
import { noCheckpoint } from '../model/checkpoint.ts';
import { defaultGuard } from '../model/load-balancer-class.ts';
import { marksOf } from '../model/owner.ts';
import type { AnyPlan, AnyStep } from '../model/plan.ts';
import { isFrozen, type Want } from '../model/spec.ts';
import type { AnyProvider, ProviderHost } from '../provider.ts';
import { frozenOfSpec } from './judge.ts';
import { runPass, type PassInput, type PassResult } from './pass.ts';

let clock: ManualClock;
let cloud: MemoryCloud;
let provider: AnyProvider;
let waitForRelease: number;

beforeEach(() => {
  clock = new ManualClock();
  cloud = new MemoryCloud(clock);
  provider = memoryProvider(cloud).create({}, {} as ProviderHost); // the toy provider asks nothing of its host
  waitForRelease = 0;
});

const pass = (want: Want<unknown>, more: Partial<PassInput> = {}): Promise<PassResult> => {
  const rules = { policy: defaultGuard, approvals: new Set<string>(), byClass: false };
  const call = { signal: new AbortController().signal, beforeCall: () => Promise.resolve(), log: silentLog };
  return runPass(
    { want, provider, settleMs: 30_000, maxAgeMs: 0, rules, planOnly: false, ...more },
    { begin: () => Promise.resolve(), stillPublished: () => waitForRelease },
    { clock, checkpoint: noCheckpoint, call },
  );
};

describe('what is observed', () => {
  const watched = () => {
    const ages: number[] = [];
    const observe: AnyProvider['observe'] = (want, { maxAgeMs }, call) => {
      ages.push(maxAgeMs);
      return provider.observe(want, { maxAgeMs }, call);
    };
    return { ages, provider: { ...provider, observe } };
  };

  it('is as fresh as asked for before the steps, and from memory after them', async () => {
    const { ages, provider: asked } = watched();
    await pass(specFor(), { provider: asked, maxAgeMs: 30_000 });
    expect(ages).toEqual([30_000, Number.POSITIVE_INFINITY]);
  });

  it('is enough where no step ran', async () => {
    await pass(specFor());
    const { ages, provider: asked } = watched();
    await pass(specFor(), { provider: asked });
    expect(ages).toEqual([0]);

    // A create that must wait out a doubt has changed nothing either.
    await pass(specFor({ uid: 'other' }), { provider: asked, doubtSince: clock.monotonic() });
    expect(ages).toEqual([0, 0]);
  });
});

describe('steps that must wait', () => {
  const planned = (step: AnyStep, more: Partial<PassInput> = {}) => {
    const applied: string[] = [];
    const plan = () => ({ steps: applied.length === 0 ? [step] : [], refusals: [] });
    const apply = ({ id }: AnyStep) => {
      applied.push(id);
      return Promise.resolve({ outputs: {} });
    };
    return pass(specFor(), { provider: { ...provider, plan, apply }, ...more });
  };
  const doubted = () => ({ doubtSince: clock.monotonic() });

  it('are creations that a doubt forbids to repeat, and no others', async () => {
    const create = { verb: 'create', repeat: 'after-settle', proof: { willMark: marksOf(ownerFor('a')) } } as const;
    expect((await planned(stepFor('x', create), doubted())).runs).toMatchObject([{ outcome: 'not-run' }]);
    for (const other of [{ ...create, repeat: 'safe' }, { repeat: 'after-settle' }] as const) {
      expect((await planned(stepFor('x', other), doubted())).runs).toMatchObject([{ outcome: 'done' }]);
    }
  });

  it('say why: for whom, and for how long', async () => {
    waitForRelease = 60_000;
    const ends = await planned(stepFor('x', { releases: ['192.0.2.1', '192.0.2.2'] }));
    expect(ends.wait).toEqual({
      reason: 'Handover',
      text: '192.0.2.1, 192.0.2.2 is still served while clients learn the new address',
      retryAfterMs: 60_000,
    });

    const unknown = await planned(stepFor('x'), doubted());
    expect(unknown.wait).toEqual({
      reason: 'Settling',
      text: 'the outcome of an earlier call is not known yet',
      retryAfterMs: 30_000,
    });
  });

  it('are none that release nothing', async () => {
    waitForRelease = 60_000;
    expect((await planned(stepFor('x', { releases: [] }))).outcome).toBe('finished');
  });

  it('begin no doubt by failing in a way that says nothing was done', async () => {
    cloud.plan('create', 'error-before');
    expect((await pass(specFor())).doubtSince).toBeUndefined();
  });
});

describe('the outcome', () => {
  const one = { reason: 'AddressInUse', text: 't' } as const;
  const loss = stepFor('loss', { disruption: 'destroys', claim: { loses: ['x'], because: [] } });
  /** A provider whose plans for the want are these, one after the other; the last one stays. Its plan for Frozen is empty. */
  const plans = (...all: readonly AnyPlan[]): AnyProvider => {
    let asked = 0;
    const next = () => all[Math.min(asked++, all.length - 1)] ?? { steps: [], refusals: [] };
    return {
      ...provider,
      plan: (want) => (isFrozen(want) ? { steps: [], refusals: [] } : next()),
      apply: () => Promise.resolve({ outputs: {} }),
    };
  };
  const plan = (...steps: readonly AnyStep[]): AnyPlan => ({ steps, refusals: [] });

  it('is never finished while the next plan holds, refuses or has more to do', async () => {
    for (const next of [plan(loss), { steps: [], refusals: [one] }, plan(stepFor('y'))]) {
      expect((await pass(specFor(), { provider: plans(plan(stepFor('x')), next) })).outcome).toBe('progress');
    }
    expect((await pass(specFor(), { provider: plans(plan(stepFor('x')), plan()) })).outcome).toBe('finished');
  });

  it('leaves the members done where only other things are left to do', async () => {
    const result = await pass(specFor(), { provider: plans(plan(stepFor('x')), plan(stepFor('y'))) });
    expect(result).toMatchObject({ outcome: 'progress', membersDone: true });
  });

  it('of a frozen load balancer is refused, or progress while its members follow', async () => {
    const frozen = frozenOfSpec(specFor());
    expect((await pass(frozen)).outcome).toBe('refused');

    const members = stepFor('members', { membersOnly: true });
    const busy = { ...provider, plan: () => plan(members), apply: () => Promise.resolve({ outputs: {} }) };
    expect((await pass(frozen, { provider: busy })).outcome).toBe('progress');
  });

  it('of plan-only is finished where there is nothing to do, and planned where something must be waited for', async () => {
    await pass(specFor());
    expect((await pass(specFor(), { planOnly: true })).outcome).toBe('finished');

    const wait = { reason: 'Pending', text: 'building' } as const;
    const waiting = { ...provider, plan: () => ({ steps: [], refusals: [], wait }) };
    expect((await pass(specFor(), { planOnly: true, provider: waiting })).outcome).toBe('planned');
  });

  it('holds nothing that there is nothing to say about', async () => {
    const finished = await pass(specFor());
    expect(Object.keys(finished).sort()).toEqual(['held', 'membersDone', 'outcome', 'plan', 'refusals', 'report', 'runs']);

    cloud.plan('read', 'error-before');
    const failed = await pass(specFor());
    expect(Object.keys(failed).sort()).toEqual(['error', 'held', 'membersDone', 'outcome', 'refusals', 'runs']);
  });
});
