import { afterEach, expect, it } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import type { KubeTransport } from '../../src/kube/transport.ts';
import type { MemoryCloud } from '../fixtures/memory-cloud.ts';
import { cloudWrites, toyWorld } from './toy-world.ts';
import type { World } from './world.ts';

const merge = { 'content-type': 'application/merge-patch+json' };
let world: World;
let cloud: MemoryCloud;
const open = async (...names: string[]) => {
  ({ world, cloud } = await toyWorld());
  await world.start();
  for (const name of names) await world.createService(name);
  await world.rest();
  world.api.clearLog();
  cloud.calls.length = 0;
};
afterEach(() => world?.stop());

const epoch = () => {
  const lease = world.api.get('coordination.k8s.io', 'v1', 'leases', 'kube-system', 'portolan');
  return lease?.metadata.annotations?.['portolan.dev/epoch'];
};

it('writes each pool once however many nodes come and go at a time, and writes no Service', async () => {
  await open('a', 'b', 'c');
  const before = epoch();
  await world.addNodes('n3', 'n4', 'n5');
  await world.deleteNode('n1');
  await world.rest(900);
  expect(cloudWrites(cloud)).toEqual([]);

  await world.rest(200);
  expect(cloudWrites(cloud)).toEqual(['members', 'members', 'members']);
  expect(cloud.balancers.map(({ members }) => members)).toEqual(Array.from({ length: 3 }, () => 'n2,n3,n4,n5'));
  expect(world.writes().filter((write) => write.includes('services'))).toEqual([]);
  expect(epoch()).not.toBe(before);
  expect(epoch()).toMatch(/^[0-9a-f]{16} \d+$/);
  expect(world.events('a').at(-1)).toBe('UpdatedLoadBalancer');
});

it('does not wake for what makes no difference to members', async () => {
  await open('a');
  await world.call(
    'PATCH',
    '/api/v1/nodes/n1',
    { metadata: { labels: { a: 'b' } }, spec: { unschedulable: true } },
    { 'content-type': 'application/merge-patch+json' },
  );
  await world.rest(5_000);
  expect(cloud.calls).toEqual([]);
});

it('finishes after a restart what an epoch had begun', async () => {
  await open('a', 'b');
  cloud.plan('members', 'error-before', 'error-before');
  await world.addNodes('n3');
  await world.rest(1_100);
  expect(world.conditions('a')).toMatchObject({
    Applied: 'False Applying',
    Programmed: 'True Programmed',
    Degraded: 'True CloudUnavailable',
  });

  await world.restart();
  await world.rest(35_000);
  expect(cloud.balancers.map(({ members }) => members)).toEqual(['n1,n2,n3', 'n1,n2,n3']);
  expect(world.conditions('a')).toMatchObject({ Applied: 'True Applied', Degraded: 'False AsExpected' });
});

it('sees nodes that changed while nobody ran', async () => {
  await open('a');
  await world.stop();
  await world.deleteNode('n2');
  await world.start();
  expect(cloud.balancers[0]?.members).toBe('n1');
});

it('serves a new Service while an epoch is under way, with the node set of that epoch', async () => {
  await open('a', 'b');
  await world.addNodes('n3');
  await world.createService('new');
  await world.rest(1_100);
  expect(cloud.balancers.map(({ members }) => members)).toEqual(['n1,n2,n3', 'n1,n2,n3', 'n1,n2,n3']);
});

it('says that there are no nodes, and serves again when there are', async () => {
  await open('a');
  await world.deleteNode('n1');
  await world.deleteNode('n2');
  await world.rest(1_100);
  expect(cloud.balancers[0]?.members).toBe('');
  expect(world.conditions('a')).toMatchObject({ Programmed: 'True Programmed', Degraded: 'True NoNodes' });
  expect(world.events('a')).toContain('UnAvailableLoadBalancer');

  await world.addNodes('n7');
  await world.rest(1_100);
  expect(world.conditions('a')).toMatchObject({ Degraded: 'False AsExpected' });
});

it('ends an epoch although some Services are refused', async () => {
  await open('a');
  await world.createService('bad', {}, { 'portolan.dev/scheme': 'sideways' });
  await world.addNodes('n3');
  await world.rest(1_100);
  expect(epoch()).toMatch(/^[0-9a-f]{16} \d+$/);
});

it('keeps the record of the change that was begun, where that fails in an epoch', async () => {
  ({ world, cloud } = await toyWorld());
  world.config = { ...world.config, workers: 1 };
  await world.start();
  for (const name of ['slow', 'a']) await world.createService(name);
  await world.rest();
  cloud.plan('members', 'error-before');
  cloud.plan('listener', ...Array.from({ length: 5 }, () => 'error-before' as const));
  world.api.faults.add({ kind: 'slow', ms: 500, match: { method: 'PATCH', path: /services\/slow\/status/ } });
  await world.addNodes('n3');
  await world.rest(1_100);
  await world.patchService('a', { spec: { ports: [{ port: 81 }] } });
  const before = world.message('a', 'portolan.dev/Applied');
  await world.rest(1_000);
  expect(world.conditions('a')).toMatchObject({ Programmed: 'False CloudUnavailable', Applied: 'False Applying' });
  const [, input, spec] = world.message('a', 'portolan.dev/Applied').split(' ');
  expect(before).not.toContain(input);
  expect(before).not.toContain(spec);
  expect(epoch()).toMatch(/^[0-9a-f]{16} \d+$/);
});

it('never empties a pool because no Node can be read', async () => {
  let broken = false;
  const garbled = (path: string, text: string) => (broken && path.startsWith('/api/v1/nodes') ? text.replaceAll('"uid"', '"id"') : text);
  const transport = (direct: KubeTransport): KubeTransport => ({
    ...direct,
    request: async (request) => {
      const answer = await direct.request(request);
      return { ...answer, body: garbled(request.path, answer.body) };
    },
    async *watch(watch) {
      for await (const line of direct.watch(watch)) yield garbled(watch.path, line);
    },
  });
  ({ world, cloud } = await toyWorld({ transport }));
  await world.start();
  await world.createService('a');
  await world.rest();
  await world.stop();
  broken = true;
  await world.start();
  await world.rest(6_000);
  expect(cloud.balancers[0]?.members).toBe('n1,n2');
  expect(world.health.probe('ready').text).toContain('no Node can be read');
});

it('a node that was to go and stays is a member again, and where it was one all the time nothing is written', async () => {
  const taints = (...list: readonly object[]) => world.call('PATCH', '/api/v1/nodes/n1', { spec: { taints: list } } as JsonObject, merge);
  const going = { key: 'ToBeDeletedByClusterAutoscaler', effect: 'NoSchedule' };
  await open('a');
  await taints(going);
  await world.rest(5_000);
  await taints();
  await world.rest(5_000);
  expect(cloudWrites(cloud)).toEqual([]);

  await taints(going);
  await world.addNodes('n3');
  await world.rest(5_000);
  expect(cloud.balancers[0]?.members).toBe('n2,n3');
  await taints();
  await world.rest(5_000);
  expect(cloud.balancers[0]?.members).toBe('n1,n2,n3');
});
