import { forbiddenField, invalidField, required, tooLong, type FieldError } from './field-error.ts';
import type { Metadata } from './kube-object.ts';
import { sameJson } from './kube-object.ts';
import { dnsLabel, labelValue, pathSegment, qualifiedName, type NameRule } from './name-rules.ts';

const largestAnnotations = 256 * 1024;
const standardFinalizers = new Set(['kubernetes', 'orphan', 'foregroundDeletion']);

interface MetaRules {
  readonly namespaced: boolean;
  readonly nameRule: NameRule;
  /** Kinds of the core group know their finalizers. */
  readonly core: boolean;
}

/** What is wrong with the metadata of an object as it is. */
export function metadataErrors(metadata: Metadata, rules: MetaRules): readonly FieldError[] {
  const { name, generateName } = metadata;
  return [
    ...(generateName === undefined
      ? []
      : rules.nameRule(generateName.replace(/-$/, 'a'), true).map((text) => invalidField('metadata.generateName', generateName, text))),
    ...(name === undefined
      ? [required('metadata.name', 'name or generateName is required')]
      : rules.nameRule(name, false).map((text) => invalidField('metadata.name', name, text))),
    ...namespaceErrors(metadata.namespace, rules.namespaced),
    ...contentErrors(metadata),
    ...finalizerNameErrors(metadata.finalizers ?? []),
    ...(rules.core ? coreFinalizerErrors(metadata.finalizers ?? []) : []),
  ];
}

/** The same with any name that fits into an URL: what is checked of every object again. */
export const commonMetadataErrors = (metadata: Metadata, namespaced: boolean): readonly FieldError[] =>
  metadataErrors(metadata, { namespaced, nameRule: pathSegment, core: false });

/** What is wrong with the step from `old` to `metadata`. */
export function changedMetadataErrors(metadata: Metadata, old: Metadata, core: boolean): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (old.deletionTimestamp !== undefined) {
    const extra = (metadata.finalizers ?? []).filter((name) => !(old.finalizers ?? []).includes(name)).sort();
    const list = `[]string{${extra.map((name) => JSON.stringify(name)).join(', ')}}`;
    const detail = `no new finalizers can be added if the object is being deleted, found new finalizers ${list}`;
    if (extra.length > 0) errors.push(forbiddenField('metadata.finalizers', detail));
  }
  for (const field of ['name', 'namespace', 'uid', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds'] as const) {
    if (!sameJson(metadata[field], old[field])) errors.push(invalidField(`metadata.${field}`, metadata[field], 'field is immutable'));
  }
  return [...errors, ...contentErrors(metadata), ...(core ? coreFinalizerErrors(metadata.finalizers ?? []) : [])];
}

/** Keys and values of a set of labels, in the order of keys. */
export function labelErrors(labels: Readonly<Record<string, string>>, field: string): readonly FieldError[] {
  return Object.entries(labels).flatMap(([key, value]) => [
    ...qualifiedName(key).map((text) => invalidField(field, key, text)),
    ...labelValue(value).map((text) => invalidField(field, value, text)),
  ]);
}

function namespaceErrors(namespace: string | undefined, namespaced: boolean): readonly FieldError[] {
  const field = 'metadata.namespace';
  if (!namespaced) return namespace === undefined ? [] : [forbiddenField(field, 'not allowed on this type')];
  if (namespace === undefined) return [required(field)];
  return dnsLabel(namespace).map((text) => invalidField(field, namespace, text));
}

function contentErrors(metadata: Metadata): readonly FieldError[] {
  const annotations = Object.entries(metadata.annotations ?? {});
  const size = annotations.reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0);
  return [
    ...labelErrors(metadata.labels ?? {}, 'metadata.labels'),
    ...annotations.flatMap(([key]) => qualifiedName(key.toLowerCase()).map((text) => invalidField('metadata.annotations', key, text))),
    ...(size > largestAnnotations ? [tooLong('metadata.annotations', largestAnnotations)] : []),
    ...ownerErrors(metadata),
  ];
}

function ownerErrors(metadata: Metadata): readonly FieldError[] {
  const field = 'metadata.ownerReferences';
  return (metadata.ownerReferences ?? []).flatMap((owner) => [
    ...(owner.apiVersion === '' ? [invalidField(`${field}.apiVersion`, '', 'version must not be empty')] : []),
    ...(['kind', 'name', 'uid'] as const).flatMap((part) =>
      owner[part] === '' ? [invalidField(`${field}.${part}`, '', 'must not be empty')] : [],
    ),
  ]);
}

function finalizerNameErrors(finalizers: readonly string[]): readonly FieldError[] {
  return finalizers.flatMap((name) => qualifiedName(name).map((text) => invalidField('metadata.finalizers', name, text)));
}

function coreFinalizerErrors(finalizers: readonly string[]): readonly FieldError[] {
  const detail = 'name is neither a standard finalizer name nor is it fully qualified';
  return finalizers.flatMap((name, index) =>
    name.includes('/') || standardFinalizers.has(name) ? [] : [invalidField(`metadata.finalizers[${index}]`, name, detail)],
  );
}
