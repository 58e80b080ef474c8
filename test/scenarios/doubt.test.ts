import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Rig } from '../../src/conformance/rig.ts';
import type { MemoryCloud } from '../fixtures/memory-cloud.ts';
import { memorySimulation } from '../fixtures/memory-simulation.ts';
import { toyWorld } from './toy-world.ts';
import type { World } from './world.ts';

let world: World;
let cloud: MemoryCloud;
afterEach(() => world?.stop());

describe('where a crash and a lost record leave only the finalizer of a create whose reply was lost', () => {
  beforeEach(async () => {
    ({ world, cloud } = await toyWorld());
    await world.start();
    cloud.plan('create', 'late');
    await world.createService('web');
    await world.rest();
    await world.stop();
    await world.patchService('web', { status: { conditions: [] } }, '/status');
    await world.start();
  });

  it('makes no second load balancer', async () => {
    await world.rest(5_000);
    expect(cloud.balancers).toHaveLength(1);
    await world.rest(60_000);
    expect(cloud.balancers).toHaveLength(1);
    expect(world.conditions('web')).toMatchObject({ Programmed: 'True Programmed', Applied: 'True Applied' });
  });

  it('does not let the Service go before what was made has had time to turn up', async () => {
    await world.deleteService('web');
    await world.rest(60_000);
    expect(cloud.balancers).toEqual([]);
    expect(world.service('web')).toBeUndefined();
  });
});

describe('where the reply to a deletion was lost and the Service wants a load balancer again', () => {
  let rig: Rig;
  const web = () => rig.cluster().view('default', 'web');
  beforeEach(async () => {
    rig = await Rig.open({ simulate: memorySimulation({ seen: (made) => (cloud = made) }), seed: 1 });
    await rig.cluster().create('default', 'web', {});
    await rig.rest(5_000);
    rig.install().faults.add({ verb: 'apply', fault: 'late', ms: 24_000, times: 1 });
    await rig.cluster().patch('default', 'web', { spec: { type: 'NodePort' } });
    await rig.rest(1_000);
    await rig.cluster().patch('default', 'web', { spec: { type: 'LoadBalancer' } });
  });
  afterEach(() => rig.close());

  it('publishes no address that may be taken away any moment', async () => {
    await rig.rest(20_000);
    expect(cloud.balancers).toHaveLength(1);
    expect(web()?.ingress).toEqual([]);

    await rig.rest(60_000);
    expect(cloud.balancers.map(({ address }) => address)).toEqual(web()?.ingress.map(({ ip }) => ip));
    expect(web()?.ingress).toHaveLength(1);
  });

  it('nor after a restart', async () => {
    await rig.rest(2_000);
    rig.crash();
    await rig.start();
    await rig.rest(20_000);
    expect(cloud.balancers).toHaveLength(1);
    expect(web()?.ingress).toEqual([]);

    await rig.rest(120_000);
    expect(cloud.balancers.map(({ address }) => address)).toEqual(web()?.ingress.map(({ ip }) => ip));
    expect(web()?.ingress).toHaveLength(1);
  });
});
