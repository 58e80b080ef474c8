import type { Json, JsonObject } from '../model/json.ts';

/** `metadata` of a stored or decoded object: only fields that are there, of the right types. */
export type Metadata = {
  readonly name?: string;
  readonly generateName?: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly deletionGracePeriodSeconds?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly OwnerReference[];
  readonly finalizers?: readonly string[];
};

export type OwnerReference = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
};

/** A decoded object: kind, apiVersion and metadata are there, the rest has the shape of its kind. */
export type KubeObject = {
  readonly kind: string;
  readonly apiVersion: string;
  readonly metadata: Metadata;
  readonly [field: string]: Json | undefined;
};

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value with some fields set; a field set to undefined is taken away. */
export function edited<T extends JsonObject>(value: T, fields: { readonly [K in keyof T]?: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries({ ...value, ...fields }).filter(([, field]) => field !== undefined)) as T; // a T by its parts
}

/** The object with some metadata set; a field set to undefined is taken away. */
export function withMetadata<T extends KubeObject>(object: T, fields: { readonly [K in keyof Metadata]?: Metadata[K] | undefined }): T {
  return { ...object, metadata: edited(object.metadata, fields) };
}

/** Freezes everything below and including `value`. What is frozen already is left alone, so shared parts cost nothing. */
export function frozen<T extends Json>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const part of Object.values(value)) if (typeof part === 'object') frozen(part);
  return Object.freeze(value);
}

/** Deep equality of JSON; a field that is undefined equals one that is not there. */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, index) => sameJson(item, b[index]));
  }
  const [left, right] = [a as JsonObject, b as JsonObject]; // not null, not lists
  const names = new Set([...Object.keys(left), ...Object.keys(right)]);
  for (const name of names) if (!sameJson(left[name], right[name])) return false;
  return true;
}
