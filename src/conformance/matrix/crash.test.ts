import { describe, expect, it } from 'vitest';
import type { MemoryCloud } from '../../../test/fixtures/memory-cloud.ts';
import { memoryProvider } from '../../../test/fixtures/memory-provider.ts';
import { memorySimulation } from '../../../test/fixtures/memory-simulation.ts';
import type { AnyStep } from '../../model/plan.ts';
import type { AnyProvider, AnyProviderDefinition } from '../../provider.ts';
import type { Simulate } from '../simulation.ts';
import { create, remove, rest } from '../story.ts';
import { boundaryText } from './boundaries.ts';
import { crashAt, record, type Death } from './crash.ts';
import { runCrash } from './crash-pass.ts';
import type { Scenario } from './scenario.ts';
import { scenarios } from './scenarios.ts';

const making: Scenario = {
  id: 'make',
  title: 'a Service is made',
  given: [create('bystander'), rest(2_000)],
  acts: [create('web'), rest(2_000)],
};
const deleting: Scenario = {
  id: 'delete',
  title: 'a Service is deleted',
  given: [create('bystander'), create('web'), rest(2_000)],
  acts: [remove('web'), rest(2_000)],
};

const options = { seed: 1, signal: new AbortController().signal, progress: () => {} };
const texts = async (simulate: Simulate, ...told: readonly Scenario[]) =>
  (await runCrash({ ...options, simulate, scenarios: told })).violations.map(({ where, text }) => `${where}: ${text.split('\n')[0]}`);

/** The toy cloud's provider with something else about it. */
function broken(change: (provider: AnyProvider, cloud: MemoryCloud) => AnyProvider): Simulate {
  return (clock) => {
    let cloud: MemoryCloud | undefined;
    return memorySimulation({
      seen: (made) => (cloud = made),
      over: {
        get definition(): AnyProviderDefinition {
          if (cloud === undefined) throw new Error('there is no cloud yet');
          const [made, definition] = [cloud, memoryProvider(cloud, { settleMs: 30_000 })];
          return { ...definition, create: (_connection, host) => change(definition.create({}, host), made) };
        },
      },
    })(clock);
  };
}

const withSteps = (provider: AnyProvider, change: (step: AnyStep) => AnyStep): AnyProvider => ({
  ...provider,
  plan: async (want, have) => {
    const plan = await provider.plan(want, have);
    return { ...plan, steps: plan.steps.map(change) };
  },
});

it('dies at every boundary of a scenario, and the end is always the same', async () => {
  const result = await runCrash({ ...options, simulate: memorySimulation(), scenarios: [making, deleting] });

  expect(result.violations).toEqual([]);
  expect(result.runs).toBeGreaterThan(20);
  expect(result.runs).toBe(result.expectedRuns);
  expect(result.lines.at(-1)).toMatch(/^2 scenarios: (\d+) boundaries recorded, \1 hit; 4 calls to come late, 4 did$/);
});

it('is the same twice with one seed', async () => {
  const once = await runCrash({ ...options, simulate: memorySimulation(), scenarios: [making] });

  expect(await runCrash({ ...options, simulate: memorySimulation(), scenarios: [making] })).toEqual(once);
});

it('leaves out what the provider lacks, and says why; ends when told to', async () => {
  const lacking = await runCrash({ ...options, simulate: memorySimulation(), scenarios: [{ ...making, needs: ['requestedAddress'] }] });
  expect(lacking.lines[0]).toMatch(/^make: left out, the provider lacks requestedAddress: /);
  expect(lacking.expectedRuns).toBe(0);

  const stopped = await runCrash({ ...options, simulate: memorySimulation(), scenarios: [making], signal: AbortSignal.abort() });
  expect(stopped.runs).toBe(0);
});

it('tells stories that differ in their ids', () => {
  expect(new Set(scenarios.map(({ id }) => id)).size).toBe(scenarios.length);
});

