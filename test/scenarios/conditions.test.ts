import { afterEach, expect, it } from 'vitest';
import type { Wait } from '../../src/model/plan.ts';
import { isFrozen } from '../../src/model/spec.ts';
import type { AnyProviderDefinition } from '../../src/provider.ts';
import { MemoryCloud } from '../fixtures/memory-cloud.ts';
import { memoryProvider } from '../fixtures/memory-provider.ts';
import { ground } from './ground.ts';
import { toyWorld } from './toy-world.ts';
import { World } from './world.ts';

let world: World;
let cloud: MemoryCloud;
const open = async () => {
  ({ world, cloud } = await toyWorld());
  await world.start();
  await world.createService('web');
  await world.rest();
  world.api.clearLog();
};
afterEach(() => world?.stop());

const serviceWrites = () => world.writes().filter((write) => write.includes('/services/'));
const busy: Wait = { reason: 'Pending', text: 'the load balancer is busy', retryAfterMs: 1_000 };

/** A world whose cloud is busy until a time, and for three seconds after each change of members. */
async function openBusy(): Promise<{ busyFor: (ms: number) => void }> {
  const clock = ground.clock();
  cloud = new MemoryCloud(clock);
  const toy: AnyProviderDefinition = memoryProvider(cloud);
  let busyUntil = 0;
  const provider: AnyProviderDefinition = {
    ...toy,
    create: (connection, host) => {
      const inner = toy.create(connection, host);
      return {
        ...inner,
        apply: async (step, ctx) => {
          const outcome = await inner.apply(step, ctx);
          if (step.membersOnly === true) busyUntil = clock.monotonic() + 3_000;
          return outcome;
        },
        plan: async (want, have) => {
          const plan = await inner.plan(want, have);
          const waits = clock.monotonic() < busyUntil && (isFrozen(want) || plan.steps.every(({ membersOnly }) => membersOnly));
          return waits ? { steps: [], refusals: [], wait: busy } : plan;
        },
      };
    },
  };
  world = new World({ clock, providers: { toy: provider } });
  await world.addNodes('n1', 'n2');
  await world.start();
  await world.createService('web');
  await world.rest();
  world.api.clearLog();
  return { busyFor: (ms) => void (busyUntil = clock.monotonic() + ms) };
}

it('stand still while the same change is tried again and fails', async () => {
  await open();
  cloud.plan('listener', ...Array.from({ length: 9 }, () => 'error-before' as const));
  await world.patchService('web', { spec: { ports: [{ port: 81 }] } });
  await world.rest();
  expect(world.conditions('web')).toMatchObject({ Programmed: 'False CloudUnavailable' });
  world.api.clearLog();
  await world.rest(20_000);
  expect(serviceWrites()).toEqual([]);
});

it('say of members that cannot be updated what is wrong, for as long as it is', async () => {
  await open();
  cloud.plan('members', 'error-before', 'error-before', 'error-before');
  await world.addNodes('n3');
  for (const ms of [1_100, 5_000, 10_000]) {
    await world.rest(ms);
    expect(world.conditions('web')).toMatchObject({ Programmed: 'True Programmed', Degraded: 'True CloudUnavailable' });
  }
  await world.rest(20_000);
  expect(world.conditions('web')).toMatchObject({ Programmed: 'True Programmed', Degraded: 'False AsExpected' });
});

it('leave Programmed alone where the reply to an update of members was lost', async () => {
  await open();
  cloud.plan('members', 'lost-reply');
  await world.addNodes('n3');
  for (const ms of [1_100, 6_000, 30_000]) {
    await world.rest(ms);
    expect(world.conditions('web')).toMatchObject({ Programmed: 'True Programmed' });
  }
  expect(world.conditions('web')).toMatchObject({ Applied: 'True Applied' });
});

it('are not written at all while the cloud takes its time over members', async () => {
  await openBusy();
  await world.addNodes('n3');
  await world.rest(6_000);
  expect(serviceWrites()).toEqual([]);
  expect(cloud.balancers[0]?.members).toBe('n1,n2,n3');
});

it('do not call a new spec programmed while a busy cloud hides what is to be done', async () => {
  const { busyFor } = await openBusy();
  await world.addNodes('n3');
  await world.rest(1_100);
  busyFor(5_000);
  await world.annotate('web', { 'portolan.dev/memory-flavour': 'sweet' });
  await world.rest(1_000);
  expect(world.conditions('web')).toMatchObject({ Programmed: 'False Pending' });
  await world.rest(10_000);
  expect(world.conditions('web')).toMatchObject({ Programmed: 'True Programmed', Applied: 'True Applied' });
});

it('of what is held stand still while its members follow a busy cloud', async () => {
  const { busyFor } = await openBusy();
  await world.annotate('web', { 'portolan.dev/scheme': 'internal' });
  await world.rest();
  busyFor(5_000);
  await world.addNodes('n3');
  world.api.clearLog();
  await world.rest(12_000);
  expect(world.conditions('web')).toMatchObject({ Programmed: 'False ApprovalRequired' });
  expect(cloud.balancers[0]?.members).toBe('n1,n2,n3');
  expect(serviceWrites()).toEqual([]);
});
