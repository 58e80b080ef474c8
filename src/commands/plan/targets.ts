import { asLbError, LbError } from '../../errors.ts';
import { claimOf } from '../../intent/claim.ts';
import type { ServiceKey } from '../../model/ids.ts';
import type { ServiceView } from '../../model/service-view.ts';
import { readNamedService, readServices } from '../look/cluster-reads.ts';
import { keyOfName, type ServiceName } from '../look/service-name.ts';
import type { Surroundings } from '../look/surroundings.ts';
import { asApplied, nameOf } from './dry-run.ts';
import type { Manifest } from './manifests.ts';

/** A Service to plan for, or a manifest that would not become one. */
export type Target =
  | { readonly kind: 'service'; readonly service: ServiceView }
  | { readonly kind: 'rejected'; readonly service: ServiceKey; readonly from: string; readonly error: LbError };

/** The Services of manifests, as the API server would have them. @throws LbError `InvalidManifest` where one is there twice */
export async function manifestTargets(
  manifests: readonly Manifest[],
  surroundings: Surroundings,
  signal: AbortSignal,
): Promise<readonly Target[]> {
  const targets = new Map<ServiceKey, Target>();
  for (const manifest of manifests) {
    const at = nameOf(manifest, surroundings.namespace);
    const service = keyOfName(at);
    if (targets.has(service)) throw new LbError('InvalidManifest', `${manifest.from} is the second manifest of Service ${service}`);
    targets.set(service, await manifestTarget(manifest, at, surroundings, signal));
  }
  return [...targets.values()];
}

async function manifestTarget(manifest: Manifest, at: ServiceName, surroundings: Surroundings, signal: AbortSignal): Promise<Target> {
  try {
    return { kind: 'service', service: await asApplied(surroundings, manifest, at, signal) };
  } catch (thrown) {
    const error = asLbError(thrown);
    // Not found is the namespace: nothing else of the path need be there.
    if (error.code !== 'ApiRejected' && error.code !== 'ApiNotFound') throw error;
    return { kind: 'rejected', service: keyOfName(at), from: manifest.from, error };
  }
}

/** Services somebody named, each once. @throws LbError `InvalidFlag` where one is not there */
export async function namedTargets(
  names: readonly ServiceName[],
  surroundings: Surroundings,
  signal: AbortSignal,
): Promise<readonly Target[]> {
  const targets: Target[] = [];
  for (const name of new Map(names.map((one) => [keyOfName(one), one])).values()) {
    targets.push({ kind: 'service', service: await readNamedService(surroundings, name, signal) });
  }
  return targets;
}

/** Every Service that concerns a class of this configuration, by name. */
export async function claimedTargets(surroundings: Surroundings, signal: AbortSignal): Promise<readonly Target[]> {
  const services = await readServices(surroundings, signal);
  return services
    .filter((service) => claimOf(service, surroundings.config.classes).kind !== 'foreign')
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map((service) => ({ kind: 'service', service }));
}
