import { afterEach, beforeEach, expect, it } from 'vitest';
import { Rig } from '../../src/conformance/rig.ts';
import type { MemoryCloud } from '../fixtures/memory-cloud.ts';
import { memorySimulation } from '../fixtures/memory-simulation.ts';
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

it('makes nothing again for a Service it has seen the end of, although its watch still shows it', async () => {
  const rig = await Rig.open({ simulate: memorySimulation({ settleMs: 0, seen: (made) => (cloud = made) }), seed: 1 });
  try {
    rig.install().faults.add({ verb: 'apply', fault: 'latency', ms: 1_000, times: 1 });
    await rig.cluster().create('default', 'web', {});
    await rig.rest();
    rig.cluster().api.faults.freezeWatches();
    await rig.cluster().delete('default', 'web');
    // The answer to its own patch tells the controller that the Service is going.
    await rig.rest(10_000);
    expect(rig.cluster().view('default', 'web')).toBeUndefined();
    expect(cloud.balancers).toEqual([]);
    const from = rig.trace.entries.length;

    rig.install().reload([{ id: 'kit', default: true }], undefined);
    await rig.rest(10_000);
    rig.cluster().api.faults.thaw();
    await rig.rest(10_000);
    expect(rig.trace.calls(from).filter(({ verb }) => verb === 'apply')).toEqual([]);
  } finally {
    await rig.close();
  }
});
