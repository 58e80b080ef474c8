import { collectionOf, objectsOf, type Cluster } from './cluster.ts';
import type { Controller } from './controllers.ts';
import type { KubeObject } from './kube-object.ts';
import { phaseOf } from './namespaces.ts';
import { remove } from './remove.ts';
import type { ResourceType } from './resource-type.ts';
import { storeKey, type Change } from './store.ts';

const namespaces = 'v1/namespaces';

/** Empties a namespace that is being deleted, and ends it when the last object with a finalizer is gone. */
export function namespaceController(cluster: Cluster): Controller {
  return (collection, change) => {
    const name = namespaceOf(collection, change);
    const namespace = name === undefined ? undefined : cluster.store.collection(namespaces).get(name);
    if (name === undefined || namespace === undefined || phaseOf(namespace) !== 'Terminating') return;
    cluster.later(() => {
      emptyNamespace(cluster, name);
      if (contentsOf(cluster, name).length === 0) cluster.store.remove(namespaces, name);
    });
  };
}

function namespaceOf(collection: string, change: Change): string | undefined {
  if (collection === namespaces) return change.type === 'MODIFIED' ? change.object.metadata.name : undefined;
  return change.type === 'DELETED' ? change.object.metadata.namespace : undefined;
}

function emptyNamespace(cluster: Cluster, namespace: string): void {
  for (const { type, object } of contentsOf(cluster, namespace)) {
    remove(cluster, { type, namespace, name: object.metadata.name ?? '' }, { dryRun: false });
  }
}

/** Each object once: what a second group shows in its own form is stored, and deleted, as the first one's. */
function contentsOf(cluster: Cluster, namespace: string): { type: ResourceType; object: KubeObject }[] {
  const prefix = storeKey(namespace, '');
  return cluster.catalogue
    .all()
    .filter((type) => type.namespaced && type.storedForm === undefined && cluster.store.collections.has(collectionOf(type)))
    .flatMap((type) => {
      const objects = objectsOf(cluster, type);
      return objects.keys(prefix, prefix).flatMap((key) => {
        const object = objects.get(key);
        return object === undefined ? [] : [{ type, object }];
      });
    });
}
