import { afterEach, expect, it } from 'vitest';
import { providerName } from '../../src/model/ids.ts';
import type { AnyProviderDefinition } from '../../src/provider.ts';
import { MemoryCloud } from '../fixtures/memory-cloud.ts';
import { memoryProvider } from '../fixtures/memory-provider.ts';
import { ground } from './ground.ts';
import { World } from './world.ts';

let world: World;
let first: MemoryCloud;
let second: MemoryCloud;
let providers: Record<string, AnyProviderDefinition>;
afterEach(() => world?.stop());

const open = async () => {
  const clock = ground.clock();
  [first, second] = [new MemoryCloud(clock), new MemoryCloud(clock)];
  providers = { one: memoryProvider(first), two: memoryProvider(second) };
  world = new World({ clock, providers });
  await world.addNodes('n1');
  await world.start();
  await world.createService('web');
  await world.rest();
};
const give = async (provider: string) => {
  await world.stop();
  world.config = { ...world.config, classes: world.config.classes.map((klass) => ({ ...klass, provider: providerName(provider) })) };
  await world.start();
};

it('keeps a load balancer where it is when its class is given another provider, says so, and lets members follow', async () => {
  await open();
  await give('two');
  await world.addNodes('n2');
  await world.rest(1_100);

  expect(second.balancers).toEqual([]);
  expect(first.balancers).toMatchObject([{ members: 'n1,n2' }]);
  expect(world.addresses('web')).toEqual([first.balancers[0]?.address]);
  expect(world.conditions('web')).toMatchObject({ Accepted: 'False ProviderChanged' });

  await world.createService('new');
  await world.rest();
  expect(second.balancers).toHaveLength(1);

  await give('one');
  await world.rest();
  expect(world.conditions('web')).toMatchObject({ Accepted: 'True Accepted', Programmed: 'True Programmed' });
});

it('takes it away at the provider that has it', async () => {
  await open();
  await give('two');
  await world.deleteService('web');
  await world.rest();

  expect(first.balancers).toEqual([]);
  expect(world.service('web')).toBeUndefined();
});

it('leaves it alone where that provider is not configured any more', async () => {
  await open();
  delete providers['one'];
  await give('two');
  await world.deleteService('web');
  await world.rest();

  expect(first.balancers).toHaveLength(1);
  expect(world.service('web')?.finalizers).toEqual(['portolan.dev/lb.toy']);
  expect(world.message('web', 'portolan.dev/Degraded')).toContain('provider one does not run: it is not configured');
  expect(second.balancers).toEqual([]);
});
