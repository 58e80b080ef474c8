import { expect, it } from 'vitest';
import { MemoryCloud } from '../../test/fixtures/memory-cloud.ts';
import { memoryProvider } from '../../test/fixtures/memory-provider.ts';
import { providers } from '../../providers/registry.ts';
import type { ConformanceCase } from './case.ts';
import { runCase } from './run-case.ts';
import type { Simulate } from './simulation.ts';

const toy: Simulate = async (clock) => ({
  definition: memoryProvider(new MemoryCloud(clock), { settleMs: 30_000 }),
  connection: {},
  crash: () => {},
});
const { simulate: local } = providers['local'] ?? {};

const life: ConformanceCase = {
  id: 'life/create-edit-delete',
  title: 'A Service gets an address, keeps it through an edit, and leaves nothing behind.',
  steps: [
    { do: 'create', service: 'web' },
    { do: 'rest', ms: 5_000 },
    { check: 'ingress', service: 'web', count: 1, rows: ['F1'] },
    { check: 'finalizer', service: 'web', present: true, rows: ['B2'] },
    { check: 'condition', service: 'web', type: 'Programmed', reason: 'Programmed', rows: ['idea-4'] },
    { check: 'members', service: 'web', nodes: ['n2', 'n1'], rows: ['K1'] },
    { check: 'owned', service: 'web', main: 1, rows: ['idea-2'] },
    { check: 'settled', service: 'web', rows: ['idea-1'] },
    { check: 'events', service: 'web', exactly: ['EnsuringLoadBalancer', 'EnsuredLoadBalancer'], rows: ['B2'] },
    { do: 'snapshot', name: 'made' },
    { do: 'patch', service: 'web', patch: { spec: { ports: [{ port: 8080 }] } } },
    { do: 'rest', ms: 5_000 },
    { check: 'ingress', service: 'web', same: 'made', rows: ['F12'] },
    { check: 'want', service: 'web', at: '/listeners/0/port', equals: 8080, rows: ['A7'] },
    { do: 'delete', service: 'web' },
    { do: 'rest', ms: 5_000 },
    { check: 'object-gone', service: 'web', gone: true, rows: ['C9'] },
    { check: 'owned', service: 'web', none: true, rows: ['C1'] },
    { check: 'calls', since: 'made', verb: 'apply', atLeast: 2, service: 'web', rows: ['C1'] },
  ],
};

it.each([
  ['toy', toy],
  ['local', local],
])('tells a whole story on %s', async (_, simulate) => {
  if (simulate === undefined) throw new Error('there is no simulation');
  const result = await runCase(life, { simulate, seed: 1 });

  expect(result.failure).toBeUndefined();
  expect(result.checks.map(({ row, outcome }) => `${row} ${outcome}`)).toEqual(
    ['F1', 'B2', 'idea-4', 'K1', 'idea-2', 'idea-1', 'F12', 'A7', 'C9', 'C1'].map((row) => `${row} passed`),
  );
});

it('a check that is not true fails its rows, and the others go on', async () => {
  const wrong: ConformanceCase = {
    ...life,
    steps: [
      { do: 'create', service: 'web' },
      { do: 'rest', ms: 5_000 },
      { check: 'ingress', service: 'web', count: 2, rows: ['F1'], why: 'planted' },
      { check: 'finalizer', service: 'web', present: true, rows: ['B2'] },
    ],
  };
  const result = await runCase(wrong, { simulate: toy, seed: 1 });

  expect(result.checks.map(({ outcome }) => outcome)).toEqual(['failed', 'passed']);
  expect(result.failure?.text).toContain('ingress is [192.0.2.1] (planted)');
  expect(result.failure?.trace.join('\n')).toContain('apply');
});

it('what comes after a step that could not be done is not proved', async () => {
  const stuck: ConformanceCase = {
    ...life,
    steps: [
      { do: 'delete', service: 'nobody' },
      { check: 'owned-in-all', main: 0, rows: ['C1'] },
    ],
  };
  const result = await runCase(stuck, { simulate: toy, seed: 1 });

  expect(result.checks[0]).toMatchObject({ row: 'C1', outcome: 'failed', reason: expect.stringContaining('404') as string }); // any text with 404
});

it('a feature that is lacked turns the case into its opposite', async () => {
  const lacking: Simulate = async (clock) => {
    const definition = memoryProvider(new MemoryCloud(clock), {
      settleMs: 0,
      capabilities: { clientIpAffinity: { lacks: 'the toy cloud forgets clients' } },
    });
    return { definition, connection: {}, crash: () => {} };
  };
  const sticky: ConformanceCase = {
    ...life,
    needs: ['clientIpAffinity'],
    steps: [
      { do: 'create', service: 'web', spec: { sessionAffinity: 'ClientIP' } },
      { do: 'rest', ms: 5_000 },
      { check: 'ingress', service: 'web', count: 1, rows: ['H7'] },
    ],
  };

  expect((await runCase(sticky, { simulate: lacking, seed: 1 })).checks).toEqual([
    { caseId: life.id, row: 'H7', outcome: 'refused-visibly', reason: 'lacks clientIpAffinity: the toy cloud forgets clients' },
  ]);
  const plain = { ...sticky, asks: [{ do: 'create', service: 'web' } as const] }; // asks for nothing special
  expect((await runCase(plain, { simulate: lacking, seed: 1 })).checks[0]).toMatchObject({ outcome: 'failed' });
});

