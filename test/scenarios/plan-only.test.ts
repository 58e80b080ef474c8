import { afterEach, beforeEach, expect, it } from 'vitest';
import { classId } from '../../src/model/ids.ts';
import type { MemoryCloud } from '../fixtures/memory-cloud.ts';
import { cloudWrites, toyWorld } from './toy-world.ts';
import type { World } from './world.ts';

let world: World;
let cloud: MemoryCloud;
const open = async (mode: 'apply' | 'plan-only') => {
  ({ world, cloud } = await toyWorld({ classes: [{ id: classId('toy'), mode }] }));
  await world.start();
  await world.createService('web');
  await world.rest();
};
beforeEach(() => open('plan-only'));
afterEach(() => world.stop());

it('shows what it would do, and does nothing', () => {
  expect(world.conditions('web')).toMatchObject({ Accepted: 'True Accepted', Programmed: 'False PlanOnly' });
  expect(world.service('web')?.finalizers).toEqual([]);
  expect(cloudWrites(cloud)).toEqual([]);
});

it('forgets a Service that is deleted', async () => {
  await world.deleteService('web');
  await world.rest();
  cloud.calls.length = 0;
  await world.rest(3_000_000);
  expect(cloud.calls).toEqual([]);
});

it('takes its conditions off a Service that is of another type now', async () => {
  await world.patchService('web', { spec: { type: 'ClusterIP' } });
  await world.rest();
  expect(world.service('web')?.conditions).toEqual([]);
});

it('lets a Service go whose load balancer is gone, but none that would leave one behind', async () => {
  await world.stop();
  await open('apply');
  world.reload({ classes: world.config.classes.map((klass) => ({ ...klass, mode: 'plan-only' })) });
  await world.deleteService('web');
  await world.rest(3_000_000);
  expect(world.conditions('web')).toMatchObject({ Programmed: 'False PlanOnly' });
  expect(cloud.balancers).toHaveLength(1);

  cloud.balancers.length = 0;
  await world.rest(600_000);
  expect(world.service('web')).toBeUndefined();
});
