import type { Clock } from '../clock.ts';
import { LbError } from '../errors.ts';
import { metadataOf, type KubeClient } from '../kube/client.ts';
import { serviceStatusPatch } from '../kube/patch.ts';
import { servicePath, serviceStatusPath } from '../kube/paths.ts';
import { projectService } from '../kube/projection.ts';
import type { ServiceView } from '../model/service-view.ts';
import { mutationDeadlineMs } from './fence.ts';
import type { ServiceStatusApi } from './status-writer.ts';

/** Status patches through the API server: strategic merge on `/status`, without a resourceVersion (contract E2, E4). */
export function kubeStatusApi(client: KubeClient, clock: Clock, signal: AbortSignal): ServiceStatusApi {
  return {
    async patchStatus(service, wish, fence) {
      const finalizers = {
        ...(wish.addFinalizer === undefined ? {} : { add: wish.addFinalizer }),
        ...(wish.removeFinalizer === undefined ? {} : { remove: wish.removeFinalizer }),
      };
      const body = serviceStatusPatch(
        service,
        {
          finalizers,
          ...(wish.ingress === undefined ? {} : { ingress: wish.ingress }),
          ...(wish.conditions === undefined ? {} : { conditions: wish.conditions }),
          ...(wish.removeConditions === undefined ? {} : { removeConditions: wish.removeConditions }),
        },
        clock.now(),
      );
      if (body === undefined) return service;
      // The UID makes the API server refuse what is meant for a Service of the same name that was there before (contract B9).
      const bound = { ...body, metadata: { ...metadataOf(body), uid: service.uid } };
      const path = serviceStatusPath(service.namespace, service.name);
      const options = { timeoutMs: mutationDeadlineMs, lastCheck: fence };
      try {
        return projectService(await client.patch(path, 'strategic', bound, signal, options));
      } catch (error) {
        const refused = error instanceof LbError && (error.code === 'ApiRejected' || error.code === 'ApiConflict');
        if (isNotFound(error) || (refused && !(await isThere(service)))) return undefined;
        throw error;
      }
    },
  };

  async function isThere({ namespace, name, uid }: ServiceView): Promise<boolean> {
    try {
      return metadataOf(await client.get(servicePath(namespace, name), signal))['uid'] === uid;
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  }
}

const isNotFound = (error: unknown): boolean => error instanceof LbError && error.code === 'ApiNotFound';
