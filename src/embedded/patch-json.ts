import type { Json, JsonObject } from '../model/json.ts';
import { isList } from './go-text.ts';
import { isObject, sameJson } from './kube-object.ts';
import { badRequest, unprocessable } from './status-object.ts';

/**
 * JSON patch (RFC 6902).
 * @returns a new document that shares nothing with the original.
 * @throws StatusError 400 where the patch is none, 422 where it does not fit the document.
 */
export function jsonPatch(original: JsonObject, patch: Json): Json {
  if (!isList(patch)) {
    const given = isObject(patch) ? 'object' : typeof patch;
    throw badRequest(`error decoding patch: json: cannot unmarshal ${given} into Go value of type []handlers.jsonPatchOp`);
  }
  let document: Json = structuredClone<JsonObject>(original);
  for (const operation of patch) {
    if (!isObject(operation)) throw unprocessable();
    document = apply(document, operation);
  }
  return document;
}

function apply(document: Json, operation: JsonObject): Json {
  const path = pointer(operation['path']);
  const { op, value } = operation;
  switch (op) {
    case 'add':
      return put(document, path, required(value), true);
    case 'replace':
      if (get(document, path) === undefined) throw unprocessable();
      return put(document, path, required(value), false);
    case 'remove':
      return take(document, path);
    case 'test':
      if (!sameJson(get(document, path) ?? null, value ?? null)) throw unprocessable();
      return document;
    case 'copy':
      return put(document, path, structuredClone(present(get(document, pointer(operation['from'])))), true);
    case 'move': {
      const from = pointer(operation['from']);
      const moved = present(get(document, from));
      return put(take(document, from), path, moved, true);
    }
    default:
      throw unprocessable();
  }
}

function pointer(text: Json | undefined): readonly string[] {
  if (typeof text !== 'string' || (text !== '' && !text.startsWith('/'))) throw unprocessable();
  return text
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function required(value: Json | undefined): Json {
  if (value === undefined) throw unprocessable();
  return value;
}

const present = required;

function get(document: Json | undefined, path: readonly string[]): Json | undefined {
  let value: Json | undefined = document;
  for (const part of path) {
    if (Array.isArray(value))
      value = /^\d+$/.test(part) ? (value as readonly Json[])[Number(part)] : undefined; // a list, just checked
    else value = isObject(value) ? value[part] : undefined;
  }
  return value;
}

/** Lists take a new item in between (`insert`) or have one replaced; `-` is behind the last. */
function put(document: Json, path: readonly string[], value: Json, insert: boolean): Json {
  const [last] = path.slice(-1);
  if (last === undefined) return value;
  return change(document, path.slice(0, -1), (parent) => {
    if (isObject(parent)) return { ...parent, [last]: value };
    if (!isList(parent)) throw unprocessable();
    const index = last === '-' ? parent.length : Number(last);
    if (!(index >= 0 && index <= parent.length)) throw unprocessable();
    return parent.toSpliced(index, insert ? 0 : 1, value);
  });
}

function take(document: Json, path: readonly string[]): Json {
  if (get(document, path) === undefined) throw unprocessable();
  const last = path.at(-1) ?? '';
  return change(document, path.slice(0, -1), (parent) => {
    if (isList(parent)) return parent.toSpliced(Number(last), 1);
    const { [last]: _taken, ...rest } = parent as JsonObject; // it had a value at `last`
    return rest;
  });
}

function change(document: Json, path: readonly string[], edit: (parent: Json) => Json): Json {
  const [first, ...rest] = path;
  if (first === undefined) return edit(document);
  const child = get(document, [first]);
  if (child === undefined) throw unprocessable();
  const changed = change(child, rest, edit);
  if (isList(document)) return document.with(Number(first), changed);
  return { ...(document as JsonObject), [first]: changed }; // it had a value at `first`
}
