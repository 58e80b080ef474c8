import { expect, test } from 'vitest';
import { providers } from '../../../providers/registry.ts';
import { missingForControlPlane } from '../control-plane.ts';
import { kitOnBoth } from './kit-on-both.ts';
import { differences, tableOf } from './on-both.ts';
import { expectSection } from './page-section.ts';
import { realSuite } from '../real-suite.ts';

realSuite('the cases of the kit over local', missingForControlPlane(), () => {
  test('go on a real API server as on the embedded one', async () => {
    const simulate = providers['local']?.simulate;
    if (simulate === undefined) throw new Error('local has no cloud in memory');
    const all = await kitOnBoth(simulate);

    expect(differences(all)).toEqual([]);
    await expectSection('kit-local', tableOf(all));
  });
});
