import { ManualClock } from '../../src/clock.ts';
import { embeddedApi, type Ground } from '../../src/conformance/cluster-api.ts';

const embedded: Ground = { clock: () => new ManualClock(), open: (_, clock, seed) => embeddedApi(clock, seed) };

/**
 * Where the scenarios happen: on the embedded API, or on real API servers whose kubeconfigs PORTOLAN_SCENARIOS_ON names, one for each of two clusters.
 * `npm run test:real -- kube` says so to this folder, which is otherwise the same.
 */
export const ground: Ground = await chosen(process.env['PORTOLAN_SCENARIOS_ON'] ?? '');

/** For the few that need each request to be carried out in this process. */
export const onReal = ground !== embedded;

async function chosen(kubeconfigs: string): Promise<Ground> {
  if (kubeconfigs === '') return embedded;
  const [one = '', two = ''] = kubeconfigs.split(',');
  // What speaks to a real server is loaded only where there is one.
  const { realGround } = await import('../real/kit/real-ground.ts');
  return realGround({ one: () => Promise.resolve(one), two: () => Promise.resolve(two) });
}
