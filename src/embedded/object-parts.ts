import type { Json, JsonObject } from '../model/json.ts';
import { isList } from './go-text.ts';
import { isObject } from './kube-object.ts';

/** What stands in an object at a path of field names; undefined where the path leads nowhere. */
export function at(object: JsonObject, ...path: readonly string[]): Json | undefined {
  let value: Json | undefined = object;
  for (const name of path) value = isObject(value) ? value[name] : undefined;
  return value;
}

/** The objects of a list; none where there is no list. */
export function partsAt(object: JsonObject, ...path: readonly string[]): readonly JsonObject[] {
  const value = at(object, ...path);
  return isList(value) ? value.filter(isObject) : [];
}

/** A text or a number as text; empty where there is neither. */
export function textAt(object: JsonObject, ...path: readonly string[]): string {
  const value = at(object, ...path);
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

export function numberAt(object: JsonObject, ...path: readonly string[]): number | undefined {
  const value = at(object, ...path);
  return typeof value === 'number' ? value : undefined;
}
