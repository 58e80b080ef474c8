import { afterEach, expect, it } from 'vitest';
import { memorySimulation } from '../../test/fixtures/memory-simulation.ts';
import { perform } from './actions.ts';
import type { ActionStep } from './case.ts';
import { refusedVisibly } from './refused-visibly.ts';
import { Rig } from './rig.ts';

let rig: Rig;
afterEach(() => rig.close());
const seenAfter = async (step: ActionStep) => {
  rig = await Rig.open({ simulate: memorySimulation(), seed: 1 });
  await perform(rig, step);
  await rig.rest(5_000);
  return refusedVisibly(rig);
};

it('a feature that is lacked is refused for that', async () => {
  expect(await seenAfter({ do: 'create', service: 'web', spec: { loadBalancerSourceRanges: ['192.0.2.0/24'] } })).toBeUndefined();
});

it('a refusal for anything else proves nothing', async () => {
  const seen = await seenAfter({ do: 'create', service: 'web', annotations: { 'portolan.dev/scheme': 'sideways' } });
  expect(seen).toContain('default/web is refused for something else: InvalidSetting');
});

it('nor does one that is served', async () => {
  expect(await seenAfter({ do: 'create', service: 'web' })).toContain('default/web is not refused: Accepted is True');
});
