import type { Json } from '../model/json.ts';
import { isObject } from './kube-object.ts';

/** JSON merge patch (RFC 7386): objects merge, null takes away, everything else replaces. Neither argument is changed. */
export function jsonMergePatch(original: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const merged: Record<string, Json | undefined> = isObject(original) ? { ...original } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null || value === undefined) delete merged[name];
    else merged[name] = jsonMergePatch(merged[name], value);
  }
  return merged;
}
