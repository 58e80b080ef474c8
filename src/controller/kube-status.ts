import type { Clock } from '../clock.ts';
import { LbError } from '../errors.ts';
import type { KubeClient } from '../kube/client.ts';
import { serviceStatusPatch } from '../kube/patch.ts';
import { serviceStatusPath } from '../kube/paths.ts';
import { projectService } from '../kube/projection.ts';
import { mutationDeadlineMs } from './fence.ts';
import type { ServiceStatusApi } from './status-writer.ts';

/** Status patches through the API server: strategic merge on `/status`, without a resourceVersion (contract E2, E4). */
export function kubeStatusApi(client: KubeClient, clock: Clock, signal: AbortSignal): ServiceStatusApi {
  return {
    async patchStatus(service, wish) {
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
      try {
        const path = serviceStatusPath(service.namespace, service.name);
        const after = projectService(await client.patch(path, 'strategic', body, signal, { timeoutMs: mutationDeadlineMs }));
        // Deleted and made anew under the same name meanwhile: what answered is a stranger (contract B9).
        return after.uid === service.uid ? after : undefined;
      } catch (error) {
        if (error instanceof LbError && error.code === 'ApiNotFound') return undefined;
        throw error;
      }
    },
  };
}
