import { expect, test } from 'vitest';
import { ManualClock } from '../clock.ts';
import { silentLog } from '../log.ts';
import { noMetrics } from '../metrics.ts';
import type { OwnedThing } from '../model/capabilities.ts';
import { noCheckpoint } from '../model/checkpoint.ts';
import { clusterId, providerName } from '../model/ids.ts';
import { clusterMark } from '../model/owner.ts';
import type { AnyProvider, AnyProviderDefinition, Documents } from '../provider.ts';
import { ProviderPool } from './provider-pool.ts';

const thing = (id: string, over: Partial<OwnedThing> = {}): OwnedThing => ({
  kind: 'load-balancer',
  id,
  name: id,
  key: 'service/uid-web',
  main: true,
  ...over,
});

async function inventoryOf(...things: OwnedThing[]): Promise<ReadonlyMap<string, string>> {
  // Only what the pool calls.
  const provider = {
    start: () => Promise.resolve(),
    inventory: async function* () {
      yield* things;
    },
  } as unknown as AnyProvider;
  const definition = { kind: 'toy', create: () => provider } as unknown as AnyProviderDefinition; // as above
  const name = providerName('toy');
  const clock = new ManualClock();
  const budget = { take: () => Promise.resolve() };
  const pool = new ProviderPool([{ name, definition, connection: {} }], {
    clock,
    log: silentLog,
    host: () => ({
      clock,
      log: silentLog,
      metrics: noMetrics,
      clusterId: clusterId('cluster-1'),
      name,
      budget,
      documents: {} as Documents, // nobody asks for one
      checkpoint: noCheckpoint,
    }),
    callContext: (_budget, log, signal) => ({ signal, log, beforeCall: () => Promise.resolve() }),
    started: () => {},
    failed: () => {},
    changed: () => {},
  });
  await pool.start('read', new AbortController().signal);
  return pool.get(name).inventory;
}

test("what carries another owner's mark, or none, is nobody's main thing, whatever key it names", async () => {
  const foreign = { foreign: { marks: { [clusterMark]: 'cluster-2' } } };

  const inventory = await inventoryOf(thing('lb-1'), thing('lb-2', foreign), thing('lb-3', { key: '', foreign: { marks: {} } }));

  expect([...inventory]).toEqual([['service/uid-web', 'lb-1']]);
});
