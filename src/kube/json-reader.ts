import { LbError } from '../errors.ts';

/** An object of the API server before it is parsed. */
export type Wire = Readonly<Record<string, unknown>>;

const wrong = (where: string, field: string, wanted: string): LbError =>
  new LbError('InvalidObject', `${where}: ${field} is not ${wanted}`, { field });

const isWire = (value: unknown): value is Wire => typeof value === 'object' && value !== null && !Array.isArray(value);
/** Absent and null are the same to Kubernetes. */
const absent = (value: unknown): value is undefined | null => value === undefined || value === null;
const last = (path: string): string => path.slice(path.lastIndexOf('.') + 1);

/*
 * Readers of one field. `path` is how a user writes the field; its last part is the key in `from`. Each throws
 * LbError `InvalidObject` that names object and field.
 */

export function asWire(value: unknown, where: string): Wire {
  if (isWire(value)) return value;
  throw new LbError('InvalidObject', `${where} is no JSON object`);
}

export function object(from: Wire, path: string, where: string): Wire {
  const value = from[last(path)];
  if (isWire(value)) return value;
  throw wrong(where, path, 'an object');
}

const nothing: Wire = Object.freeze({});

export function optionalObject(from: Wire, path: string, where: string): Wire {
  return absent(from[last(path)]) ? nothing : object(from, path, where);
}

/** A text that must be there and not be empty. */
export function text(from: Wire, path: string, where: string): string {
  const value = from[last(path)];
  if (typeof value === 'string' && value !== '') return value;
  throw wrong(where, path, 'a text');
}

/** A text, or undefined where it is absent or empty: the API server drops empty ones. */
export function optionalText(from: Wire, path: string, where: string): string | undefined {
  const value = from[last(path)];
  return absent(value) || value === '' ? undefined : text(from, path, where);
}

export function whole(from: Wire, path: string, where: string): number {
  const value = from[last(path)];
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw wrong(where, path, 'a whole number');
}

export function optionalWhole(from: Wire, path: string, where: string): number | undefined {
  return absent(from[last(path)]) ? undefined : whole(from, path, where);
}

/** One of a closed list; `otherwise` where it is absent. */
export function oneOf<T extends string>(from: Wire, path: string, where: string, allowed: readonly T[], otherwise?: T): T {
  const value = from[last(path)];
  if (otherwise !== undefined && (absent(value) || value === '')) return otherwise;
  const found = allowed.find((one) => one === value);
  if (found === undefined) throw wrong(where, path, `one of ${allowed.join(', ')}`);
  return found;
}

const emptyList: readonly never[] = Object.freeze([]);

/** A list of objects; empty where it is absent. */
export function objects(from: Wire, path: string, where: string): readonly Wire[] {
  const value = from[last(path)];
  if (absent(value)) return emptyList;
  if (Array.isArray(value) && value.every(isWire)) return value;
  throw wrong(where, path, 'a list of objects');
}

/** A list of texts, frozen; empty where it is absent. */
export function texts(from: Wire, path: string, where: string): readonly string[] {
  const value = from[last(path)];
  if (absent(value)) return emptyList;
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return Object.freeze(value);
  throw wrong(where, path, 'a list of texts');
}

const emptyMap: Readonly<Record<string, string>> = Object.freeze({});

/** Labels or annotations, frozen; empty where they are absent. */
export function textMap(from: Wire, path: string, where: string): Readonly<Record<string, string>> {
  const value = from[last(path)];
  if (absent(value)) return emptyMap;
  if (isWire(value) && Object.values(value).every((one) => typeof one === 'string')) {
    return Object.freeze(value) as Readonly<Record<string, string>>; // every value was just checked
  }
  throw wrong(where, path, 'a map of texts');
}
