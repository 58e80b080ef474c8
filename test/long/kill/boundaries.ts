import { checkpoints, type Checkpoint } from '../../../src/model/checkpoint.ts';
import { doomText, type Doom, type Reached } from './doom.ts';
import type { Story } from './stories.ts';
import type { World } from './world.ts';

/** How often a story reaches each checkpoint, and at how many of these moments the controller was killed. */
export interface Explored {
  readonly known: Reached;
  readonly killed: Reached;
}

/** Tells a story once to the end, counting, and then once more for each moment counted, with a death at that moment. */
export async function explore(world: World, story: Story): Promise<Explored> {
  const known = await tellWhole(world, story);
  const killed: Partial<Record<Checkpoint, number>> = {};
  for (const at of checkpoints) {
    for (let occurrence = 1; occurrence <= (known[at] ?? 0); occurrence++) {
      if (await tellWithDeath(world, story, { at, occurrence })) killed[at] = (killed[at] ?? 0) + 1;
    }
  }
  return { known, killed };
}

export const total = (reached: Reached): number => Object.values(reached).reduce((sum, count) => sum + count, 0);

async function tellWhole(world: World, story: Story): Promise<Reached> {
  await begin(world, story);
  await world.right(`${story.name}, undisturbed`);
  const known = await world.controller.arm();
  if (known === undefined) throw new Error(`${story.name}, undisturbed: the controller died`);
  return known;
}

/** Whether there was a death: another order of things may pass by the moment. */
async function tellWithDeath(world: World, story: Story, doom: Doom): Promise<boolean> {
  const what = `${story.name}, killed at ${doomText(doom)}`;
  const before = await begin(world, story, doom);
  await world.right(what);
  await world.controller.arm();
  if (world.controller.deaths === before) return false;
  // It may have died of its very last act, when all was right already.
  await world.right(what);
  // Both ways a predecessor can end, in turn.
  await world.restart(what, doom.occurrence % 2 === 0 ? 'SIGTERM' : 'SIGKILL');
  return true;
}

/** Lets the story happen. How many deaths there were before it did. */
async function begin(world: World, story: Story, doom?: Doom): Promise<number> {
  const { controller } = world;
  await story.prepare(world);
  await world.right(`before ${story.name}`);
  const before = controller.deaths;
  if (story.controller === 'running') {
    await controller.arm(doom);
    await story.act(world);
    return before;
  }
  await controller.stop('SIGTERM');
  await story.act(world);
  controller.start(doom);
  return before;
}
