import type { JsonObject } from '../../model/json.ts';
import { formatDuration } from '../../settings/duration.ts';
import type { CcmFlags } from './flag-rows.ts';

/** What `/configz` answers: the configuration under upstream's group and with its names, as far as there is one for it. */
export function configzOf(flags: CcmFlags): JsonObject {
  return {
    'cloudcontrollermanager.config.k8s.io': {
      Generic: {
        Address: flags['bind-address'],
        Port: flags['secure-port'],
        Controllers: flags.controllers,
        ClientConnection: { Kubeconfig: flags.kubeconfig, QPS: flags['kube-api-qps'], Burst: flags['kube-api-burst'] },
        LeaderElection: {
          LeaderElect: flags['leader-elect'],
          LeaseDuration: formatDuration(flags['leader-elect-lease-duration']),
          RenewDeadline: formatDuration(flags['leader-elect-renew-deadline']),
          RetryPeriod: formatDuration(flags['leader-elect-retry-period']),
          ResourceLock: flags['leader-elect-resource-lock'],
          ResourceName: flags['leader-elect-resource-name'],
          ResourceNamespace: flags['leader-elect-resource-namespace'],
        },
      },
      KubeCloudShared: { CloudProvider: { Name: flags['cloud-provider'], CloudConfigFile: flags['cloud-config'] } },
      ServiceController: { ConcurrentServiceSyncs: flags['concurrent-service-syncs'] },
    },
  };
}