/** What is seen of a death at the first boundary like this. */
async function deathAt(simulate: Simulate, scenario: Scenario, what: RegExp, death: Death): Promise<string> {
  const recording = await record(scenario, { simulate, seed: 1 });
  const at = recording.boundaries.findIndex((boundary) => what.test(boundaryText(boundary)));
  const { hit, violations, trace } = await crashAt(scenario, recording, at, death, { simulate, seed: 1 });
  expect(hit).toBe(true);
  expect(trace.length > 0).toBe(violations.length > 0);
  return violations.join('\n');
}

describe('sees a provider that', () => {
  it('repeats a create whose outcome nobody knows', async () => {
    const simulate = broken((provider) => withSteps(provider, (step) => ({ ...step, repeat: 'safe' })));

    expect(await deathAt(simulate, making, /before apply balancer/, 'call-comes-late')).toContain('no duplicates: default/web has 2');
    expect(await deathAt(memorySimulation(), making, /before apply balancer/, 'call-comes-late')).toBe('');
  });

  it('forgets what it has when its process dies', async () => {
    const simulate = broken((provider, cloud) => ({
      ...provider,
      start: async (mode, ctx) => {
        await provider.start(mode, ctx);
        for (const balancer of cloud.balancers) if (mode === 'control') balancer.marks = {};
      },
    }));

    expect(await deathAt(simulate, making, /after apply balancer/, 'at-once')).toContain('nothing foreign touched');
  });

  it('gives a Service another address when its process dies', async () => {
    let starts = 0;
    const simulate = broken((provider, cloud) => ({
      ...provider,
      start: async (mode, ctx) => {
        await provider.start(mode, ctx);
        if (mode !== 'control') return;
        starts++;
        for (const [index, balancer] of cloud.balancers.entries())
          cloud.balancers[index] = { ...balancer, address: `192.0.${starts}.${index}` };
      },
    }));

    expect(await deathAt(simulate, making, /after apply balancer/, 'at-once')).toMatch(/same address: default\/bystander had/);
  });

  it('ends otherwise than undisturbed', async () => {
    let starts = 0;
    const simulate = broken((provider) => ({
      ...provider,
      start: async (mode, ctx) => {
        await provider.start(mode, ctx);
        if (mode === 'control') starts++;
      },
      plan: async (want, have) =>
        starts > 2
          ? { steps: [], refusals: [{ reason: 'QuotaExceeded', text: 'no more than two starts are allowed' }] }
          : provider.plan(want, have),
    }));

    expect(await deathAt(simulate, making, /before apply balancer/, 'at-once')).toMatch(/same end: default\/web is .* undisturbed it is/);
  });
});

it('a story that cannot be told is a violation, and the next one is told', async () => {
  const approving: Scenario = { ...making, id: 'approve', acts: [...making.acts, { do: 'approve', service: 'web', code: 'shown' }] };
  const result = await runCrash({ ...options, simulate: memorySimulation(), scenarios: [approving, making] });

  expect(result.violations).toEqual([
    { where: 'approve, undisturbed', text: expect.stringContaining('the story cannot be told: ') as string }, // a matcher
  ]);
  expect(result.runs).toBeGreaterThan(10);
});

it('a story that is not the same twice is a hole in the matrix, and seen', async () => {
  let tellings = 0;
  const simulate: Simulate = (clock) => {
    tellings++;
    return memorySimulation({ settleMs: tellings % 2 === 0 ? 0 : 30_000 })(clock);
  };
  const unlike: Simulate = async (clock) => {
    const simulation = await simulate(clock);
    const { definition } = simulation;
    const odd = tellings % 3 === 0;
    return {
      ...simulation,
      definition: {
        ...definition,
        create: (connection, host) => {
          const provider = definition.create(connection, host);
          return odd ? { ...provider, plan: () => ({ steps: [], refusals: [] }) } : provider;
        },
      },
    };
  };

  expect((await texts(unlike, making)).join('\n')).toContain('the kit is not deterministic');
});
