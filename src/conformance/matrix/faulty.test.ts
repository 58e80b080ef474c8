import { expect, it } from 'vitest';
import { memorySimulation } from '../../../test/fixtures/memory-simulation.ts';
import { LbError } from '../../errors.ts';
import { keyOf } from '../cluster.ts';
import type { Simulate } from '../simulation.ts';
import { serviceOf } from '../actions.ts';
import { create, fault, rest } from '../story.ts';
import { record } from './crash.ts';
import { unexplained } from './explained.ts';
import { runFaults } from './fault-pass.ts';
import { countCalls, tellWith, type Mishap } from './faulty.ts';
import { Stage } from './stage.ts';
import type { Scenario } from './scenario.ts';

const making: Scenario = {
  id: 'make',
  title: 'a Service is made',
  given: [create('bystander'), rest(2_000)],
  acts: [create('web'), rest(5_000)],
};
/** Its own fault is taken away in the middle, and the calls after that are the greater part. */
const interrupted: Scenario = {
  ...making,
  id: 'interrupted',
  acts: [
    fault('apply', 'hang', { times: 1 }),
    create('web'),
    rest(1_000),
    { do: 'crash' },
    { do: 'no-faults' },
    { do: 'start' },
    rest(60_000),
  ],
};
const options = { seed: 1, signal: new AbortController().signal, progress: () => {} };

/** A toy cloud that refuses whoever just passes by. */
const unkind: Simulate = async (clock) => {
  const simulation = await memorySimulation()(clock);
  const { definition } = simulation;
  return {
    ...simulation,
    definition: {
      ...definition,
      create: (connection, host) => {
        const provider = definition.create(connection, host);
        return {
          ...provider,
          plan: async (want, have) =>
            want.owner.services.some(({ name }) => name === 'default/passer-by')
              ? { steps: [], refusals: [{ reason: 'QuotaExceeded', text: 'no room for passers-by' }] }
              : provider.plan(want, have),
        };
      },
    },
  };
};

it('hits each call with each fault, and the end is always the same', async () => {
  const result = await runFaults({ ...options, simulate: memorySimulation(), scenarios: [making] });

  expect(result.violations).toEqual([]);
  expect(result.expectedRuns).toBeGreaterThan(20);
  expect(result.runs).toBe(result.expectedRuns);
});

it('keeps its fault armed where a story takes its own away', async () => {
  const telling = { simulate: memorySimulation(), seed: 1 };
  const recording = await record(interrupted, telling);
  const { whole } = await countCalls(interrupted, telling);
  const last: Mishap = { at: 'contract', fault: { verb: 'observe', fault: 'error', skip: whole.contract.observe - 1, times: 1 } };
  const none: Mishap = { at: 'contract', fault: { ...last.fault, skip: 1_000 } };

  expect(await tellWith(interrupted, last, recording, telling)).toMatchObject({ hit: true, violations: [] });
  expect(await tellWith(interrupted, none, recording, telling)).toMatchObject({ hit: false });
});

it('sees a call that hangs and keeps another Service from being served', async () => {
  const telling = { simulate: unkind, seed: 1 };
  const recording = await record(making, telling);
  const hang: Mishap = { at: 'contract', fault: { verb: 'apply', fault: 'hang', times: 1 } };

  expect((await tellWith(making, hang, recording, telling)).violations.join('\n')).toContain('hurts nobody else');
});

it('sees a failure of which a Service says nothing', async () => {
  const stage = await Stage.open(making, { simulate: memorySimulation(), seed: 1 });
  try {
    const { rig } = stage;
    const since = rig.trace.entries.length;
    expect(unexplained(rig, since)).toEqual([]);
    const key = keyOf(serviceOf(rig, 'bystander'));
    const error = new LbError('CloudUnavailable', 'away');
    rig.trace.add({ kind: 'call', install: 'a', at: rig.clock.monotonic(), verb: 'observe', key, error, ended: true });

    expect(unexplained(rig, since)).toEqual(['explained: observe failed with CloudUnavailable for default/bystander, and nothing says so']);
  } finally {
    await stage.close();
  }
});
