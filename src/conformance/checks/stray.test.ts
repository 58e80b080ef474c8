import { afterEach, beforeEach, expect, it } from 'vitest';
import { memorySimulation } from '../../../test/fixtures/memory-simulation.ts';
import type { MemoryCloud } from '../../../test/fixtures/memory-cloud.ts';
import { perform } from '../actions.ts';
import { ownedThings } from '../owned-things.ts';
import { Rig } from '../rig.ts';
import { stray } from './stray.ts';

let rig: Rig;
let cloud: MemoryCloud | undefined;
beforeEach(async () => {
  rig = await Rig.open({ simulate: memorySimulation({ seen: (made) => void (cloud = made) }), seed: 1 });
  await perform(rig, { do: 'plant-stray', as: 'left' });
  await perform(rig, { do: 'plant-stray', as: 'other' });
});
afterEach(() => rig.close());

it('strays carry the mark of the first cluster and a key each that no Service has', async () => {
  const things = await ownedThings(rig);

  expect(new Set(things.map(({ key }) => key)).size).toBe(2);
  expect(rig.cluster().services()).toEqual([]);
});

it('sees whether a stray is there, and says what it saw instead', async () => {
  expect(await stray(rig, { check: 'stray', as: 'left', exists: true })).toBeUndefined();
  expect(await stray(rig, { check: 'stray', as: 'left', exists: false })).toBe('the stray left is still there');

  cloud?.balancers.shift();
  expect(await stray(rig, { check: 'stray', as: 'left', exists: true })).toBe('the stray left is gone');
  expect(await stray(rig, { check: 'stray', as: 'other', exists: true })).toBeUndefined();
  await expect(stray(rig, { check: 'stray', as: 'nobody', exists: true })).rejects.toThrow('planted no stray nobody');
});
