import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Rig } from '../../src/conformance/rig.ts';
import type { MemoryCloud } from '../fixtures/memory-cloud.ts';
import { memorySimulation } from '../fixtures/memory-simulation.ts';
import { ground, onReal } from './ground.ts';
import { cloudWrites, toyWorld } from './toy-world.ts';
import type { World } from './world.ts';

let world: World;
let cloud: MemoryCloud;
beforeEach(async () => {
  ({ world, cloud } = await toyWorld());
  await world.start();
});
afterEach(() => world.stop());

// Only where a request is carried out in this process does the deletion surely come before the patch.
it.skipIf(onReal)('makes nothing for a Service that goes before its finalizer is on', async () => {
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

describe('while a watch is behind', () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await Rig.open({ simulate: memorySimulation({ settleMs: 0, seen: (made) => (cloud = made) }), seed: 1, ground });
  });
  afterEach(() => rig.close());
  const steps = (from = 0) =>
    rig.trace
      .calls(from)
      .filter(({ verb }) => verb === 'apply')
      .map(({ step }) => step?.id);

  it('makes nothing again for a Service whose end it has seen', async () => {
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
    expect(steps(from)).toEqual([]);
  });

  it('makes nothing again for a Service that it has cleaned up after', async () => {
    rig.install().faults.add({ verb: 'apply', fault: 'latency', ms: 1_000, times: 1 });
    await rig.cluster().create('default', 'web', {});
    await rig.rest();
    rig.cluster().api.faults.freezeWatches();
    await rig.cluster().patch('default', 'web', { spec: { type: 'ClusterIP' } });
    await rig.rest(10_000);
    expect(cloud.balancers).toEqual([]);
    const from = rig.trace.entries.length;

    rig.install().reload([{ id: 'kit', default: true }], undefined);
    await rig.rest(10_000);
    expect(steps(from)).toEqual([]);

    rig.cluster().api.faults.thaw();
    await rig.cluster().patch('default', 'web', { spec: { type: 'LoadBalancer' } });
    await rig.rest(10_000);
    expect(rig.cluster().view('default', 'web')?.ingress).toHaveLength(1);
  });

  it('takes no step for a Service that wants none any more, as the answer to its own patch says', async () => {
    rig.install().faults.add({ verb: 'observe', fault: 'latency', ms: 1_000, times: 1 });
    await rig.cluster().create('default', 'web', {});
    await rig.rest();
    rig.cluster().api.faults.freezeWatches();
    await rig.cluster().patch('default', 'web', { spec: { type: 'ClusterIP' } });
    await rig.rest(10_000);

    expect(steps()).toEqual([]);
    expect(rig.cluster().view('default', 'web')).toMatchObject({ finalizers: [], conditions: [] });
  });

  it('takes no step before its finalizer is on, also where somebody took it off since', async () => {
    await rig.cluster().create('default', 'web', {});
    await rig.rest(1_000);
    rig.cluster().api.faults.freezeWatches();
    await rig.cluster().patch('default', 'web', { metadata: { finalizers: null } });
    for (const balancer of cloud.balancers) balancer.listeners = {};
    rig.install().faults.add({ verb: 'apply', fault: 'latency', ms: 5_000, times: 1 });
    await rig.rest(602_000); // in the middle of the first step

    expect(steps()).toHaveLength(4);
    expect(rig.cluster().view('default', 'web')?.finalizers).toEqual(['portolan.dev/lb.kit']);
  });
});
