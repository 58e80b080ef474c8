import type { MetricTable } from '../metrics.ts';

const seconds = [0.001, 0.01, 0.05, 0.1, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600];
/** Upstream's buckets: 1 s to 16,384 s, doubling. */
const hostSeconds = Array.from({ length: 15 }, (_, power) => 2 ** power);

/** Every series of the controller: upstream's names first, ours under `portolan_`. Reference: `docs/reference/metrics.md`. */
export const metricTable: MetricTable = {
  service_controller_loadbalancer_sync_total: { kind: 'counter', help: 'Passes that carried out at least one step.', labels: [] },
  service_controller_nodesync_error_total: { kind: 'counter', help: 'Passes of a node epoch that failed.', labels: [] },
  service_controller_nodesync_latency_seconds: {
    kind: 'histogram',
    help: 'Time from the begin of a node epoch to its last load balancer.',
    labels: [],
    buckets: hostSeconds,
  },
  service_controller_update_loadbalancer_host_latency_seconds: {
    kind: 'histogram',
    help: 'Time in which one load balancer got the members of a node epoch, where any were changed.',
    labels: [],
    buckets: hostSeconds,
  },
  workqueue_depth: { kind: 'gauge', help: 'Keys waiting for a worker.', labels: ['name'] },
  workqueue_adds_total: { kind: 'counter', help: 'Keys asked for.', labels: ['name'] },
  workqueue_retries_total: { kind: 'counter', help: 'Keys asked for again after a failure.', labels: ['name'] },
  workqueue_queue_duration_seconds: { kind: 'histogram', help: 'Time a key waited for a worker.', labels: ['name'], buckets: seconds },
  workqueue_work_duration_seconds: { kind: 'histogram', help: 'Time of one pass.', labels: ['name'], buckets: seconds },
  portolan_steps_total: { kind: 'counter', help: 'Steps carried out, by disruption and result.', labels: ['disruption', 'result'] },
  portolan_cloud_calls_total: {
    kind: 'counter',
    help: 'Calls to clouds, by provider, operation and result.',
    labels: ['provider', 'operation', 'result'],
  },
  portolan_time_to_address_seconds: {
    kind: 'histogram',
    help: 'Time from the creation of a Service to its first published address.',
    labels: ['provider'],
    buckets: seconds,
  },
  portolan_services_blocked: { kind: 'gauge', help: 'Services that are not programmed, by reason.', labels: ['reason'] },
  portolan_services_served: { kind: 'gauge', help: 'Services of the classes this process runs.', labels: [] },
  portolan_node_epochs_pending: { kind: 'gauge', help: 'Load balancers that do not have the present node set yet.', labels: [] },
  portolan_provider_up: { kind: 'gauge', help: '1 where the provider has started.', labels: ['provider'] },
  portolan_things: {
    kind: 'gauge',
    help: 'Things in the cloud as the last audit saw them, by state: owned, stray (our mark and no Service), doubt, foreign (under our names, not ours).',
    labels: ['provider', 'state'],
  },
  portolan_audit_failed: {
    kind: 'gauge',
    help: '1 where the last audit could not read what there is; portolan_things is then of an earlier one.',
    labels: ['provider'],
  },
  portolan_strays_deleted_total: { kind: 'counter', help: 'Load balancers nobody owned that the audit took away.', labels: ['provider'] },
  portolan_config_reload_failed: {
    kind: 'gauge',
    help: '1 where the configuration file on disk is invalid and the last good one is used.',
    labels: [],
  },
  portolan_leader: { kind: 'gauge', help: '1 where this process leads.', labels: [] },
};
