import type { JsonObject } from '../model/json.ts';
import { collectionOf, keyOf, kindSubjectOf, objectsOf, subjectOf, timestamp, type Cluster, type Target } from './cluster.ts';
import { edited, type KubeObject } from './kube-object.ts';
import { terminating } from './namespaces.ts';
import { conflict, notFound } from './status-object.ts';
import type { DeleteOptions } from './write-options.ts';

/**
 * DELETE: an object with finalizers is marked and stays, any other goes.
 * @returns what the client is answered: the object, or a Status that says it is gone.
 */
export function remove(cluster: Cluster, target: Target & { name: string }, options: DeleteOptions): JsonObject {
  const { type, name } = target;
  const key = keyOf(target, name);
  const object = objectsOf(cluster, type).get(key);
  if (object === undefined) throw notFound(subjectOf(type), name);
  checkPreconditions(target, object, options);
  const finalizers = finalizersOf(object, options);
  if (isNamespace(target) || finalizers.length > 0) {
    const marked = isNamespace(target) ? terminating(cluster, object) : markDeleted(cluster, object, finalizers);
    return options.dryRun || marked === object ? marked : cluster.store.put(collectionOf(type), key, marked);
  }
  const gone = options.dryRun ? object : (forget(cluster, target, object) ?? object);
  return cluster.strategyOf(type).returnsDeleted === true ? gone : deletedStatus(target, object);
}

/** Takes an object away for good, with what was allocated for it. */
export function forget(cluster: Cluster, target: Target & { name: string }, object: KubeObject): KubeObject | undefined {
  const gone = cluster.store.remove(collectionOf(target.type), keyOf(target, target.name));
  cluster.strategyOf(target.type).release?.(object);
  return gone;
}

const isNamespace = (target: Target): boolean => target.type.group === '' && target.type.plural === 'namespaces';

function finalizersOf(object: KubeObject, options: DeleteOptions): readonly string[] {
  const { finalizers = [] } = object.metadata;
  return options.finalizer === undefined || finalizers.includes(options.finalizer) ? finalizers : [...finalizers, options.finalizer];
}

function markDeleted(cluster: Cluster, object: KubeObject, finalizers: readonly string[]): KubeObject {
  const { deletionTimestamp, generation, finalizers: before } = object.metadata;
  if (deletionTimestamp !== undefined) {
    return finalizers === before ? object : { ...object, metadata: edited(object.metadata, { finalizers }) };
  }
  const metadata = edited(object.metadata, {
    finalizers,
    deletionTimestamp: timestamp(cluster.clock),
    deletionGracePeriodSeconds: 0,
    generation: generation === undefined ? undefined : generation + 1,
  });
  return { ...object, metadata };
}

function checkPreconditions(target: Target & { name: string }, object: KubeObject, options: DeleteOptions): void {
  const { uid = '', resourceVersion = '' } = object.metadata;
  if (options.uid !== undefined && options.uid !== uid) {
    const why = `the UID in the precondition (${options.uid}) does not match the UID in record (${uid}). The object might have been deleted and then recreated`;
    throw conflict(kindSubjectOf(target.type), target.name, why);
  }
  if (options.resourceVersion !== undefined && options.resourceVersion !== resourceVersion) {
    const why = `the ResourceVersion in the precondition (${options.resourceVersion}) does not match the ResourceVersion in record (${resourceVersion}). The object might have been modified`;
    throw conflict(kindSubjectOf(target.type), target.name, why);
  }
}

function deletedStatus(target: Target & { name: string }, object: KubeObject): JsonObject {
  const { group, plural } = target.type;
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: {
      name: target.name,
      ...(group === '' ? {} : { group }),
      kind: plural,
      ...(object.metadata.uid === undefined ? {} : { uid: object.metadata.uid }),
    },
  };
}