it('a cloud that cannot be read is a failed check of the opposite too, and no end of the suite', async () => {
  const unreadable: Simulate = async (clock) => {
    const capabilities = { clientIpAffinity: { lacks: 'the toy cloud forgets clients' } };
    const definition = memoryProvider(new MemoryCloud(clock), { settleMs: 0, capabilities });
    const create: typeof definition.create = (connection, host) => {
      const provider = definition.create(connection, host);
      provider.inventory = () => {
        throw new Error('the inventory is unreadable');
      };
      return provider;
    };
    return { definition: { ...definition, create }, connection: {}, crash: () => {} };
  };
  const of: ConformanceCase = {
    ...life,
    needs: ['clientIpAffinity'],
    steps: [
      { do: 'create', service: 'web', spec: { sessionAffinity: 'ClientIP' } },
      { check: 'ingress', service: 'web', count: 1, rows: ['H7'] },
    ],
  };

  expect((await runCase(of, { simulate: unreadable, seed: 1 })).checks[0]).toMatchObject({
    outcome: 'failed',
    reason: expect.stringContaining('unreadable') as string, // any text with it
  });
});

it('what the simulation cannot do makes a case not applicable, and says so', async () => {
  const result = await runCase({ ...life, hooks: ['plant-foreign'] }, { simulate: toy, seed: 1 });

  expect(result.checks[0]).toMatchObject({ outcome: 'not-applicable', reason: 'the simulated cloud has no plant-foreign' });
});

it('a check tells of another Service, another moment and other words', async () => {
  const of: ConformanceCase = {
    ...life,
    steps: [
      { do: 'create', service: 'web' },
      { do: 'create', service: 'shop' },
      { do: 'rest', ms: 5_000 },
      { do: 'snapshot', name: 'made' },
      { check: 'ingress', service: 'web', of: 'shop', same: 'made', rows: ['F1'] },
      { check: 'ingress', service: 'web', of: 'shop', differs: 'made', rows: ['F2'] },
      { check: 'condition', service: 'web', type: 'Programmed', same: 'made', rows: ['F3'] },
      { do: 'patch', service: 'web', patch: { metadata: { annotations: { 'portolan.dev/scheem': 'x' } } } },
      { do: 'rest', ms: 5_000 },
      { check: 'condition', service: 'web', type: 'Programmed', same: 'made', rows: ['F4'] },
      { check: 'condition', service: 'web', type: 'Accepted', status: 'False', mentions: ['{{web@made}}'], rows: ['F5'] },
    ],
  };
  const { checks } = await runCase(of, { simulate: toy, seed: 1 });

  expect(checks.map(({ row, outcome }) => `${row} ${outcome}`)).toEqual(['F1 failed', 'F2 passed', 'F3 passed', 'F4 failed', 'F5 failed']);
  expect(checks[3]?.reason).toContain('it was True Programmed');
});

it('events since a moment are those since, also where they were said before', async () => {
  const of: ConformanceCase = {
    ...life,
    steps: [
      { do: 'create', service: 'web' },
      { do: 'rest', ms: 5_000 },
      { do: 'snapshot', name: 'made' },
      { check: 'events', service: 'web', since: 'made', exactly: [], rows: ['B2'] },
      { do: 'patch', service: 'web', patch: { spec: { ports: [{ port: 81 }] } } },
      { do: 'rest', ms: 5_000 },
      { check: 'events', service: 'web', since: 'made', exactly: ['EnsuringLoadBalancer', 'EnsuredLoadBalancer'], rows: ['B8'] },
    ],
  };

  expect((await runCase(of, { simulate: toy, seed: 1 })).checks.map(({ outcome }) => outcome)).toEqual(['passed', 'passed']);
});

it('what a story withholds is refused, although the provider has it', async () => {
  const of: ConformanceCase = {
    ...life,
    setup: { withheld: ['clientIpAffinity'] },
    steps: [
      { do: 'create', service: 'web', spec: { sessionAffinity: 'ClientIP' } },
      { do: 'rest', ms: 5_000 },
      { check: 'condition', service: 'web', type: 'Accepted', status: 'False', reason: 'UnsupportedFeature', rows: ['H7'] },
    ],
  };

  expect((await runCase(of, { simulate: toy, seed: 1 })).checks[0]).toMatchObject({ outcome: 'passed' });
});
