import { expect, test } from 'vitest';
import { memorySimulation } from '../../fixtures/memory-simulation.ts';
import { missingForControlPlane } from '../control-plane.ts';
import { kitOnBoth } from './kit-on-both.ts';
import { differences, tableOf } from './on-both.ts';
import { expectSection } from './page-section.ts';
import { realSuite } from '../real-suite.ts';

realSuite('the cases of the kit over the toy provider', missingForControlPlane(), () => {
  test('go on a real API server as on the embedded one', async () => {
    const all = await kitOnBoth(memorySimulation());

    expect(differences(all)).toEqual([]);
    await expectSection('kit-toy', tableOf(all));
  });
});
