import type { Json, JsonObject } from '../model/json.ts';
import { isObject } from './kube-object.ts';
import { typeName, type Field, type Shape, type StructShape } from './shape.ts';

/** A value that does not fit its shape; the message is the API server's for JSON. */
export class MisfitError extends Error {
  override readonly name = 'MisfitError';
  /** The API server's message where it reads no JSON, but a merged object. */
  readonly converting: string;

  constructor(message: string, converting: string) {
    super(message);
    this.converting = converting;
  }
}

interface Decoded {
  readonly object: JsonObject;
  /** Paths of fields the shape does not know; they are not in `object`. */
  readonly unknown: readonly string[];
}

/**
 * Reads an object by its shape: fields in the shape's order, empty ones left out or filled in as the shape says, unknown
 * ones dropped and named. Frozen parts come from the store, were read before, and are taken as they are.
 * @throws MisfitError on a value of the wrong type.
 */
export function decode(shape: StructShape, value: JsonObject): Decoded {
  const unknown: string[] = [];
  const object = readStruct(shape, value, { go: '', strict: '' }, unknown);
  return { object, unknown };
}

interface Path {
  /** As Go names it: without indices. */
  readonly go: string;
  /** As strict decoding names it: with indices. */
  readonly strict: string;
}

const within = (path: Path, name: string): Path => ({
  go: path.go === '' ? name : `${path.go}.${name}`,
  strict: path.strict === '' ? name : `${path.strict}.${name}`,
});

function readStruct(shape: StructShape, value: JsonObject, path: Path, unknown: string[]): JsonObject {
  if (Object.isFrozen(value)) return value;
  const object: Record<string, Json> = {};
  for (const [name, field] of Object.entries(shape.fields)) {
    const read = readField(shape, field, value[name], within(path, name), unknown);
    if (read !== undefined) object[name] = read;
  }
  for (const [name, field] of Object.entries(value)) {
    if (Object.hasOwn(shape.fields, name) || field === undefined) continue;
    if (shape.open) object[name] = field;
    else unknown.push(within(path, name).strict);
  }
  return object;
}

function readField(owner: StructShape, field: Field, value: Json | undefined, path: Path, unknown: string[]): Json | undefined {
  if (value === undefined || value === null) return field.when === 'always' ? emptyOf(field.shape, path) : undefined;
  const read = readValue(owner.name, field.shape, value, path, unknown);
  return field.when === 'filled' && isEmpty(read) ? undefined : read;
}

function readValue(owner: string, shape: Shape, value: Json, path: Path, unknown: string[]): Json {
  switch (shape.is) {
    case 'any':
      return value;
    case 'struct':
      if (!isObject(value)) throw misfit(owner, shape, value, path);
      return readStruct(shape, value, path, unknown);
    case 'list':
      if (!Array.isArray(value)) throw misfit(owner, shape, value, path);
      if (Object.isFrozen(value)) return value;
      return value.map((item: Json, index) =>
        item === null
          ? (emptyOf(shape.of, path) ?? null)
          : readValue(owner, shape.of, item, { go: path.go, strict: `${path.strict}[${index}]` }, unknown),
      );
    case 'map': {
      if (!isObject(value)) throw misfit(owner, shape, value, path);
      if (Object.isFrozen(value)) return value;
      const entries = Object.entries(value).map(([key, item]): [string, Json] => [
        key,
        item === null || item === undefined ? (emptyOf(shape.of, path) ?? null) : readValue(owner, shape.of, item, path, unknown),
      ]);
      return Object.fromEntries(entries);
    }
    default:
      return readScalar(owner, shape, value, path);
  }
}

function readScalar(owner: string, shape: Shape, value: Json, path: Path): Json {
  switch (shape.is) {
    case 'string':
      if (typeof value !== 'string') throw misfit(owner, shape, value, path);
      return value;
    case 'bool':
      if (typeof value !== 'boolean') throw misfit(owner, shape, value, path);
      return value;
    case 'int32':
    case 'int64':
      if (typeof value !== 'number') throw misfit(owner, shape, value, path);
      if (!Number.isInteger(value) || (shape.is === 'int32' && Math.abs(value) > 2_147_483_647)) {
        const message = `json: cannot unmarshal number ${value} into Go struct field ${owner}.${path.go} of type ${shape.is}`;
        throw new MisfitError(message, conversionProblem(shape, value));
      }
      return value;
    case 'intOrString':
      if (typeof value === 'string' || (typeof value === 'number' && Number.isInteger(value))) return value;
      throw misfit(owner, { is: 'int32' }, value, path);
    case 'time':
    case 'microTime':
      if (typeof value !== 'string') throw misfit(owner, { is: 'string' }, value, path);
      return readTime(value, shape.is);
    default:
      return value;
  }
}

const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.(\d+))?(?:Z|[+-]\d\d:\d\d)$/;

/** Times are kept in UTC: whole seconds, or six digits of a fraction where the kind has them. */
function readTime(text: string, kind: 'time' | 'microTime'): string {
  const match = rfc3339.exec(text);
  const at = Date.parse(text);
  const layout = kind === 'time' ? '2006-01-02T15:04:05Z07:00' : '2006-01-02T15:04:05.000000Z07:00';
  if (match === null || Number.isNaN(at) || (kind === 'microTime' && (match[1] ?? '').length !== 6)) {
    const [rest, part] = match === null ? [text, '2006'] : [text.slice(19), '.000000'];
    const message = `parsing time ${JSON.stringify(text)} as "${layout}": cannot parse ${JSON.stringify(rest)} as "${part}"`;
    throw new MisfitError(message, message);
  }
  const seconds = new Date(Math.floor(at / 1000) * 1000).toISOString().slice(0, 19);
  return kind === 'time' ? `${seconds}Z` : `${seconds}.${match[1] ?? '000000'}Z`;
}

function emptyOf(shape: Shape, path: Path): Json | undefined {
  switch (shape.is) {
    case 'struct':
      return readStruct(shape, {}, path, []);
    case 'string':
      return '';
    case 'bool':
      return false;
    case 'int32':
    case 'int64':
    case 'intOrString':
      return 0;
    default:
      return null;
  }
}

function isEmpty(value: Json): boolean {
  if (value === '' || value === 0 || value === false || value === null) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value) && Object.keys(value).length === 0;
}

function misfit(owner: string, shape: Shape, value: Json, path: Path): MisfitError {
  const given = Array.isArray(value) ? 'array' : isObject(value) ? 'object' : typeof value === 'boolean' ? 'bool' : typeof value;
  const message = `json: cannot unmarshal ${given} into Go struct field ${owner}.${path.go} of type ${typeName(shape)}`;
  return new MisfitError(message, conversionProblem(shape, value));
}

function conversionProblem(shape: Shape, value: Json): string {
  const given = Array.isArray(value)
    ? 'slice'
    : isObject(value)
      ? 'map'
      : typeof value === 'number'
        ? 'int64'
        : typeof value === 'boolean'
          ? 'bool'
          : 'string';
  switch (shape.is) {
    case 'struct':
      return `cannot restore struct from: ${given}`;
    case 'list':
      return `cannot restore slice from ${given}`;
    case 'map':
      return `cannot restore map from ${given}`;
    case 'string':
      return given === 'int64' ? 'cannot convert int64 to string' : 'unrecognized type: string';
    default:
      return `unrecognized type: ${typeName(shape)}`;
  }
}
