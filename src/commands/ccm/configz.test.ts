import { expect, it } from 'vitest';
import { configzOf } from './configz.ts';
import { flagDefaults } from './flag-rows.ts';

it('is the configuration under the names of upstream', () => {
  expect(configzOf({ ...flagDefaults, 'cloud-provider': 'local' })).toEqual({
    'cloudcontrollermanager.config.k8s.io': {
      kind: 'CloudControllerManagerConfiguration',
      apiVersion: 'cloudcontrollermanager.config.k8s.io/v1alpha1',
      Generic: {
        Address: '0.0.0.0',
        Port: 10258,
        Controllers: ['*'],
        ClientConnection: { kubeconfig: '', acceptContentTypes: '', contentType: 'application/json', qps: 20, burst: 30 },
        LeaderElection: {
          leaderElect: true,
          leaseDuration: '15s',
          renewDeadline: '10s',
          retryPeriod: '2s',
          resourceLock: 'leases',
          resourceName: 'cloud-controller-manager',
          resourceNamespace: 'kube-system',
        },
      },
      KubeCloudShared: { CloudProvider: { Name: 'local', CloudConfigFile: '' } },
      ServiceController: { ConcurrentServiceSyncs: 1 },
    },
  });
});
