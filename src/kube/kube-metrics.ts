import type { MetricTable } from '../metrics.ts';

/** What `src/kube` measures. */
export const kubeMetrics = {
  portolan_reflector_objects: { kind: 'gauge', help: 'Objects in the store of a resource.', labels: ['resource'] },
  portolan_reflector_unreadable_objects: {
    kind: 'gauge',
    help: 'Objects of a resource that exist and could not be read.',
    labels: ['resource'],
  },
  portolan_reflector_lists_total: { kind: 'counter', help: 'Complete lists of a resource.', labels: ['resource'] },
  portolan_reflector_errors_total: {
    kind: 'counter',
    help: 'Lists and watches of a resource that failed, by error code.',
    labels: ['resource', 'code'],
  },
  portolan_events_total: {
    kind: 'counter',
    help: 'Kubernetes events by what became of them: sent, limited, dropped or failed.',
    labels: ['outcome'],
  },
  leader_election_master_status: { kind: 'gauge', help: '1 while this process holds the Lease of that name.', labels: ['name'] },
} as const satisfies MetricTable;
