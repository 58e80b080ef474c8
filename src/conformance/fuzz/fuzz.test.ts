import { expect, it } from 'vitest';
import { MemoryCloud } from '../../../test/fixtures/memory-cloud.ts';
import { memoryProvider } from '../../../test/fixtures/memory-provider.ts';
import { memorySimulation } from '../../../test/fixtures/memory-simulation.ts';
import type { AnyProvider } from '../../provider.ts';
import type { ProviderSimulation, Simulate } from '../simulation.ts';
import type { Edit } from './edits.ts';
import { runFuzz } from './fuzz-pass.ts';
import { tell } from './telling.ts';

const seed = Number(process.env['PORTOLAN_SEED'] ?? 7);
const options = { seed, signal: new AbortController().signal, progress: () => {} };
const simulate = memorySimulation();

/** The toy cloud's provider with something else about it. */
const broken =
  (change: (provider: AnyProvider) => Partial<AnyProvider>): Simulate =>
  (clock) => {
    const cloud = new MemoryCloud(clock);
    const definition = memoryProvider(cloud, { settleMs: 30_000 });
    const simulation: ProviderSimulation = {
      definition: {
        ...definition,
        create: (_connection, host) => {
          const provider = definition.create({}, host);
          return { ...provider, ...change(provider) };
        },
      },
      connection: {},
      crash: () => {},
    };
    return Promise.resolve(simulation);
  };

it(`violates no oracle, and is the same twice (seed ${seed})`, async () => {
  const told: number[] = [];
  const result = await runFuzz({ ...options, simulate, edits: 60, longest: 30, progress: ({ done }) => void told.push(done) });

  expect(result.violations).toEqual([]);
  expect(result.lines[0]).toMatch(/^\d+ edits in \d+ stories/);
  expect(told.at(-1)).toBe(60);
  expect(await runFuzz({ ...options, simulate, edits: 60, longest: 30 })).toEqual(result);
}, 60_000);

it('makes a violation as small as it gets, and tells it again by seed and path', async () => {
  // Each load balancer leaves something behind that nobody takes away.
  const untidy = broken((provider) => ({
    async *inventory(ctx) {
      const things = await Array.fromAsync(provider.inventory(ctx));
      yield* things;
      if (things.length > 0) yield { kind: 'rule', id: 'r1', name: 'r1', key: 'service/nobody', main: false };
    },
  }));
  const { violations } = await runFuzz({ ...options, seed: 3, simulate: untidy, longest: 8 });
  const [first] = violations;
  const [, from = '', path = '', edits = ''] = /^seed (-?\d+), path ([\d:]+), (\d+) edits$/.exec(first?.where ?? '') ?? [];

  expect(Number(edits)).toBeGreaterThan(0);
  expect(Number(edits)).toBeLessThanOrEqual(4);
  expect(first?.text).toContain('"do":"create"');
  expect(first?.text).toContain('what happened:');
  const again = await runFuzz({ ...options, simulate: untidy, seed: Number(from), path, longest: 8 });
  expect(again.violations[0]?.text.split('\n')[0]).toBe(first?.text.split('\n')[0]);
}, 120_000);

it('a story that cannot be told is a violation', async () => {
  const odd = broken(() => ({ capabilities: () => JSON.parse('null') as never }));
  const { violations } = await runFuzz({ ...options, simulate: odd, edits: 50, longest: 12 });

  expect(violations.length).toBeGreaterThan(0);
}, 60_000);

it('ends when told to', async () => {
  const result = await runFuzz({ ...options, simulate, signal: AbortSignal.abort() });

  expect(result).toMatchObject({ runs: 0, violations: [] });
});

it('does everything it knows, and skips what cannot be done', async () => {
  const service = 's1';
  const story: readonly Edit[] = [
    { do: 'delete', service },
    { do: 'approve', service },
    { do: 'create', service, spec: {}, annotations: { 'portolan.dev/scheme': 'public' } },
    { do: 'create', service, spec: {}, annotations: {} },
    { do: 'rest', ms: 3_000 },
    { do: 'strip-finalizers', service },
    { do: 'wipe-conditions', service },
    { do: 'overwrite-address', service },
    { do: 'annotate', service, annotations: { 'portolan.dev/scheme': 'internal' } },
    { do: 'rest', ms: 3_000 },
    { do: 'approve', service },
    { do: 'add-node', node: { name: 'n3' } },
    { do: 'add-node', node: { name: 'n3' } },
    { do: 'node', node: 'n3', patch: { spec: { unschedulable: true } } },
    { do: 'delete-node', node: 'n1' },
    { do: 'delete-node', node: 'n9' },
    { do: 'class', class: { id: 'kit', default: true } },
    { do: 'fault', fault: { verb: 'apply', fault: 'lost-reply', times: 1 } },
    { do: 'strip-finalizers', service },
    { do: 'api-fault', fault: { fault: 'conflict', times: 1 } },
    { do: 'watches', what: 'drop' },
    { do: 'watches', what: 'expire' },
    { do: 'watches', what: 'freeze' },
    { do: 'watches', what: 'thaw' },
    { do: 'no-faults' },
    { do: 'restart' },
    { do: 'crash' },
    { do: 'spec', service, spec: { type: 'ClusterIP' } },
    { do: 'overwrite-address', service },
    { do: 'recreate', service },
  ];

  const { made, violations } = await tell(story, simulate, seed);
  expect(violations).toEqual([]);
  expect(made).toBe(21);
});

it('starts a controller again that has lost its Lease', async () => {
  const story: readonly Edit[] = [
    { do: 'api-fault', fault: { fault: 'drop-before', path: '/leases' } },
    { do: 'rest', ms: 20_000 },
    { do: 'no-faults' },
    { do: 'create', service: 's1', spec: {}, annotations: {} },
  ];

  expect((await tell(story, simulate, seed)).violations).toEqual([]);
});
