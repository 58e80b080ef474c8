import type { AuditScene, Findings } from '../../controller/audit-verdicts.ts';
import { judgeThings, sameThing } from '../../controller/audit-verdicts.ts';
import { readInventory } from '../../controller/audit-inventory.ts';
import { parseStrays, strayAnnotation } from '../../controller/stray-mark.ts';
import { asLbError, LbError } from '../../errors.ts';
import { leaseObject } from '../../kube/lease-object.ts';
import { annotationsOf } from '../../kube/lease-record.ts';
import type { OwnedThing } from '../../model/capabilities.ts';
import type { ClusterId, ProviderName } from '../../model/ids.ts';
import { readClusterId } from '../controller/cluster-id.ts';
import { readServicesAndGaps } from '../look/cluster-reads.ts';
import { ReadProviders } from '../look/read-providers.ts';
import { retryReads } from '../look/retry-reads.ts';
import type { Surroundings } from '../look/surroundings.ts';

/** All that can be said of what stands in the clouds, without changing anything. */
export interface Around {
  readonly findings: readonly Findings[];
  /** Providers of which nothing could be said. */
  readonly failed: ReadonlyMap<ProviderName, LbError>;
  /** Since when the process that leads knows strays, by digest; empty where nobody says. */
  readonly since: ReadonlyMap<string, number>;
}

/** Looks at these providers as the controller's audit does. @throws LbError where the API server does not answer */
export async function lookAround(names: readonly ProviderName[], surroundings: Surroundings, signal: AbortSignal): Promise<Around> {
  const clusterId = await clusterIdOf(surroundings, signal);
  const [found, failed] = [new Map<ProviderName, readonly OwnedThing[]>(), new Map<ProviderName, LbError>()];
  const providers = new ReadProviders(surroundings, { batch: false }, signal);
  try {
    for (const name of names) {
      try {
        const provider = await providers.get(name, clusterId);
        const read = () => readInventory(provider, providers.context, surroundings.clock);
        found.set(name, await retryReads(read, surroundings.retry, signal));
      } catch (thrown) {
        signal.throwIfAborted();
        failed.set(name, asLbError(thrown));
      }
    }
  } finally {
    await providers.close();
  }
  // After the inventories: what was made meanwhile has its Service here, and is no stray.
  const scene = await sceneOf(surroundings, found, signal);
  const findings = [...found].map(([name, things]) => judgeThings(name, things, scene));
  return { findings, failed, since: await knownSince(surroundings, signal) };
}

export async function clusterIdOf({ config, client, retry }: Surroundings, signal: AbortSignal): Promise<ClusterId> {
  return config.clusterId ?? (await retryReads(() => readClusterId(client, signal), retry, signal));
}

/** The Services as they are now, from one complete list. */
export async function servicesNow(
  surroundings: Surroundings,
  signal: AbortSignal,
): Promise<Pick<AuditScene, 'classes' | 'service' | 'unreadable'>> {
  const { services, unreadable } = await readServicesAndGaps(surroundings, signal);
  const byUid = new Map<string, (typeof services)[number]>(services.map((service) => [service.uid, service]));
  return { classes: surroundings.config.classes, service: (uid) => byUid.get(uid), unreadable };
}

async function sceneOf(
  surroundings: Surroundings,
  found: ReadonlyMap<ProviderName, readonly OwnedThing[]>,
  signal: AbortSignal,
): Promise<AuditScene> {
  const ids = new Map([...found].map(([name, things]) => [name, new Set(things.map(sameThing))]));
  return {
    ...(await servicesNow(surroundings, signal)),
    units: new Set(surroundings.entries.filter(({ definition }) => definition.clusterUnit).map(({ name }) => name)),
    outdated: undefined,
    // What another process works on is not known here; that is why one look alone never deletes.
    underWay: () => false,
    elsewhere: (name) => ids.get(name),
  };
}

async function knownSince({ client, config }: Surroundings, signal: AbortSignal): Promise<ReadonlyMap<string, number>> {
  const { enabled, namespace, name } = config.leaderElection;
  if (!enabled) return new Map();
  try {
    const lease = await leaseObject(client, namespace, name).read(signal);
    return parseStrays(lease === undefined ? undefined : annotationsOf(lease)[strayAnnotation]);
  } catch (thrown) {
    if (thrown instanceof LbError) return new Map(); // it adds to the answer, and is not needed for it
    throw thrown;
  }
}
