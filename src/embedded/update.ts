import type { JsonObject } from '../model/json.ts';
import { collectionOf, keyOf, kindSubjectOf, objectsOf, subjectOf, type Cluster, type Target } from './cluster.ts';
import { create, inNamespace, unreserved } from './create.ts';
import { invalidField, type FieldError } from './field-error.ts';
import { edited, sameJson, type KubeObject, type Metadata } from './kube-object.ts';
import { forget } from './remove.ts';
import { changedMetadataErrors, commonMetadataErrors } from './object-meta.ts';
import type { ResourceType } from './resource-type.ts';
import { badRequest, conflict, invalid, notFound, unexplained } from './status-object.ts';
import type { Strategy } from './strategy.ts';
import type { WriteOptions } from './write-options.ts';

const modified = 'the object has been modified; please apply your changes to the latest version and try again';

export interface Updated {
  readonly object: KubeObject;
  readonly created: boolean;
}

/** PUT: the object becomes what was sent, apart from what only the server or the other of spec and status may set. */
export function replace(cluster: Cluster, target: Target & { name: string }, sent: KubeObject, options: WriteOptions): Updated {
  const strategy = cluster.strategyOf(target.type);
  checkName(sent, target.name);
  const object = inNamespace(sent, target.namespace);
  const old = objectsOf(cluster, target.type).get(keyOf(target, target.name));
  if (old === undefined) {
    if (strategy.createOnUpdate !== true) throw notFound(subjectOf(target.type), target.name);
    return { object: create(cluster, target, object, options), created: true };
  }
  if (object.metadata.uid !== undefined && object.metadata.uid !== old.metadata.uid) throw otherUid(target, object, old);
  if (object.metadata.resourceVersion === undefined && strategy.needsVersion === true) throw versionNeeded(target);
  return { object: update(cluster, target, object, old, options), created: false };
}

/**
 * Puts `sent` in the place of `old`. An object that is being deleted and loses its last finalizer goes.
 * @returns the object as stored; nothing is stored where nothing changes.
 * @throws StatusError
 */
export function update(
  cluster: Cluster,
  target: Target & { name: string },
  sent: KubeObject,
  old: KubeObject,
  options: WriteOptions,
): KubeObject {
  checkName(sent, target.name);
  const { type } = target;
  const strategy = cluster.strategyOf(type);
  const toStatus = target.subresource === 'status';
  const defaulted = strategy.defaults?.(inNamespace(sent, target.namespace)) ?? inNamespace(sent, target.namespace);
  checkVersion(target, defaulted, old);
  const reservation = (toStatus ? undefined : strategy.reserve?.(defaulted, old, options.dryRun)) ?? unreserved(defaulted);
  try {
    const reserved = reservation.object;
    const shaped = prepared(strategy, target, reserved, old);
    const object = withKeptFields(shaped, old, type, toStatus);
    const errors = [
      ...commonMetadataErrors(object.metadata, type.namespaced),
      ...changedMetadataErrors(object.metadata, old.metadata, false),
      ...changedMetadataErrors(object.metadata, old.metadata, type.group === ''),
      ...particularErrors(cluster, target, object, old),
    ];
    if (errors.length > 0) throw invalid(kindSubjectOf(type), object.metadata.name ?? '', errors);
    if (options.dryRun) {
      reservation.revert();
      return object;
    }
    const stored = commit(cluster, target, object, old);
    reservation.commit();
    return stored;
  } catch (error) {
    reservation.revert();
    throw error;
  }
}

function prepared(strategy: Strategy, target: Target, object: KubeObject, old: KubeObject): KubeObject {
  if (target.subresource === 'status') return strategy.prepareStatus?.(object, old) ?? object;
  if (target.subresource === 'finalize') return strategy.prepareFinalize?.(object, old) ?? object;
  return strategy.prepareUpdate?.(object, old) ?? object;
}

function particularErrors(cluster: Cluster, target: Target, object: KubeObject, old: KubeObject): readonly FieldError[] {
  const strategy = cluster.strategyOf(target.type);
  return (target.subresource === 'status' ? strategy.validateStatus?.(object, old) : strategy.validate?.(object, old)) ?? [];
}

function commit(cluster: Cluster, target: Target & { name: string }, object: KubeObject, old: KubeObject): KubeObject {
  const released = old.metadata.deletionTimestamp !== undefined && (object.metadata.finalizers ?? []).length === 0;
  if (released && cluster.strategyOf(target.type).mayGo?.(object) !== false) {
    forget(cluster, target, object);
    return object;
  }
  if (sameJson(object, old)) return old;
  return cluster.store.put(collectionOf(target.type), keyOf(target, target.name), object);
}

/** Metadata no update changes: the server's own, and times. */
function withKeptFields(object: KubeObject, old: KubeObject, type: ResourceType, toStatus: boolean): KubeObject {
  const kept: { [K in keyof Metadata]?: Metadata[K] | undefined } = {
    uid: object.metadata.uid ?? old.metadata.uid,
    creationTimestamp: old.metadata.creationTimestamp,
    resourceVersion: old.metadata.resourceVersion,
    generation: old.metadata.generation,
    deletionTimestamp: old.metadata.deletionTimestamp ?? object.metadata.deletionTimestamp,
    deletionGracePeriodSeconds: object.metadata.deletionGracePeriodSeconds ?? old.metadata.deletionGracePeriodSeconds,
  };
  const changed = { ...object, metadata: edited(object.metadata, kept) };
  if (!type.generation || toStatus || sameJson(withoutHead(changed), withoutHead(old))) return changed;
  return { ...changed, metadata: edited(changed.metadata, { generation: (old.metadata.generation ?? 0) + 1 }) };
}

const withoutHead = (object: KubeObject): JsonObject => ({ ...object, metadata: undefined, status: undefined });

function checkName(object: KubeObject, name: string): void {
  const own = object.metadata.name;
  if (own === undefined) throw badRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`);
  if (own !== name) throw badRequest(`the name of the object (${own}) does not match the name on the URL (${name})`);
}

function checkVersion(target: Target & { name: string }, object: KubeObject, old: KubeObject): void {
  const version = object.metadata.resourceVersion ?? '';
  if (version === '' || version === '0') return;
  if (!/^\d+$/.test(version)) throw unexplained(`strconv.ParseUint: parsing ${JSON.stringify(version)}: invalid syntax`);
  if (version !== old.metadata.resourceVersion) throw conflict(subjectOf(target.type), target.name, modified);
}

function versionNeeded(target: Target & { name: string }): Error {
  const error = invalidField('metadata.resourceVersion', 0, 'must be specified for an update');
  return invalid(subjectOf(target.type), target.name, [error]);
}

function otherUid(target: Target & { name: string }, sent: KubeObject, old: KubeObject): Error {
  const why = `Precondition failed: UID in precondition: ${sent.metadata.uid ?? ''}, UID in object meta: ${old.metadata.uid ?? ''}`;
  const invalidObject = `StorageError: invalid object, Code: 4, Key: ${registryKey(target)}, ResourceVersion: 0, AdditionalErrorMsg: ${why}`;
  return conflict(subjectOf(target.type), target.name, invalidObject);
}

/** The key in a real server's storage, which shows through in one message. */
function registryKey(target: Target & { name: string }): string {
  const { type } = target;
  const special: Readonly<Record<string, string>> = { services: 'services/specs', nodes: 'minions' };
  const folder = type.builtIn ? (special[type.plural] ?? type.plural) : `${type.group}/${type.plural}`;
  return `/registry/${folder}/${keyOf(target, target.name)}`;
}
