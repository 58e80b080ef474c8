import type { JsonObject } from '../../../src/model/json.ts';

/** A value inside of an object of the API; undefined where the path leads nowhere. */
export function valueAt(object: JsonObject, ...path: readonly (string | number)[]): unknown {
  let value: unknown = object;
  for (const step of path) value = value !== null && typeof value === 'object' ? (value as Record<string, unknown>)[step] : undefined; // walks JSON
  return value;
}
