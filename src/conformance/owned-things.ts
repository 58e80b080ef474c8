import { silentLog } from '../log.ts';
import { noMetrics } from '../metrics.ts';
import type { OwnedThing } from '../model/capabilities.ts';
import { noCheckpoint } from '../model/checkpoint.ts';
import { providerName, type ClusterId } from '../model/ids.ts';
import type { AnyProvider, CallContext, Documents } from '../provider.ts';
import { parseRows } from '../settings/parse.ts';
import type { Rig } from './rig.ts';

/** A call of somebody who only looks. */
export const lookingContext = (): CallContext => ({
  signal: new AbortController().signal,
  beforeCall: () => Promise.reject(new Error('looking changes nothing')),
  log: silentLog,
});

/**
 * The provider as another process would have it that only reads: what is true in the cloud, whatever the controller under
 * test believes. It must be closed.
 */
export async function readingProvider(rig: Rig, clusterId: ClusterId): Promise<AnyProvider> {
  const provider = providerBeside(rig, clusterId);
  await provider.start('read', lookingContext());
  return provider;
}

/** A further instance of the provider, which is not started yet. */
export function providerBeside(rig: Rig, clusterId: ClusterId): AnyProvider {
  const { definition, connection } = rig.simulation;
  return definition.create(parseRows(definition.connection, connection, '').values, {
    clock: rig.clock,
    log: silentLog,
    metrics: noMetrics,
    clusterId,
    name: providerName('under-test'),
    budget: { take: () => Promise.resolve() },
    documents: noDocuments,
    checkpoint: noCheckpoint,
  });
}

/** Everything in the cloud that carries a cluster's mark. */
export function ownedThings(rig: Rig, clusterId = rig.cluster().id): Promise<readonly OwnedThing[]> {
  return rig.during(read(rig, clusterId));
}

async function read(rig: Rig, clusterId: ClusterId): Promise<readonly OwnedThing[]> {
  const provider = await readingProvider(rig, clusterId);
  try {
    const things: OwnedThing[] = [];
    for await (const thing of provider.inventory(lookingContext())) if (thing.foreign === undefined) things.push(thing);
    return things;
  } finally {
    await provider.close();
  }
}

const refuse = (): never => {
  throw new Error('the suite gives no documents to a provider that only reads');
};
const noDocuments: Documents = {
  list: () => Promise.resolve([]),
  get: () => Promise.resolve(undefined),
  create: refuse,
  replace: refuse,
  remove: refuse,
  async *watch() {},
};
