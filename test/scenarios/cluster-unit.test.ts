import { afterEach, expect, it } from 'vitest';
import { cloudId, clusterUnit, providerName, stepId } from '../../src/model/ids.ts';
import type { Json } from '../../src/model/json.ts';
import { marksOf } from '../../src/model/owner.ts';
import type { AnyPlan } from '../../src/model/plan.ts';
import { isClusterWant, type ClusterWant } from '../../src/model/spec.ts';
import type { AnyProviderDefinition } from '../../src/provider.ts';
import { MemoryCloud } from '../fixtures/memory-cloud.ts';
import { memoryProvider } from '../fixtures/memory-provider.ts';
import { ground } from './ground.ts';
import { World } from './world.ts';

let world: World;
let cloud: MemoryCloud;
/** The thing the cluster shares, as the toy cloud has it; `members` of the last write. */
let shared: string | undefined;
let unitCalls: string[];
afterEach(() => world?.stop());

const unit = clusterUnit(providerName('toy'));

function planUnit(want: ClusterWant, have: Json): AnyPlan {
  const members = want.members.map(({ node }) => node).join(',');
  const proof = { marks: marksOf(want.owner), on: cloudId('shared') };
  const step = {
    after: [],
    resource: { kind: 'shared', name: 'shared' },
    summary: 's',
    repeat: 'safe' as const,
    disruption: 'none' as const,
  };
  if (!want.used)
    return { steps: have === null ? [] : [{ ...step, id: stepId('shared'), verb: 'delete', proof, op: 'delete' }], refusals: [] };
  if (have === null)
    return {
      steps: [{ ...step, id: stepId('shared'), verb: 'create', repeat: 'after-settle', proof: { willMark: proof.marks }, op: members }],
      refusals: [],
    };
  return {
    steps: have === members ? [] : [{ ...step, id: stepId('shared'), verb: 'update', membersOnly: true, proof, op: members }],
    refusals: [],
  };
}

/** The toy provider, whose load balancers need something shared by the cluster first. */
function sharing(inner: ReturnType<typeof memoryProvider>): AnyProviderDefinition {
  return {
    ...(inner as AnyProviderDefinition),
    clusterUnit: true,
    create: (connection, host) => {
      const toy = (inner as AnyProviderDefinition).create(connection, host);
      return {
        ...toy,
        observe: (want, age, ctx) => (isClusterWant(want) ? Promise.resolve(shared ?? null) : toy.observe(want, age, ctx)),
        plan: (want, have) => {
          if (isClusterWant(want)) return planUnit(want, have);
          return shared === undefined && 'specDigest' in want
            ? { steps: [], refusals: [], wait: { reason: 'ClusterUnitPending', text: 'the shared thing is missing', on: unit } }
            : toy.plan(want, have);
        },
        apply: async (step, ctx) => {
          if (!step.id.startsWith('shared')) return await toy.apply(step, ctx);
          await ctx.beforeCall();
          const op = JSON.stringify(step.op).slice(1, -1);
          unitCalls.push(`${step.verb} ${op}`);
          shared = step.verb === 'delete' ? undefined : op;
          return { outputs: {} };
        },
        report: (want, have) => (isClusterWant(want) ? { ingress: [], listeners: [], notices: [] } : toy.report(want, have)),
      };
    },
  };
}

const open = async () => {
  const clock = ground.clock();
  cloud = new MemoryCloud(clock);
  shared = undefined;
  unitCalls = [];
  world = new World({ clock, providers: { toy: sharing(memoryProvider(cloud, { settleMs: 30_000 })) } });
  await world.addNodes('n1');
  await world.start();
};

it('is made before the load balancers that need it, once its absence is believed', async () => {
  await open();
  await world.createService('web');
  await world.rest(2_500);
  expect(unitCalls).toEqual([]);
  expect(world.conditions('web')).toMatchObject({ Programmed: 'False ClusterUnitPending' });

  await world.rest(40_000);
  expect(unitCalls).toEqual(['create n1']);
  expect(world.conditions('web')).toMatchObject({ Programmed: 'True Programmed' });
});

it('follows the nodes with one write per epoch', async () => {
  await open();
  await world.createService('web');
  await world.rest(60_000);
  await world.addNodes('n2', 'n3');
  await world.rest(1_100);
  expect(unitCalls).toEqual(['create n1', 'update n1,n2,n3']);
});

it('goes when no Service has needed it for an hour, and not before', async () => {
  await open();
  await world.createService('web');
  await world.rest(60_000);
  await world.deleteService('web');
  await world.rest(3_000_000);
  expect(shared).toBe('n1');
  await world.rest(1_300_000);
  expect(shared).toBeUndefined();

  await world.createService('again');
  await world.rest(60_000);
  expect(world.conditions('again')).toMatchObject({ Programmed: 'True Programmed' });
});

it('stays while a load balancer is served by it, also where the class has been given another provider', async () => {
  const clock = ground.clock();
  cloud = new MemoryCloud(clock);
  shared = undefined;
  unitCalls = [];
  world = new World({
    clock,
    providers: { toy: sharing(memoryProvider(cloud, { settleMs: 30_000 })), other: memoryProvider(new MemoryCloud(clock)) },
  });
  await world.addNodes('n1');
  await world.start();
  await world.createService('web');
  await world.rest(60_000);
  await world.stop();
  world.config = { ...world.config, classes: world.config.classes.map((klass) => ({ ...klass, provider: providerName('other') })) };
  await world.start();

  await world.rest(4_500_000);

  expect(world.conditions('web')).toMatchObject({ Accepted: 'False ProviderChanged' });
  expect(shared).toBe('n1');
});
