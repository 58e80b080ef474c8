import { afterEach, beforeEach, expect, it } from 'vitest';
import { memorySimulation } from '../../../test/fixtures/memory-simulation.ts';
import { perform } from '../actions.ts';
import { create, remember, rest } from '../story.ts';
import { Rig } from '../rig.ts';
import type { ProviderCall } from '../trace.ts';
import { asPlanned } from './as-planned.ts';

let rig: Rig;
const look = () => asPlanned(rig, { check: 'as-planned', service: 'web', since: 'before' });
const applied = () => {
  const found = rig.trace.calls().find(({ verb }) => verb === 'apply');
  if (found === undefined) throw new Error('nothing was applied');
  return found;
};
beforeEach(async () => {
  rig = await Rig.open({ simulate: memorySimulation(), seed: 1 });
  for (const step of [remember('before'), create('web'), rest(1_000)]) await perform(rig, step);
});
afterEach(() => rig.close());

it('steps that were planned and made once each are as planned', () => {
  expect(look()).toBeUndefined();
});

it('a step that the last plan does not hold is seen', () => {
  rig.trace.add<ProviderCall>({ ...applied() });
  expect(look()).toBe('create balancer was in no plan');
});

it('a step that is planned and made again is seen', () => {
  const plan = rig.trace.calls().find(({ verb }) => verb === 'plan');
  if (plan === undefined) throw new Error('nothing was planned');
  rig.trace.add<ProviderCall>({ ...plan });
  rig.trace.add<ProviderCall>({ ...applied() });
  expect(look()).toBe('create balancer was made twice');
});

it('that nothing was done is seen', async () => {
  await perform(rig, remember('before'));
  expect(look()).toBe('nothing was done');
});
