import { afterEach, beforeEach, expect, it } from 'vitest';
import type { MemoryCloud } from '../fixtures/memory-cloud.ts';
import { cloudWrites, toyWorld } from './toy-world.ts';
import type { World } from './world.ts';

let world: World;
let cloud: MemoryCloud;
beforeEach(async () => {
  ({ world, cloud } = await toyWorld());
  await world.start();
});
afterEach(() => world.stop());

it('makes nothing for a Service that goes before its finalizer is on', async () => {
  let going: Promise<unknown> | undefined;
  const list = cloud.list.bind(cloud);
  cloud.list = () => {
    going ??= world.deleteService('web');
    return list();
  };
  await world.createService('web');
  await world.rest();
  await going;
  expect(cloudWrites(cloud)).toEqual([]);
  expect(world.events('web')).not.toContain('EnsuringLoadBalancer');
});

it('leaves a stranger alone that has the name of a Service it served, although no watch has told', async () => {
  await world.createService('web');
  await world.rest();
  world.api.faults.freezeWatches();
  await world.patchService('web', { metadata: { finalizers: null } });
  await world.deleteService('web');
  await world.createService('web', { loadBalancerClass: 'example.com/internal-vip' });
  const stranger = world.service('web');
  for (const balancer of cloud.balancers) balancer.listeners = {};
  await world.rest(601_000);

  expect(world.service('web')).toEqual(stranger);
  expect(cloud.balancers).toEqual([]);
});

it('a cleanup that fails waits for its back-off, also where a type change took the address out of the status', async () => {
  await world.createService('web');
  await world.rest(1_000);
  cloud.calls.length = 0;
  cloud.plan('delete', 'error-before', 'error-before');
  await world.patchService('web', { spec: { type: 'ClusterIP' } });

  await world.rest(4_000);
  expect(cloudWrites(cloud)).toEqual(['delete']);
  await world.rest(4_000);
  expect(cloudWrites(cloud)).toEqual(['delete', 'delete']);
  await world.rest(10_000);
  expect(cloud.balancers).toEqual([]);
});
