import { MemoryCloud } from '../fixtures/memory-cloud.ts';
import { memoryProvider } from '../fixtures/memory-provider.ts';
import { ground } from './ground.ts';
import { World, type WorldOptions } from './world.ts';

/** A world over one toy cloud, with two nodes. */
export async function toyWorld(
  options: Partial<WorldOptions> & { readonly settleMs?: number } = {},
): Promise<{ world: World; cloud: MemoryCloud }> {
  const clock = ground.clock();
  const cloud = new MemoryCloud(clock);
  const world = new World({ clock, providers: { toy: memoryProvider(cloud, { settleMs: options.settleMs ?? 30_000 }) }, ...options });
  await world.addNodes('n1', 'n2');
  return { world, cloud };
}

/** What the cloud was asked to change, without reads. */
export const cloudWrites = (cloud: MemoryCloud): readonly string[] => cloud.calls.filter((call) => call !== 'read');
