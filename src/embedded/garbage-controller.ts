import { collectionOf, type Cluster } from './cluster.ts';
import type { Controller } from './controllers.ts';
import { withMetadata } from './kube-object.ts';
import { update } from './update.ts';

const collected = new Set(['foregroundDeletion', 'orphan']);

/** Takes away the finalizers a DELETE left for the garbage collector. Dependents are left alone. */
export function garbageController(cluster: Cluster): Controller {
  return (collection, { type: change, object, key }) => {
    const { deletionTimestamp, finalizers = [] } = object.metadata;
    if (change !== 'MODIFIED' || deletionTimestamp === undefined || !finalizers.some((name) => collected.has(name))) return;
    const type = cluster.catalogue.all().find((candidate) => collectionOf(candidate) === collection && candidate.storedForm === undefined);
    if (type === undefined) return;
    cluster.later(() => {
      const now = cluster.store.collection(collection).get(key);
      if (now === undefined) return;
      const { name = '', namespace } = now.metadata;
      const kept = (now.metadata.finalizers ?? []).filter((finalizer) => !collected.has(finalizer));
      const target = { type, name, ...(namespace === undefined ? {} : { namespace }) };
      update(cluster, target, withMetadata(now, { finalizers: kept }), now, { dryRun: false, strict: false });
    });
  };
}
