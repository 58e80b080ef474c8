import { afterEach, expect, it } from 'vitest';
import { settle } from '../../src/clock.ts';
import type { LoadBalancerKey } from '../../src/model/ids.ts';
import type { Notice } from '../../src/model/report.ts';
import type { AnyProviderDefinition } from '../../src/provider.ts';
import { MemoryCloud } from '../fixtures/memory-cloud.ts';
import { memoryProvider } from '../fixtures/memory-provider.ts';
import { ground } from './ground.ts';
import { World } from './world.ts';

const ill: Notice = { reason: 'NoHealthyMember', text: 'nobody answers', kind: 'health' };
let world: World;
let cloud: MemoryCloud;
/** What the provider reports of every load balancer, besides that it serves. */
let notices: readonly Notice[] = [];
/** Called at the end of the next report, once. */
let meanwhile: (() => Promise<void>) | undefined;
let say: () => void = () => {};
afterEach(() => world?.stop());

async function open(): Promise<void> {
  [notices, meanwhile] = [[], undefined];
  const clock = ground.clock();
  cloud = new MemoryCloud(clock);
  const toy: AnyProviderDefinition = memoryProvider(cloud);
  const provider: AnyProviderDefinition = {
    ...toy,
    create: (connection, host) => {
      const inner = toy.create(connection, host);
      return {
        ...inner,
        report: async (want, have) => {
          const report = { ...(await inner.report(want, have)), notices };
          const then = meanwhile;
          meanwhile = undefined;
          await then?.();
          return report;
        },
        async *changes(signal) {
          while (!signal.aborted) {
            await new Promise<void>((resolve) => {
              say = resolve;
              signal.addEventListener('abort', () => resolve(), { once: true });
            });
            for (const { marks } of cloud.balancers) yield marks['portolan.dev/key'] as LoadBalancerKey; // a key of ours
          }
        },
      };
    },
  };
  world = new World({ clock, providers: { toy: provider } });
  await world.addNodes('n1', 'n2');
  await world.start();
  await world.createService('web');
  await world.rest();
}

it('looks again where the provider asks for it while a pass is under way', async () => {
  await open();
  meanwhile = async () => {
    notices = [{ ...ill, kind: 'service' }];
    say();
    await settle();
  };
  await world.addNodes('n3');
  await world.rest(1_100);
  expect(world.conditions('web')).toMatchObject({ Degraded: 'True NoHealthyMember' });
});

it('neither takes bad health back at a restart nor keeps it when it is over', async () => {
  await open();
  notices = [ill];
  say();
  await world.rest(61_000);
  expect(world.conditions('web')).toMatchObject({ Degraded: 'True NoHealthyMember' });
  world.api.clearLog();
  await world.restart();
  await world.rest(60_000);
  expect(world.writes()).toEqual([]);

  await world.stop();
  notices = [];
  await world.start();
  await world.rest(59_000);
  expect(world.writes()).toEqual([]);
  await world.rest(2_000);
  expect(world.conditions('web')).toMatchObject({ Degraded: 'False AsExpected' });
});
