import { asLbError, LbError } from '../../errors.ts';
import { metadataOf } from '../../kube/client.ts';
import { allNodes, allServices, servicePath } from '../../kube/paths.ts';
import { projectNode, projectService } from '../../kube/projection.ts';
import type { JsonObject } from '../../model/json.ts';
import type { NodeView, ServiceView } from '../../model/service-view.ts';
import { retryReads } from './retry-reads.ts';
import { keyOfName, type ServiceName } from './service-name.ts';
import type { Surroundings } from './surroundings.ts';

type Reads = Pick<Surroundings, 'client' | 'retry' | 'log'>;

/** A Service as the API server has it; undefined where it is not there. @throws LbError */
export async function readServiceObject(
  { client }: Pick<Reads, 'client'>,
  at: ServiceName,
  signal: AbortSignal,
): Promise<JsonObject | undefined> {
  try {
    return await client.get(servicePath(at.namespace, at.name), signal);
  } catch (thrown) {
    if (thrown instanceof LbError && thrown.code === 'ApiNotFound') return undefined;
    throw thrown;
  }
}

/** A Service somebody named. @throws LbError `InvalidFlag` where there is none of that name */
export async function readNamedService(reads: Reads, at: ServiceName, signal: AbortSignal): Promise<ServiceView> {
  const found = await retryReads(() => readServiceObject(reads, at, signal), reads.retry, signal);
  if (found === undefined) {
    throw new LbError('InvalidFlag', `there is no Service ${keyOfName(at)}`, { remedy: 'See kubectl get services --all-namespaces.' });
  }
  return projectService(found);
}

/** Every Service that can be read; one that cannot hides no other. @throws LbError */
export const readServices = async (reads: Reads, signal: AbortSignal): Promise<readonly ServiceView[]> =>
  (await readServicesAndGaps(reads, signal)).services;

/** The same, with the UIDs of those that cannot; undefined for one of which not even that is known. @throws LbError */
export async function readServicesAndGaps(
  reads: Reads,
  signal: AbortSignal,
): Promise<{ readonly services: readonly ServiceView[]; readonly unreadable: ReadonlySet<string | undefined> }> {
  const { views, unreadable } = await readAll(reads, allServices, projectService, signal);
  return { services: views, unreadable };
}

/** Every Node, as above. @throws LbError */
export const readNodes = async (reads: Reads, signal: AbortSignal): Promise<readonly NodeView[]> =>
  (await readAll(reads, allNodes, projectNode, signal)).views;

async function readAll<T>(
  { client, retry, log }: Reads,
  path: string,
  project: (json: unknown) => T,
  signal: AbortSignal,
): Promise<{ readonly views: readonly T[]; readonly unreadable: ReadonlySet<string | undefined> }> {
  const read = () =>
    client.list(path, signal, (object): { view: T } | { gap: string | undefined } => {
      const { uid } = metadataOf(object);
      try {
        return { view: project(object) };
      } catch (thrown) {
        log.warn({ error: asLbError(thrown) }, 'object cannot be read and is passed over');
        return { gap: typeof uid === 'string' ? uid : undefined };
      }
    });
  const { items } = await retryReads(read, retry, signal);
  const views: T[] = [];
  const unreadable = new Set<string | undefined>();
  for (const item of items) {
    if ('view' in item) views.push(item.view);
    else unreadable.add(item.gap);
  }
  return { views, unreadable };
}
