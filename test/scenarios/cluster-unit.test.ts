import { afterEach, expect, it } from 'vitest';
import { providerName } from '../../src/model/ids.ts';
import { MemoryCloud } from '../fixtures/memory-cloud.ts';
import { memoryProvider } from '../fixtures/memory-provider.ts';
import { SharedThing } from '../fixtures/shared-thing.ts';
import { ground } from './ground.ts';
import { World } from './world.ts';

let world: World;
let cloud: MemoryCloud;
let shared: SharedThing;
let unitCalls: string[];
afterEach(() => world?.stop());

const open = async () => {
  const clock = ground.clock();
  cloud = new MemoryCloud(clock);
  shared = new SharedThing(providerName('toy'));
  unitCalls = shared.calls;
  world = new World({ clock, providers: { toy: shared.around(memoryProvider(cloud, { settleMs: 30_000 })) } });
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

it('is not made while nobody needs it, nor for what is only planned', async () => {
  await open();
  await world.rest(400_000);
  await world.stop();
  world.config = { ...world.config, classes: world.config.classes.map((klass) => ({ ...klass, mode: 'plan-only' as const })) };
  await world.start();
  await world.createService('web');
  await world.rest(4_500_000);
  await world.addNodes('n2');
  await world.rest(4_500_000);
  expect(unitCalls).toEqual([]);

  await world.stop();
  world.config = { ...world.config, classes: world.config.classes.map((klass) => ({ ...klass, mode: 'apply' as const })) };
  await world.start();
  await world.rest(60_000);
  expect(unitCalls).toEqual(['create n1,n2']);
  expect(world.conditions('web')).toMatchObject({ Programmed: 'True Programmed' });
});

it('stays for those it serves while nothing is to be changed for them', async () => {
  await open();
  await world.createService('web');
  await world.rest(60_000);
  await world.stop();
  world.config = { ...world.config, classes: world.config.classes.map((klass) => ({ ...klass, mode: 'plan-only' as const })) };
  await world.start();
  await world.rest(8_000_000);
  expect(unitCalls).toEqual(['create n1']);
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
  expect(shared.members).toBe('n1');
  await world.rest(1_300_000);
  expect(shared.members).toBeUndefined();

  await world.createService('again');
  await world.rest(60_000);
  expect(world.conditions('again')).toMatchObject({ Programmed: 'True Programmed' });
});

it('is not looked at by the hour where nobody asked for a drift check, and still goes when it is not needed any more', async () => {
  const clock = ground.clock();
  shared = new SharedThing(providerName('toy'));
  world = new World({ clock, providers: { toy: shared.around(memoryProvider(new MemoryCloud(clock), { settleMs: 30_000 })) } });
  world.config = { ...world.config, driftCheckMs: 0 };
  await world.addNodes('n1');
  await world.start();
  await world.createService('web');
  await world.rest(60_000);
  const { looks } = shared;

  await world.rest(9 * 3_600_000);
  expect(shared.looks - looks).toBe(0);

  await world.addNodes('n2');
  await world.rest(2_000);
  expect(shared.members).toBe('n1,n2');
  await world.deleteService('web');
  await world.rest(2 * 3_600_000 + 60_000);
  expect(shared.members).toBeUndefined();
});

it('stays while a load balancer is served by it, also where the class has been given another provider', async () => {
  const clock = ground.clock();
  cloud = new MemoryCloud(clock);
  shared = new SharedThing(providerName('toy'));
  unitCalls = shared.calls;
  world = new World({
    clock,
    providers: { toy: shared.around(memoryProvider(cloud, { settleMs: 30_000 })), other: memoryProvider(new MemoryCloud(clock)) },
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
  expect(shared.members).toBe('n1');
});
