import { describe, expect, it } from 'vitest';
import { stepFor } from '../../test/fixtures/steps.ts';
import { LbError } from '../errors.ts';
import { silentLog } from '../log.ts';
import { stepId } from '../model/ids.ts';
import type { AnyStep } from '../model/plan.ts';
import type { AnyProvider, StepOutcome } from '../provider.ts';
import { runSteps } from './run-steps.ts';

type Outcomes = Readonly<Record<string, StepOutcome | LbError>>;

/** Runs steps on a provider that answers as told, and writes down everything that happens. */
async function ran(steps: readonly AnyStep[], outcomes: Outcomes = {}, deferred: readonly string[] = []) {
  const story: string[] = [];
  const apply = (step: AnyStep) => {
    story.push(`apply ${step.id} ${JSON.stringify(step.op)}`);
    const outcome = outcomes[step.id] ?? { outputs: {} };
    return outcome instanceof LbError ? Promise.reject(outcome) : Promise.resolve(outcome);
  };
  const runs = await runSteps({ apply } as unknown as AnyProvider, steps, {
    // nothing else of the provider is asked
    ctx: { signal: new AbortController().signal, beforeCall: () => Promise.resolve(), log: silentLog },
    checkpoint: (name) => void story.push(name),
    begin: async () => void story.push('begin'),
    defer: async ({ id }) => deferred.includes(id),
  });
  return { story, runs: runs.map(({ step, outcome }) => `${step.id} ${outcome}`) };
}

const members = (id: string) => stepFor(id, { membersOnly: true });
const after = (id: string, ...others: string[]) => stepFor(id, { after: others.map(stepId) });

describe('steps', () => {
  it('are begun once, before the first that changes more than members, and watched before and after each', async () => {
    const { story } = await ran([members('m'), stepFor('a'), stepFor('b')]);
    expect(story).toEqual([
      'step/before',
      'apply m {}',
      'step/after',
      'begin',
      'step/before',
      'apply a {}',
      'step/after',
      'step/before',
      'apply b {}',
      'step/after',
    ]);
  });

  it('are given the outputs of those before', async () => {
    const use = stepFor('use', { after: [stepId('make')], op: { pool: { from: 'make', output: 'id' } } });
    const { story } = await ran([stepFor('make'), use], { make: { outputs: { id: 'lb-1' } } });
    expect(story).toContain('apply use {"pool":"lb-1"}');
  });

  it('do not run where what they need did not come out of a step that ran', async () => {
    const use = stepFor('use', { after: [stepId('make')], op: { pool: { from: 'make', output: 'id' } } });
    expect((await ran([stepFor('make'), use], { make: { outputs: { other: 'x' } } })).runs).toEqual(['make done', 'use not-run']);
  });

  it('hold back only what comes after them when they fail or are deferred', async () => {
    const steps = [stepFor('a'), after('b', 'a'), after('c', 'b'), stepFor('d')];
    const failure = new LbError('CloudUnavailable', 'no');
    expect((await ran(steps, { a: failure })).runs).toEqual(['a failed', 'b not-run', 'c not-run', 'd done']);
    expect((await ran(steps, {}, ['a'])).runs).toEqual(['a not-run', 'b not-run', 'c not-run', 'd done']);
  });

  it('leave no checkpoint behind them when they fail', async () => {
    expect((await ran([stepFor('a')], { a: new LbError('CloudUnavailable', 'no') })).story).toEqual(['begin', 'step/before', 'apply a {}']);
  });

  it('begin nothing where all are deferred', async () => {
    expect((await ran([stepFor('a')], {}, ['a'])).story).toEqual([]);
  });

  it('end with a lost lease', async () => {
    const { runs } = await ran([stepFor('a'), stepFor('b')], { a: new LbError('LeaseLost', 'not the leader') });
    expect(runs).toEqual(['a failed', 'b not-run']);
  });
});
