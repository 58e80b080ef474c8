import { providers } from '../../providers/registry.ts';
import type { Simulate } from '../../src/conformance/simulation.ts';
import { memorySimulation } from '../fixtures/memory-simulation.ts';

const simulated = (kind: string): Simulate => {
  const simulate = providers[kind]?.simulate;
  if (simulate === undefined) throw new Error(`${kind} has no simulation`);
  return simulate;
};

/**
 * What the passes of the kit run on: the local provider, where nothing is ever in doubt; Amazon in memory; and the toy cloud,
 * where a lost call may be carried out up to 30 s later, a load balancer serves two minutes after it was made, is published by
 * a host name, and needs something that all of a cluster share.
 */
export const subjects: readonly { readonly name: string; readonly simulate: Simulate }[] = [
  { name: 'local', simulate: simulated('local') },
  { name: 'aws', simulate: simulated('aws') },
  {
    name: 'toy cloud',
    simulate: memorySimulation({ settleMs: 30_000, shares: true, cloud: { hostNames: true, provisioningMs: 120_000 } }),
  },
];
