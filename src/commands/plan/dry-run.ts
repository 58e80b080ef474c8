import { metadataOf } from '../../kube/client.ts';
import { namespacePath, servicePath } from '../../kube/paths.ts';
import { projectService } from '../../kube/projection.ts';
import type { JsonObject } from '../../model/json.ts';
import type { ServiceView } from '../../model/service-view.ts';
import { readServiceObject } from '../look/cluster-reads.ts';
import { retryReads } from '../look/retry-reads.ts';
import type { ServiceName } from '../look/service-name.ts';
import type { Surroundings } from '../look/surroundings.ts';
import type { Manifest } from './manifests.ts';

/** The API server does everything but store it: defaults, ports and addresses, admission. Unknown fields are refused. */
const dryRun = 'dryRun=All&fieldValidation=Strict';

/** Where a manifest belongs. */
export const nameOf = ({ namespace, name }: Manifest, defaultNamespace: string): ServiceName => ({
  namespace: namespace ?? defaultNamespace,
  name,
});

/**
 * The Service as the API server would have it if the manifest replaced what is there. Its UID is that of the one there;
 * of a new one UID, ports and addresses are examples.
 * @throws LbError `ApiRejected` where the manifest is wrong, `ApiNotFound` where its namespace is not there
 */
export async function asApplied(
  { client, retry }: Pick<Surroundings, 'client' | 'retry'>,
  manifest: Manifest,
  at: ServiceName,
  signal: AbortSignal,
): Promise<ServiceView> {
  const write = async (): Promise<JsonObject> => {
    const live = await readServiceObject({ client }, at, signal);
    if (live === undefined) return await client.create(`${namespacePath(at.namespace)}/services?${dryRun}`, fresh(manifest, at), signal);
    return await client.replace(`${servicePath(at.namespace, at.name)}?${dryRun}`, replaced(live, manifest), signal);
  };
  // A conflict is a change between the two calls: both are made again.
  return projectService(versioned(await retryReads(write, retry, signal)));
}

const fresh = ({ annotations, labels, spec }: Manifest, { namespace, name }: ServiceName): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { namespace, name, annotations, labels },
  spec,
});

/** UID and resourceVersion stay, so that a Service made anew meanwhile is not taken for the one that was read. */
const replaced = (live: JsonObject, { annotations, labels, spec }: Manifest): JsonObject => ({
  ...live,
  metadata: { ...metadataOf(live), annotations, labels },
  spec,
});

/** What was not stored has no version yet. */
const versioned = (object: JsonObject): JsonObject => ({ ...object, metadata: { resourceVersion: '0', ...metadataOf(object) } });
