import { afterEach, describe, expect, it } from 'vitest';
import type { Checkpoint } from '../../src/model/checkpoint.ts';
import type { MemoryCloud } from '../fixtures/memory-cloud.ts';
import { cloudWrites, toyWorld } from './toy-world.ts';
import type { World } from './world.ts';

let world: World;
let cloud: MemoryCloud;
const open = async (options: Parameters<typeof toyWorld>[0] = {}) => {
  ({ world, cloud } = await toyWorld(options));
  await world.start();
};
const quiet = () => {
  world.api.clearLog();
  cloud.calls.length = 0;
};
afterEach(() => world?.stop());

it('costs one batched read and no write where nothing changed', async () => {
  await open();
  for (const name of ['a', 'b', 'c']) await world.createService(name);
  await world.rest();
  await world.stop();
  quiet();
  await world.start();
  await world.rest(60_000);

  expect(cloud.calls).toEqual(['read']);
  expect(world.writes()).toEqual([]);
  expect(world.api.log.filter(({ path }) => path.includes('/events'))).toEqual([]);
});

it('looks at everything, and writes nothing, where no Lease remembers the node set', async () => {
  await open({ election: false });
  await world.createService('a');
  await world.rest();
  await world.stop();
  quiet();
  await world.start();
  await world.rest(10_000);

  expect(cloud.calls).toEqual(['read', 'read']);
  expect(world.writes()).toEqual([]);
});

it('sees what was edited, deleted or created while nobody ran', async () => {
  await open();
  for (const name of ['kept', 'edited', 'deleted', 'retyped']) await world.createService(name);
  await world.rest();
  await world.stop();
  quiet();
  await world.patchService('edited', { spec: { ports: [{ port: 81 }] } });
  await world.deleteService('deleted');
  await world.patchService('retyped', { spec: { type: 'ClusterIP' } });
  await world.createService('new');
  await world.start();

  expect(Object.keys(cloud.balancers[1]?.listeners ?? {})).toEqual(['TCP/81']);
  expect(world.service('deleted')).toBeUndefined();
  expect(world.service('retyped')?.finalizers).toEqual([]);
  expect(world.addresses('new')).toEqual(['192.0.2.5']);
  expect(cloud.balancers).toHaveLength(3);
});

it('repairs a status that somebody wrote over while nobody ran', async () => {
  await open();
  await world.createService('web');
  await world.rest();
  await world.stop();
  await world.patchService('web', { status: { loadBalancer: { ingress: [{ ip: '203.0.113.9' }] } } }, '/status');
  await world.start();

  expect(world.addresses('web')).toEqual(['192.0.2.1']);
});

it('makes anew what was taken out of the cloud while nobody ran, and while somebody did', async () => {
  await open();
  await world.createService('web');
  await world.rest();
  await world.stop();
  cloud.balancers.length = 0;
  await world.start();
  expect(world.addresses('web')).toEqual(['192.0.2.2']);

  cloud.balancers.length = 0;
  await world.rest(600_000);
  expect(world.addresses('web')).toEqual(['192.0.2.3']);
});

it('repairs its status at once where somebody else writes it while it runs', async () => {
  await open();
  await world.createService('web');
  await world.rest();
  await world.patchService('web', { status: { loadBalancer: { ingress: [{ ip: '203.0.113.9' }] } } }, '/status');
  await world.rest();
  expect(world.addresses('web')).toEqual(['192.0.2.1']);
});

it('repairs its status although the API server refused the first try', async () => {
  await open();
  await world.createService('web');
  await world.rest();
  await world.patchService('web', { status: { loadBalancer: { ingress: [] } } }, '/status');
  world.api.faults.add({ kind: 'status', code: 409, match: { method: 'PATCH', path: /services\/web\/status/ }, times: 1 });
  await world.rest(30_000);
  expect(world.addresses('web')).toEqual(['192.0.2.1']);
});

it('does not fight at full speed with somebody who writes its status again and again', async () => {
  await open();
  await world.createService('web');
  await world.rest();
  world.api.clearLog();
  for (let turn = 0; turn < 40; turn++) {
    await world.patchService('web', { status: { loadBalancer: { ingress: [{ ip: '203.0.113.9' }] } } }, '/status');
    await world.rest(250);
  }
  expect(world.writes().length - 40).toBeLessThanOrEqual(5);
  await world.rest(5_000);
  expect(world.addresses('web')).toEqual(['192.0.2.1']);
});

it('leaves Services of a class that is not configured any more exactly as they stand', async () => {
  await open();
  await world.createService('web');
  await world.rest();
  await world.stop();
  world.renameClasses('renamed');
  quiet();
  await world.start();
  await world.deleteService('web');
  await world.rest(5_000);

  expect(cloudWrites(cloud)).toEqual([]);
  expect(world.writes()).toEqual(['DELETE /api/v1/namespaces/default/services/web']);
  expect(world.service('web')?.finalizers).toEqual(['portolan.dev/lb.toy']);
});

describe('a crash', () => {
  /** Ends the world of the controller at the n-th time it reaches a checkpoint: nothing it would have done next happens. */
  const crashing = (at: Checkpoint, settleMs: number) => {
    let armed = true;
    return {
      settleMs,
      checkpoint: (name: Checkpoint) => {
        if (!armed || name !== at) return;
        armed = false;
        throw new Error(`crash at ${name}`);
      },
    };
  };

  it.each(['begin/before', 'begin/after', 'step/before', 'step/after', 'status/before', 'status/after'] as const)(
    'at %s of a create leaves one load balancer and a true record',
    async (at) => {
      await open(crashing(at, 30_000));
      await world.createService('web');
      await world.rest();
      await world.restart();
      await world.rest(31_000);

      expect(cloud.balancers).toHaveLength(1);
      expect(world.addresses('web')).toEqual([cloud.balancers[0]?.address]);
      expect(world.conditions('web')).toMatchObject({ Programmed: 'True Programmed', Applied: 'True Applied' });
      expect(world.service('web')?.finalizers).toEqual(['portolan.dev/lb.toy']);
    },
  );

  it.each(['begin/before', 'begin/after', 'step/before', 'step/after', 'finalizer/before', 'finalizer/after'] as const)(
    'at %s of a delete leaves nothing',
    async (at) => {
      let armed = false;
      await open({
        checkpoint: (name) => {
          if (!armed || name !== at) return;
          armed = false;
          throw new Error(`crash at ${name}`);
        },
      });
      await world.createService('web');
      await world.rest();
      armed = true;
      await world.deleteService('web');
      await world.rest();
      await world.restart();
      await world.rest(40_000);

      expect(cloud.balancers).toEqual([]);
      expect(world.service('web')).toBeUndefined();
    },
  );
});
