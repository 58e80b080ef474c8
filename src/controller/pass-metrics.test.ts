import { afterEach, beforeEach, expect, it } from 'vitest';
import type { MemoryCloud } from '../../test/fixtures/memory-cloud.ts';
import { cloudWrites, toyWorld } from '../../test/scenarios/toy-world.ts';
import type { World } from '../../test/scenarios/world.ts';

let world: World;
let cloud: MemoryCloud;
beforeEach(async () => {
  ({ world, cloud } = await toyWorld({ settleMs: 0 }));
  await world.start();
  for (const name of ['a', 'b']) await world.createService(name);
  await world.rest(1_000);
});
afterEach(() => world.stop());

const value = async (series: string): Promise<number> => {
  const line = (await world.metrics.text()).split('\n').find((each) => each.startsWith(`${series} `));
  return Number(line?.split(' ')[1]);
};
const updates = () => value('service_controller_update_loadbalancer_host_latency_seconds_count');
const failures = () => value('service_controller_nodesync_error_total');
const syncs = () => value('service_controller_loadbalancer_sync_total');

it('nothing but a node epoch counts as an update of members', async () => {
  await world.patchService('a', { spec: { ports: [{ port: 81 }] } });
  await world.rest(3_000);
  await world.restart();
  await world.rest(3_000);

  expect(await updates()).toBe(0);
});

it('each load balancer that a node epoch changes is observed once', async () => {
  const before = await syncs();
  await world.addNodes('n3', 'n4');
  await world.rest(3_000);
  expect([await updates(), (await syncs()) - before]).toEqual([2, 2]);

  await world.addNodes('n5');
  await world.rest(3_000);
  expect([await updates(), await failures()]).toEqual([4, 0]);
  expect(await value('service_controller_update_loadbalancer_host_latency_seconds_bucket{le="16384"}')).toBe(4);
});

it('one that fails is an update and a failure, as upstream counts; what repairs it is neither', async () => {
  cloud.plan('members', 'error-before');
  await world.addNodes('n3');
  await world.rest(60_000);

  expect(cloud.balancers.map(({ members }) => members)).toEqual(['n1,n2,n3', 'n1,n2,n3']);
  expect([await updates(), await failures()]).toEqual([2, 1]);
});

it('a node epoch that changes no member updates nothing', async () => {
  await world.patchService('a', { spec: { type: 'ClusterIP' } });
  await world.patchService('b', { spec: { type: 'ClusterIP' } });
  await world.rest(3_000);
  await world.addNodes('n3');
  await world.rest(3_000);

  expect(await updates()).toBe(0);
});

it('the steps of what is taken away count, too', async () => {
  const removed = () => value('portolan_steps_total{disruption="destroys",result="done"}');
  expect(await removed()).toBeNaN();
  await world.deleteService('a');
  await world.rest(3_000);

  expect(cloudWrites(cloud).filter((call) => call === 'delete')).toHaveLength(1);
  expect(await removed()).toBeGreaterThan(0);
});
