import { expect, test } from 'vitest';
import { missingForControlPlane } from '../control-plane.ts';
import { differences, tableOf } from './on-both.ts';
import { expectSection } from './page-section.ts';
import { scenariosOnBoth } from './scenarios-on-both.ts';
import { twoClusters } from './two-clusters.ts';
import { realSuite } from '../real-suite.ts';

realSuite('the scenarios', missingForControlPlane(), () => {
  test('go on a real API server as on the embedded one', async () => {
    await using clusters = twoClusters();
    const all = await scenariosOnBoth(await Promise.all([clusters.one(), clusters.two()]));

    expect(differences(all)).toEqual([]);
    expect(all.length).toBeGreaterThan(100);
    await expectSection('scenarios', tableOf(all));
  });
});
