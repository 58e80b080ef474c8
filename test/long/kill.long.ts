import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkpoints, type Checkpoint } from '../../src/model/checkpoint.ts';
import { explore, total } from './kill/boundaries.ts';
import { bundleChild } from './kill/bundle.ts';
import { live, momentsOf } from './kill/moments.ts';
import { bystanders, stories } from './kill/stories.ts';
import { World, type WorldOptions } from './kill/world.ts';
import { sizeOf } from './sizes.ts';

/*
 * A controller process of its own dies by SIGKILL at every named checkpoint of every story, each time it is reached, and at
 * random moments. Each time its successor is started at once, and the oracle must find everything right; then another one is
 * started that has nothing to do, and must do nothing. Leader election is on. A successor would wait 15 s for the Lease of
 * the dead; the test ends that Lease as time would, and one test lets time do it.
 */
let folder = '';
let program = '';
const died = new Set<Checkpoint>();
const boundaries = { known: 0, killed: 0 };
let randomDeaths = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portolan-kill-child-'));
  program = await bundleChild(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A world with its bystanders, right, under a running controller; closed when `work` is done. */
async function inWorld(options: Omit<WorldOptions, 'program'>, work: (world: World) => Promise<void>): Promise<void> {
  const world = await World.open({ ...options, program });
  try {
    await bystanders(world);
    world.controller.start();
    await world.right('at the beginning');
    await work(world);
  } finally {
    await world.close();
  }
}

const say = (line: string): void => void process.stdout.write(`kill: ${line}\n`);
const since = (start: number): string => `${Math.round((performance.now() - start) / 1_000)} s`;
const { randomMoments } = sizeOf('kill');
const seed = Number(process.env['PORTOLAN_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const lanes = 4;

describe.concurrent('kill -9', () => {
  test.for(stories)('at every crash point of: $name', (story) =>
    inWorld({}, async (world) => {
      const start = performance.now();
      const { known, killed } = await explore(world, story);
      for (const at of checkpoints) if ((killed[at] ?? 0) > 0) died.add(at);
      const points = checkpoints.flatMap((at) => ((known[at] ?? 0) > 0 ? [`${at} ${killed[at] ?? 0}/${known[at]}`] : []));
      say(`${story.name}: killed at ${total(killed)} of ${total(known)} moments in ${since(start)} (${points.join(', ')})`);
      boundaries.known += total(known);
      boundaries.killed += total(killed);

      expect(total(killed)).toBeGreaterThan(0);
    }),
  );

  test.for(Array.from({ length: lanes }, (_, lane) => lane))(`at random moments, lane %i (PORTOLAN_SEED=${seed})`, (lane) =>
    inWorld({}, async (world) => {
      const start = performance.now();
      const mine = momentsOf(seed, randomMoments).filter((_, index) => index % lanes === lane);
      for (const moment of mine) await live(world, moment);
      say(`random moments, lane ${lane}, seed ${seed}: ${world.controller.deaths} deaths in ${since(start)}`);
      randomDeaths += world.controller.deaths;
    }),
  );

  test('the successor of a dead leader waits until its Lease has run out, and finishes what it began', () =>
    inWorld({ waitsForLease: true }, async (world) => {
      await world.controller.arm({ at: 'state/after-rename', occurrence: 1 });
      const start = performance.now();
      await world.cluster.create('fresh', ['TCP/8080', 'UDP/8080']);
      await world.right('killed in the middle of a create');

      expect(world.controller.deaths).toBe(1);
      expect(performance.now() - start).toBeGreaterThan(10_000);
    }));
});

test('there was a death at every checkpoint there is, and at as many random moments as were asked for', () => {
  say(`killed at ${boundaries.killed} of ${boundaries.known} moments of ${stories.length} stories, and ${randomDeaths} times at random`);

  expect([...checkpoints].filter((at) => !died.has(at))).toEqual([]);
  expect(randomDeaths).toBe(randomMoments);
});
