import { expect, it } from 'vitest';
import { memorySimulation } from '../../../test/fixtures/memory-simulation.ts';
import { providers } from '../../../providers/registry.ts';
import type { Simulate } from '../simulation.ts';
import { create, edit, ports, rest } from '../story.ts';
import { runFaults } from './fault-pass.ts';
import type { Scenario } from './scenario.ts';

const restarting: Scenario = {
  id: 'restart',
  title: 'a controller starts after an edit',
  given: [create('bystander'), create('web'), rest(5_000)],
  acts: [{ do: 'stop' }, edit('web', ports(['TCP', 80], ['TCP', 443])), { do: 'start' }, rest(5_000)],
};
/** Enough that the first look was hit by every kind of fault. */
const tellingsSeen = 18;
const editing: Scenario = { ...restarting, acts: [edit('web', ports(['TCP', 443])), rest(2_000)] };
const options = { seed: 1, signal: new AbortController().signal, progress: () => {} };

it('hits the calls below the provider, too, where its simulation says which can fail', async () => {
  const simulate = providers['local']?.simulate;
  if (simulate === undefined) throw new Error('the local provider has no simulation');
  const once: Scenario = { ...restarting, acts: [create('api'), rest(1_000)] };

  const { violations, runs, expectedRuns, lines } = await runFaults({ ...options, simulate, scenarios: [once] });
  expect(violations).toEqual([]);
  expect(runs).toBe(expectedRuns);
  expect(lines.at(-1)).toMatch(/^1 scenarios?: (\d+) faults, \1 hit$/);
}, 60_000);

it('names scenario, fault and call of each violation, and shows once what happened', async () => {
  let starts = 0;
  let tellings = 0;
  const stop = new AbortController();
  /** Started once more, it refuses all there is. */
  const simulate: Simulate = async (clock) => {
    const simulation = await memorySimulation()(clock);
    const { definition } = simulation;
    starts = 0;
    if (++tellings > tellingsSeen) stop.abort();
    const provider: typeof definition.create = (connection, host) => {
      const made = definition.create(connection, host);
      return {
        ...made,
        start: async (mode, ctx) => {
          starts += mode === 'control' ? 1 : 0;
          await made.start(mode, ctx);
        },
        plan: (want, have) => (starts > 1 ? { steps: [], refusals: [{ reason: 'QuotaExceeded', text: 'full' }] } : made.plan(want, have)),
      };
    };
    return { ...simulation, definition: { ...definition, create: provider } };
  };

  const { violations } = await runFaults({ ...options, simulate, scenarios: [editing], signal: stop.signal });
  expect(violations.map(({ where }) => where)).toContainEqual(expect.stringMatching(/^restart, hang at observe 1$/));
  expect(violations.filter(({ text }) => text.includes('\n'))).toHaveLength(1);
  expect(violations[0]?.text).toContain('same end: ');
}, 60_000);

it('a story that cannot be told is a violation; it ends when told to', async () => {
  const simulate = memorySimulation();
  const impossible: Scenario = { ...restarting, acts: [{ do: 'delete-node', node: 'n99' }] };

  const seen = await runFaults({ ...options, simulate, scenarios: [impossible] });
  expect(seen.violations[0]?.text).toMatch(/404/);
  expect(await runFaults({ ...options, simulate, scenarios: [restarting], signal: AbortSignal.abort() })).toMatchObject({ runs: 0 });
});
