import type { Cluster } from './cluster.ts';
import { timestamp } from './cluster.ts';
import type { Controller } from './controllers.ts';

/** Serves what a CustomResourceDefinition declares, and says so in its status. */
export function definitionController(cluster: Cluster): Controller {
  return (collection, change) => {
    if (collection !== 'apiextensions.k8s.io/v1/customresourcedefinitions' || change.type === 'DELETED') return;
    cluster.catalogue.define(change.object);
    if (change.object['status'] !== undefined) return;
    const at = { status: 'True', lastTransitionTime: timestamp(cluster.clock) };
    const conditions = [
      { type: 'NamesAccepted', reason: 'NoConflicts', message: 'no conflicts found', ...at },
      { type: 'Established', reason: 'InitialNamesAccepted', message: 'the initial names have been accepted', ...at },
    ];
    cluster.store.put(collection, change.key, { ...change.object, status: { conditions } });
  };
}
