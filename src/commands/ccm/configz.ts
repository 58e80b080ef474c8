import type { JsonObject } from '../../model/json.ts';
import { formatDuration } from '../../settings/duration.ts';
import type { CcmFlags } from './flag-rows.ts';

/** What `/configz` answers: the configuration under upstream's group and with its names, as far as there is one for it. */
export function configzOf(flags: CcmFlags): JsonObject {
  return {
    'cloudcontrollermanager.config.k8s.io': {
      kind: 'CloudControllerManagerConfiguration',
      apiVersion: 'cloudcontrollermanager.config.k8s.io/v1alpha1',
      Generic: {
        Address: flags['bind-address'],
        Port: flags['secure-port'],
        Controllers: flags.controllers,
        ClientConnection: {
          kubeconfig: flags.kubeconfig,
          acceptContentTypes: '',
          contentType: 'application/json',
          qps: flags['kube-api-qps'],
          burst: flags['kube-api-burst'],
        },
        LeaderElection: {
          leaderElect: flags['leader-elect'],
          leaseDuration: formatDuration(flags['leader-elect-lease-duration']),
          renewDeadline: formatDuration(flags['leader-elect-renew-deadline']),
          retryPeriod: formatDuration(flags['leader-elect-retry-period']),
          resourceLock: flags['leader-elect-resource-lock'],
          resourceName: flags['leader-elect-resource-name'],
          resourceNamespace: flags['leader-elect-resource-namespace'],
        },
      },
      KubeCloudShared: { CloudProvider: { Name: flags['cloud-provider'], CloudConfigFile: flags['cloud-config'] } },
      ServiceController: { ConcurrentServiceSyncs: flags['concurrent-service-syncs'] },
    },
  };
}
