import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MemoryCloud } from '../fixtures/memory-cloud.ts';
import { toyWorld } from './toy-world.ts';
import type { World } from './world.ts';

let world: World;
let cloud: MemoryCloud;
afterEach(() => world.stop());

/** Finalizer and record of a served and then refused Service are taken off: nothing on it says any more that it is served. */
const strip = async () => {
  await world.patchService('web', { status: { conditions: null } }, '/status');
  await world.rest(2_000);
  await world.patchService('web', { metadata: { finalizers: null } });
};

describe('a refused Service that was served, and that somebody took every mark of ours off', () => {
  beforeEach(async () => {
    ({ world, cloud } = await toyWorld());
    await world.start();
    await world.createService('web');
    await world.rest(5_000);
    await world.annotate('web', { 'portolan.dev/scheme': 'sideways' });
    await world.rest(5_000);
    expect(world.conditions('web')).toMatchObject({ Accepted: 'False InvalidSetting' });
  });
  const expectKept = async () => {
    await world.rest(60_000);
    expect(world.service('web')?.finalizers).toEqual(['portolan.dev/lb.toy']);
    await world.restart();
    await world.deleteService('web');
    await world.rest(120_000);
    expect(cloud.balancers).toEqual([]);
    expect(world.service('web')).toBeUndefined();
  };

  it('keeps its finalizer', async () => {
    await strip();
    await expectKept();
  });

  it('gets it back from whoever starts next', async () => {
    await world.stop();
    await strip();
    await world.start();
    await expectKept();
  });
});
