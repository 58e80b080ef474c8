import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MemoryCloud } from '../fixtures/memory-cloud.ts';
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
