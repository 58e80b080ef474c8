import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, expect, it } from 'vitest';
import { MemoryCloud } from '../../test/fixtures/memory-cloud.ts';
import { memoryProvider } from '../../test/fixtures/memory-provider.ts';
import { settle } from '../clock.ts';
import { Rig } from './rig.ts';
import type { Simulate } from './simulation.ts';

let cloud: MemoryCloud;
const simulate: Simulate = async (clock) => {
  cloud = new MemoryCloud(clock);
  return { definition: memoryProvider(cloud, { settleMs: 30_000 }), connection: {}, crash: () => {} };
};
let rig: Rig;
afterEach(() => rig.close());

it('runs a controller on the provider and writes down what passes between them', async () => {
  rig = await Rig.open({ simulate, seed: 1 });
  await rig.cluster().create('default', 'web', {});
  await rig.rest(1_000);

  expect(rig.cluster().view('default', 'web')?.ingress).toHaveLength(1);
  expect(
    rig.trace
      .calls()
      .filter(({ verb }) => verb === 'apply')
      .map(({ step }) => step?.verb),
  ).toEqual(['create', 'create', 'create']);
  expect(rig.trace.writes().map(({ method, status }) => `${method} ${status}`)).toEqual(['PATCH 200', 'PATCH 200']);
});

it('a dead controller does nothing any more, and the next one finishes what it began', async () => {
  let die = true;
  rig = await Rig.open({
    simulate,
    seed: 1,
    onCrossing: ({ what }, side, incarnation) => {
      if (die && what.startsWith('apply') && side === 'after') {
        die = false;
        incarnation.die();
      }
    },
  });
  await rig.cluster().create('default', 'web', {});
  await rig.rest(60_000);
  expect(cloud.balancers).toHaveLength(1);
  expect(rig.cluster().view('default', 'web')?.ingress).toEqual([]);

  rig.crash();
  await rig.start();
  await rig.rest(120_000);
  expect(cloud.balancers).toHaveLength(1);
  expect(rig.cluster().view('default', 'web')?.ingress).toHaveLength(1);
});

it('a change that comes later than its reply was expected is found, not made twice', async () => {
  rig = await Rig.open({ simulate, seed: 1 });
  rig.install().faults.add({ verb: 'apply', fault: 'late', ms: 20_000, times: 1 });
  await rig.cluster().create('default', 'web', {});
  await rig.rest(10_000);
  expect(cloud.balancers).toHaveLength(0);

  await rig.rest(300_000);
  expect(cloud.balancers).toHaveLength(1);
  expect(rig.cluster().view('default', 'web')?.ingress).toHaveLength(1);
});

it('stops as SIGTERM does', async () => {
  rig = await Rig.open({ simulate, seed: 1 });
  await rig.stop();

  expect(rig.install().runs).toBe(false);
  expect(rig.trace.calls().at(-1)?.verb).toBe('close');
});

it('keeps nothing of a story that is over, however its controllers ended', async () => {
  const told = async (): Promise<WeakRef<Rig>> => {
    rig = await Rig.open({ simulate, seed: 1 });
    await rig.cluster().create('default', 'web', {});
    await rig.rest(1_000);
    rig.crash();
    await rig.start();
    await rig.close();
    return new WeakRef(rig);
  };
  const before = await told();
  await told();
  collectGarbage();
  await settle();
  collectGarbage();

  expect(before.deref()).toBeUndefined();
});

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)(); // what the flag gives
}
