import { providers } from '../../providers/registry.ts';
import type { Simulate } from '../../src/conformance/simulation.ts';
import { memorySimulation } from '../fixtures/memory-simulation.ts';

const local = providers['local']?.simulate;
if (local === undefined) throw new Error('the local provider has no simulation');

/**
 * What the passes of the kit run on: the local provider, where nothing is ever in doubt, and the toy cloud, where a lost call
 * may be carried out up to 30 s later, a load balancer serves two minutes after it was made, is published by a host name, and
 * needs something that all of a cluster share.
 */
export const subjects: readonly { readonly name: string; readonly simulate: Simulate }[] = [
  { name: 'local', simulate: local },
  {
    name: 'toy cloud',
    simulate: memorySimulation({ settleMs: 30_000, shares: true, cloud: { hostNames: true, provisioningMs: 120_000 } }),
  },
];
