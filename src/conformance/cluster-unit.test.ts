import { expect, it } from 'vitest';
import { ManualClock } from '../clock.ts';
import { MemoryCloud } from '../../test/fixtures/memory-cloud.ts';
import { memoryProvider } from '../../test/fixtures/memory-provider.ts';
import { SharedThing } from '../../test/fixtures/shared-thing.ts';
import { LbError } from '../errors.ts';
import { clusterId } from '../model/ids.ts';
import type { AnyProvider, ProviderHost } from '../provider.ts';
import type { Cluster } from './cluster.ts';
import { makeUnit } from './cluster-unit.ts';
import { providerUnderTest } from './parsed-classes.ts';

const cluster = { nodeObjects: () => [] } as unknown as Cluster; // only its nodes are looked at
const one = clusterId('one');

function providerOf(shared: SharedThing): { readonly provider: AnyProvider; readonly clock: ManualClock } {
  const clock = new ManualClock();
  const definition = shared.around(memoryProvider(new MemoryCloud(clock)));
  return { clock, provider: definition.create({}, { clusterId: one } as ProviderHost) }; // the toy asks for nothing else
}

it('makes what the load balancers of a cluster share, once', async () => {
  const shared = new SharedThing(providerUnderTest, false);
  const { provider, clock } = providerOf(shared);
  await makeUnit(provider, cluster, one, clock);
  await makeUnit(provider, cluster, one, clock);
  expect(shared.calls).toEqual(['create all nodes']);
});

it('says why it does not come about', async () => {
  const { provider, clock } = providerOf(new SharedThing(providerUnderTest, false));
  const full = () => Promise.reject(new LbError('QuotaExceeded', 'there is no room'));
  await expect(makeUnit({ ...provider, apply: full }, cluster, one, clock)).rejects.toThrow('does not come about: there is no room');
});
