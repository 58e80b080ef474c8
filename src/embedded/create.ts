import { collectionOf, keyOf, kindSubjectOf, objectsOf, subjectOf, timestamp, type Cluster, type Target } from './cluster.ts';
import { edited, type KubeObject, type Metadata } from './kube-object.ts';
import { checkNamespace } from './namespaces.ts';
import { commonMetadataErrors, metadataErrors } from './object-meta.ts';
import type { Reservation } from './reservation.ts';
import { alreadyExists, badRequest, invalid, unexplained } from './status-object.ts';
import type { WriteOptions } from './write-options.ts';

/**
 * Stores a new object.
 * @returns the object as stored, or as it would be stored in a dry run.
 * @throws StatusError
 */
export function create(cluster: Cluster, target: Target, sent: KubeObject, options: WriteOptions): KubeObject {
  const { type } = target;
  const strategy = cluster.strategyOf(type);
  const defaulted = strategy.defaults?.(sent) ?? sent;
  const named = withSystemFields(cluster, target, inNamespace(defaulted, target.namespace));
  checkNamespace(cluster, target, named.metadata.name ?? '');
  const reservation = strategy.reserve?.(named, undefined, options.dryRun) ?? unreserved(named);
  try {
    const object = prepared(cluster, target, reservation.object);
    const name = object.metadata.name ?? '';
    const key = keyOf(target, name);
    const existing = objectsOf(cluster, type).get(key);
    if (existing !== undefined) throw alreadyExists(subjectOf(type), name, existing.metadata.deletionTimestamp !== undefined);
    if (sent.metadata.resourceVersion !== undefined) throw unexplained('resourceVersion should not be set on objects to be created');
    if (options.dryRun) {
      reservation.revert();
      return object;
    }
    const stored = cluster.store.put(collectionOf(type), key, object);
    reservation.commit();
    return stored;
  } catch (error) {
    reservation.revert();
    throw error;
  }
}

/** Whatever needs nothing allocated. */
export const unreserved = (object: KubeObject): Reservation => ({ object, commit() {}, revert() {} });

/** @throws StatusError 400 where the object names another namespace than the URL. */
export function inNamespace(object: KubeObject, namespace: string | undefined): KubeObject {
  const own = object.metadata.namespace;
  if (own !== undefined && namespace !== undefined && own !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  return { ...object, metadata: edited(object.metadata, { namespace: namespace ?? own }) };
}

function withSystemFields(cluster: Cluster, target: Target, object: KubeObject): KubeObject {
  const { metadata } = object;
  const name =
    metadata.name ?? (metadata.generateName === undefined ? undefined : `${metadata.generateName}${freeSuffix(cluster, target, metadata)}`);
  const system: Partial<Metadata> = { uid: cluster.ids.uid(), creationTimestamp: timestamp(cluster.clock) };
  const cleared = { deletionTimestamp: undefined, deletionGracePeriodSeconds: undefined, resourceVersion: undefined };
  const generation = target.type.generation ? 1 : metadata.generation;
  const named = edited<Metadata>(metadata, { ...system, ...cleared, name, generation });
  return { ...object, metadata: named };
}

function freeSuffix(cluster: Cluster, target: Target, metadata: Metadata): string {
  for (;;) {
    const suffix = cluster.ids.suffix();
    if (objectsOf(cluster, target.type).get(keyOf(target, `${metadata.generateName}${suffix}`)) === undefined) return suffix;
  }
}

function prepared(cluster: Cluster, target: Target, object: KubeObject): KubeObject {
  const { type } = target;
  const strategy = cluster.strategyOf(type);
  const ready = strategy.prepareCreate?.(object) ?? object;
  const rules = { namespaced: type.namespaced, nameRule: strategy.nameRule, core: type.group === '' };
  const particular = [...metadataErrors(ready.metadata, rules), ...(strategy.validate?.(ready, undefined) ?? [])];
  const errors = particular.length > 0 ? particular : commonMetadataErrors(ready.metadata, type.namespaced);
  if (errors.length > 0) throw invalid(kindSubjectOf(type), ready.metadata.name ?? '', errors);
  return ready;
}
