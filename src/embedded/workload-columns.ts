import type { Json, JsonObject } from '../model/json.ts';
import type { KubeObject } from './kube-object.ts';
import { at, numberAt, partsAt, textAt } from './object-parts.ts';
import type { Column } from './table-columns.ts';

/** Nothing runs here: what controllers and kubelets would have written is shown as it is before they do. */
const count = (object: KubeObject, ...path: readonly string[]): string => String(numberAt(object, ...path) ?? 0);
const wanted = (object: KubeObject): string => String(numberAt(object, 'spec', 'replicas') ?? 1);
const ready = (object: KubeObject): string => `${count(object, 'status', 'readyReplicas')}/${wanted(object)}`;
const replicas = (field: string) => (object: KubeObject) => count(object, 'status', field);

/** Columns between name and age. */
export const workloadColumns: Readonly<Record<string, readonly Column[]>> = {
  Deployment: [
    { name: 'Ready', cell: ready },
    { name: 'Up-to-date', cell: replicas('updatedReplicas') },
    { name: 'Available', cell: replicas('availableReplicas') },
  ],
  StatefulSet: [{ name: 'Ready', cell: ready }],
  ReplicaSet: [
    { name: 'Desired', cell: wanted },
    { name: 'Current', cell: replicas('replicas') },
    { name: 'Ready', cell: replicas('readyReplicas') },
  ],
  DaemonSet: [
    { name: 'Desired', cell: replicas('desiredNumberScheduled') },
    { name: 'Current', cell: replicas('currentNumberScheduled') },
    { name: 'Ready', cell: replicas('numberReady') },
    { name: 'Up-to-date', cell: replicas('updatedNumberScheduled') },
    { name: 'Available', cell: replicas('numberAvailable') },
    { name: 'Node Selector', cell: (set) => pairs(at(set, 'spec', 'template', 'spec', 'nodeSelector')) },
  ],
  Pod: [
    { name: 'Ready', cell: (pod) => `${readyContainers(pod)}/${partsAt(pod, 'spec', 'containers').length}` },
    { name: 'Status', cell: (pod) => textAt(pod, 'status', 'phase') || 'Pending' },
    { name: 'Restarts', cell: (pod) => String(restarts(pod)) },
  ],
};

const containers = (pod: KubeObject): readonly JsonObject[] => partsAt(pod, 'status', 'containerStatuses');
const readyContainers = (pod: KubeObject): number => containers(pod).filter((one) => one['ready'] === true).length;

function restarts(pod: KubeObject): number {
  let sum = 0;
  for (const { restartCount } of containers(pod)) if (typeof restartCount === 'number') sum += restartCount;
  return sum;
}

/** A map as columns show it; `<none>` where it is empty. */
export function pairs(map: Json | undefined): string {
  const entries = Object.entries(map ?? {});
  return entries.length === 0 ? '<none>' : entries.map(([key, value]) => `${key}=${String(value)}`).join(',');
}
