import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { Bed, toy } from '../../providers/external/test-bed.ts';
import { classId, providerName } from '../../src/model/ids.ts';
import type { AnyProviderDefinition } from '../../src/provider.ts';
import { MemoryCloud } from '../fixtures/memory-cloud.ts';
import { memoryProvider } from '../fixtures/memory-provider.ts';
import { ground } from './ground.ts';
import { World } from './world.ts';

const folder = mkdtempSync(join(tmpdir(), 'portolan-external-'));
let world: World;
afterEach(async () => {
  await world.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Two classes, each with a provider of its own: the toy in another process, and the one in memory. */
async function open(command: readonly string[]): Promise<void> {
  const clock = ground.clock();
  const cloud = new MemoryCloud(clock);
  const bed = new Bed();
  const external: AnyProviderDefinition = await bed.describe({ command });
  world = new World({
    clock,
    log: bed.log,
    providers: { memory: memoryProvider(cloud), mine: external },
    connections: { mine: { command, env: {} } },
    classes: [{}, { id: classId('mine'), name: 'portolan.dev/mine', default: false, provider: providerName('mine') }],
  });
  await world.addNodes('n1', 'n2');
  await world.start();
  await comesTrue(() =>
    expect(bed.said).toContainEqual(
      expect.objectContaining({ message: 'provider started', facts: expect.objectContaining({ provider: 'mine' }) }),
    ),
  );
}
const inMine = { loadBalancerClass: 'portolan.dev/mine' };

/** The process answers in its own time: the clock stands still meanwhile. */
const comesTrue = (check: () => void): Promise<void> =>
  vi.waitFor(async () => {
    await world.rest();
    check();
  }, 5_000);

it('serves a Service by a provider in another process, and takes it away', async () => {
  await open(toy());
  await world.createService('far', inMine);
  await comesTrue(() => expect(world.conditions('far')).toMatchObject({ Programmed: 'True Programmed', Applied: 'True Applied' }));
  expect(world.addresses('far')).toEqual(['192.0.2.7']);

  await world.deleteService('far');
  await comesTrue(() => expect(world.service('far')).toBeUndefined());
});

it.each(['dies', 'garbage', 'long-line', 'half-a-line'])(
  'a process that %s is explained on its Services, and hurts no other class',
  async (how) => {
    await open(toy(how));
    await world.createService('far', inMine);
    const code = how === 'dies' || how === 'half-a-line' ? 'ProviderProcessFailed' : 'BadAnswer';
    await comesTrue(() => expect(world.conditions('far')).toMatchObject({ Programmed: `False ${code}` }));
    expect(world.message('far', 'portolan.dev/Programmed')).toMatch(/toy-provider\.mjs.*See the log for what it wrote to stderr/);
    expect(world.health.probe('ready')).toMatchObject({ good: false, text: expect.stringContaining('providers: mine: the provider') });

    await world.createService('near');
    await world.rest();
    expect(world.conditions('near')).toMatchObject({ Programmed: 'True Programmed' });
    await world.patchService('near', { spec: { ports: [{ port: 81, protocol: 'TCP' }] } });
    await world.rest();
    expect(world.service('near')?.ingress[0]?.ports?.map(({ port }) => port)).toEqual([81]);
  },
);

it('a process that hangs holds up nobody else', async () => {
  await open(toy('hangs'));
  await world.createService('far', inMine);
  await world.rest(1_000);
  await world.createService('near');
  await world.rest();
  expect(world.conditions('near')).toMatchObject({ Programmed: 'True Programmed' });

  await world.rest(60_000);
  await comesTrue(() => expect(world.conditions('far')).toMatchObject({ Programmed: 'False ProviderProcessFailed' }));
  expect(world.message('far', 'portolan.dev/Programmed')).toContain('did not answer observe in time');
});

it('one that dies in the middle of a change leaves the record open, so that whoever comes next looks what became of it', async () => {
  await open(toy('dies-in-apply'));
  await world.createService('far', inMine);
  await comesTrue(() =>
    expect(world.conditions('far')).toMatchObject({ Programmed: 'False ProviderProcessFailed', Applied: 'False Applying' }),
  );
  expect(world.service('far')?.finalizers).toEqual(['portolan.dev/lb.mine']);
  expect(world.message('far', 'portolan.dev/Programmed')).toContain('ended with exit code 4');
});
