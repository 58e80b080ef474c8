import type { JsonObject } from '../../../src/model/json.ts';

/** What an API server puts into the metadata of every object, as far as it is asked for here. */
export interface ObjectMeta {
  readonly namespace?: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly deletionTimestamp?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
}

export const metaOf = (object: JsonObject): ObjectMeta => object['metadata'] as unknown as ObjectMeta; // every object of an API server has it

/** Versions of a real API server are numbers that grow for all resources together. */
export const versionOf = (object: JsonObject): number => Number(metaOf(object).resourceVersion);

/** `namespace/name`, or the name of what is in no namespace. */
export function placeOf(object: JsonObject): string {
  const { namespace, name } = metaOf(object);
  return placed(namespace, name);
}

export const placed = (namespace: string | undefined, name: string): string => (namespace === undefined ? name : `${namespace}/${name}`);

/** The plural in a path: `/api/v1/namespaces/default/services/web/status` → `services`. */
export function resourceOf(path: string): string {
  const parts = pathOnly(path).split('/').slice(1);
  const inGroup = parts.slice(parts[0] === 'api' ? 2 : 3);
  const namespaced = inGroup[0] === 'namespaces' && inGroup.length > 2;
  return inGroup[namespaced ? 2 : 0] ?? '';
}

/** Without the query. */
export const pathOnly = (path: string): string => path.split('?')[0] ?? path;
