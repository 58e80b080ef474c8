import { afterEach, expect, it } from 'vitest';
import { classId } from '../../src/model/ids.ts';
import type { MemoryCloud } from '../fixtures/memory-cloud.ts';
import { cloudWrites, toyWorld } from './toy-world.ts';
import type { World } from './world.ts';

let world: World;
let cloud: MemoryCloud;
const open = async (...names: string[]) => {
  ({ world, cloud } = await toyWorld());
  await world.start();
  for (const name of names) await world.createService(name);
  await world.rest();
  cloud.calls.length = 0;
};
afterEach(() => world?.stop());

const codeOf = (name: string) => /approve: "([0-9a-f]+)"/.exec(world.message(name, 'portolan.dev/Programmed'))?.[1] ?? '';

it('holds a change that loses the address, shows the code, and carries it out when approved: new first, old after the handover', async () => {
  await open('web');
  await world.annotate('web', { 'portolan.dev/scheme': 'internal' });
  await world.rest();
  expect(world.conditions('web')).toMatchObject({
    Accepted: 'True Accepted',
    Programmed: 'False ApprovalRequired',
    Applied: 'True Applied',
  });
  expect(world.events('web')).toContain('ApprovalRequired');
  expect(world.addresses('web')).toEqual(['192.0.2.1']);
  expect(cloudWrites(cloud)).toEqual([]);
  const code = codeOf('web');

  await world.addNodes('n3');
  await world.rest(1_100);
  expect(codeOf('web')).toBe(code);
  expect(cloud.balancers[0]?.members).toBe('n1,n2,n3');

  await world.annotate('web', { 'portolan.dev/approve': code });
  await world.rest();
  expect(world.addresses('web')).toEqual(['10.9.9.2']);
  expect(world.conditions('web')).toMatchObject({ Programmed: 'True Programmed', Applied: 'False Applying' });
  expect(cloud.balancers.map(({ scheme }) => scheme)).toEqual(['public', 'internal']);

  await world.rest(59_000);
  expect(cloud.balancers).toHaveLength(2);
  await world.rest(2_000);
  expect(cloud.balancers.map(({ scheme }) => scheme)).toEqual(['internal']);
  expect(world.conditions('web')).toMatchObject({ Programmed: 'True Programmed', Applied: 'True Applied' });
});

it('keeps both load balancers over a restart in the middle of a replacement, and ends it', async () => {
  await open('web');
  await world.annotate('web', { 'portolan.dev/scheme': 'internal' });
  await world.rest();
  await world.annotate('web', { 'portolan.dev/approve': codeOf('web') });
  await world.rest();
  await world.restart();
  await world.rest(30_000);
  expect(cloud.balancers).toHaveLength(2);
  await world.rest(70_000);
  expect(cloud.balancers.map(({ scheme }) => scheme)).toEqual(['internal']);
  expect(world.addresses('web')).toEqual(['10.9.9.2']);
});

it('takes the word of deletion, also while something is held', async () => {
  await open('web');
  await world.annotate('web', { 'portolan.dev/scheme': 'internal' });
  await world.rest();
  await world.deleteService('web');
  await world.rest();
  expect(cloud.balancers).toEqual([]);
});

it('forgets a held change that is undone', async () => {
  await open('web');
  await world.annotate('web', { 'portolan.dev/scheme': 'internal' });
  await world.rest();
  await world.annotate('web', { 'portolan.dev/scheme': null });
  await world.rest();
  expect(world.conditions('web')).toMatchObject({ Programmed: 'True Programmed', Applied: 'True Applied' });
  expect(cloudWrites(cloud)).toEqual([]);
});

it('holds what a class setting would do to every Service, under its own reason', async () => {
  await open('a', 'b');
  world.reload({
    classes: world.config.classes.map((klass) => ({
      ...klass,
      settings: { scheme: 'internal' },
      guard: { ...klass.guard, 'changes-address': 'allow' as const },
    })),
  });
  await world.rest();
  expect(world.conditions('a')).toMatchObject({ Programmed: 'False ClassChange' });
  expect(world.conditions('b')).toMatchObject({ Programmed: 'False ClassChange' });
  expect(cloudWrites(cloud)).toEqual([]);

  await world.annotate('b', { 'portolan.dev/approve': codeOf('b') });
  await world.rest();
  expect(world.addresses('b')).toEqual(['10.9.9.3']);
  expect(world.addresses('a')).toEqual(['192.0.2.1']);
});

it('rolls a harmless class change over one Service at a time, and stops at the first failure', async () => {
  await open('a', 'b', 'c');
  const names = ['a', 'b', 'c'];
  const applied = () => names.map((name) => world.message(name, 'portolan.dev/Applied').split(' ')[2]);
  const before = applied();
  cloud.plan('read', 'error-before');
  world.reload({ classes: world.config.classes.map((klass) => ({ ...klass, settings: { flavour: 'sweet' } })) });
  await world.rest();
  expect(applied()).toEqual(before);

  await world.rest(6_000);
  expect(applied().filter((spec, index) => spec === before[index])).toEqual([]);
});

it('lets members follow the nodes while a roll stands still, and goes on past a Service its owner edits', async () => {
  await open('a', 'b', 'c');
  const names = ['a', 'b', 'c'];
  const applied = () => names.map((name) => world.message(name, 'portolan.dev/Applied').split(' ')[2]);
  const before = applied();
  world.api.faults.add({ kind: 'status', code: 403, match: { method: 'PATCH', path: /services\/a\/status/ } });
  world.reload({ classes: world.config.classes.map((klass) => ({ ...klass, settings: { flavour: 'sweet' } })) });
  await world.rest();
  await world.addNodes('n3');
  await world.rest(1_100);
  expect(cloud.balancers.map(({ members }) => members)).toEqual(Array.from({ length: 3 }, () => 'n1,n2,n3'));
  expect(applied()).toEqual(before);

  await world.patchService('b', { spec: { ports: [{ port: 81 }] } });
  await world.rest();
  expect(applied()[1]).not.toBe(before[1]);

  world.api.faults.clear();
  await world.rest(700_000);
  expect(applied().filter((spec, index) => spec === before[index])).toEqual([]);
});

it('ends a roll that stopped at a failure when the change is taken back, so that the next one may begin', async () => {
  ({ world, cloud } = await toyWorld({ classes: [{}, { id: classId('other'), name: 'portolan.dev/other', default: false }] }));
  world.config = { ...world.config, driftCheckMs: 0 };
  await world.start();
  await world.createService('a');
  await world.createService('b', { loadBalancerClass: 'portolan.dev/other' });
  await world.rest();
  const { classes } = world.config;
  const sweet = (id: string) => classes.map((klass) => (klass.id === id ? { ...klass, settings: { flavour: 'sweet' } } : klass));
  world.api.faults.add({ kind: 'status', code: 403, match: { method: 'PATCH', path: /services\/a\/status/ } });
  world.reload({ classes: sweet('toy') });
  await world.rest();
  world.api.faults.clear();
  world.reload({ classes });
  await world.rest();

  const before = world.message('b', 'portolan.dev/Applied');
  world.reload({ classes: sweet('other') });
  await world.rest();
  expect(world.message('b', 'portolan.dev/Applied')).not.toBe(before);
});
