import type { SettingsTable } from '../../../src/settings/row.ts';
import { annotation } from './annotation.ts';
import type { HealthSettings } from './settings.ts';

const row = { since: '0.1', edit: 'in-place' } as const;

/** How nodes are asked whether they are well. What is absent follows from the traffic policy: Local asks kube-proxy. */
export const healthRows: SettingsTable<HealthSettings> = {
  healthCheckProtocol: {
    ...row,
    type: 'enum',
    values: ['TCP', 'HTTP', 'HTTPS'],
    anyCase: true,
    text: 'How a node is asked. Without it: TCP; under `externalTrafficPolicy: Local` HTTP, unless a PROXY protocol header is sent.',
    annotations: annotation('healthcheck-protocol'),
  },
  healthCheckPort: {
    ...row,
    type: 'string',
    text: "`traffic-port`, a number, or a port's name, which is its node port. Without it: the node port; under Local the health check node port.",
    annotations: annotation('healthcheck-port'),
  },
  healthCheckPath: {
    ...row,
    type: 'string',
    text: 'The path of HTTP and HTTPS. Without it: `/`, under Local `/healthz`.',
    annotations: annotation('healthcheck-path'),
  },
  healthCheckInterval: {
    ...row,
    type: 'integer',
    minimum: 5,
    maximum: 300,
    text: 'Seconds between two checks. Without it: 10.',
    annotations: annotation('healthcheck-interval'),
  },
  healthCheckTimeout: {
    ...row,
    type: 'integer',
    minimum: 2,
    maximum: 120,
    text: 'Seconds until a check has failed. Without it: 10, for HTTP 6.',
    annotations: annotation('healthcheck-timeout'),
  },
  healthCheckHealthyThreshold: {
    ...row,
    type: 'integer',
    minimum: 2,
    maximum: 10,
    text: 'After how many good checks a node is healthy. Without it: 3, under Local 2.',
    annotations: annotation('healthcheck-healthy-threshold'),
  },
  healthCheckUnhealthyThreshold: {
    ...row,
    type: 'integer',
    minimum: 2,
    maximum: 10,
    text: 'After how many failed checks it is not. Without it: 3, under Local 2.',
    annotations: annotation('healthcheck-unhealthy-threshold'),
  },
  healthCheckSuccessCodes: {
    ...row,
    type: 'string',
    text: 'Which answers of HTTP and HTTPS are good. Without it: 200-399.',
    annotations: annotation('healthcheck-success-codes'),
  },
  healthCheckOfKubeProxy: {
    ...row,
    type: 'boolean',
    default: false,
    text: 'Under `externalTrafficPolicy: Cluster`: ask kube-proxy (HTTP `:10256/healthz`) in place of the node port, so that a node that is about to go gets nothing new.',
  },
};
