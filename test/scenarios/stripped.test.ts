import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { providers } from '../../providers/registry.ts';
import { approvalCodes } from '../../src/conformance/approval-shown.ts';
import type { ClassSetup } from '../../src/conformance/case.ts';
import { Rig } from '../../src/conformance/rig.ts';
import type { MemoryCloud } from '../fixtures/memory-cloud.ts';
import { toyWorld } from './toy-world.ts';
import type { World } from './world.ts';

let world: World;
let cloud: MemoryCloud;
afterEach(() => world?.stop());

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

it('a Service that is held in the middle of a replacement gets its finalizer back', async () => {
  const simulate = providers['local']?.simulate;
  if (simulate === undefined) throw new Error('the local provider has no simulation');
  const rig = await Rig.open({ simulate, seed: 1 });
  const view = () => rig.cluster().view('default', 'web');
  const kit = (over: Partial<ClassSetup>) => rig.install().reload([{ id: 'kit', default: true, ...over }], undefined);
  try {
    await rig.cluster().create('default', 'web', {});
    await rig.rest(1_000);
    kit({ settings: { scheme: 'internal' } });
    await rig.rest(1_000);
    const [code = ''] = approvalCodes(view() ?? { conditions: [] });
    await rig.cluster().patch('default', 'web', { metadata: { annotations: { 'portolan.dev/approve': code } } });
    await rig.rest(1_000);
    kit({});
    await rig.rest(1_000);
    await rig.cluster().patch('default', 'web', { metadata: { finalizers: null } });
    await rig.rest(5_000);

    expect(view()?.finalizers).toEqual(['portolan.dev/lb.kit']);
  } finally {
    await rig.close();
  }
});
