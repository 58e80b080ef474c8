import type { Json } from '../model/json.ts';

/** What stands at a JSON pointer (RFC 6901); undefined where nothing does. `''` is the whole. */
export function valueAt(root: unknown, pointer: string): Json | undefined {
  let value: unknown = root;
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, key)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[key]; // an object with that key
  }
  return value as Json | undefined; // roots are JSON
}
