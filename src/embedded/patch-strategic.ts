import type { Json, JsonObject } from '../model/json.ts';
import { identityOf, indexOf, ordered } from './element-order.ts';
import { isList, plainText } from './go-text.ts';
import { isObject, sameJson } from './kube-object.ts';
import { any, type Shape } from './shape.ts';
import { badRequest, unexplained, unprocessable } from './status-object.ts';

const orderPrefix = '$setElementOrder/';
const deletePrefix = '$deleteFromPrimitiveList/';
const directive = '$patch';
const retainKeys = '$retainKeys';

/**
 * Strategic merge patch: as a JSON merge patch, but lists with a merge key merge element by element, and directives say
 * what to replace, to delete and how to order (contract E2–E5). Neither argument is changed; what the patch leaves alone
 * is shared with the original.
 * @throws StatusError as the API server answers a patch it cannot apply.
 */
export function strategicMerge(original: JsonObject, patch: JsonObject, shape: Shape): JsonObject {
  return mergeObject(original, patch, shape);
}

type Mutable = Record<string, Json | undefined>;

function mergeObject(original: JsonObject, patch: JsonObject, shape: Shape): JsonObject {
  const how = patch[directive];
  if (how === 'replace') return without(patch, directive);
  if (how === 'delete') return {};
  if (how !== undefined) throw unexplained(`unknown patch type: ${plainText(how)} in map: ${plainText(patch)}`);
  const merged: Mutable = { ...retained(original, patch) };
  const done = new Set([retainKeys, ...applyOrders(merged, patch, shape)]);
  for (const [name, value] of Object.entries(patch)) {
    if (done.has(name) || value === undefined || name.startsWith(orderPrefix)) continue;
    if (name.startsWith(deletePrefix)) deleteFrom(merged, name.slice(deletePrefix.length), value);
    else if (value === null) delete merged[name];
    else setField(merged, name, mergeValue(merged[name], value, fieldOf(shape, name)));
  }
  return merged;
}

/** A value that a directive took away leaves no field behind. */
function setField(merged: Mutable, name: string, value: Json | undefined): void {
  if (value === undefined) delete merged[name];
  else merged[name] = value;
}

function mergeValue(original: Json | undefined, patch: Json, shape: Shape): Json | undefined {
  if (isObject(original) && isObject(patch)) return mergeObject(original, patch, shape);
  if (isList(original) && isList(patch)) return mergeByOf(shape) === undefined ? patch : mergeList(original, patch, shape);
  return plain(patch);
}

/** `$retainKeys` names every field that may be there afterwards. */
function retained(original: JsonObject, patch: JsonObject): JsonObject {
  const keep = patch[retainKeys];
  if (keep === undefined) return original;
  if (!isList(keep)) throw badRequest('invalid patch format of retainKeys');
  const names = new Set(keep);
  for (const [name, value] of Object.entries(patch)) {
    if (name === retainKeys || value === null || name.startsWith('$')) continue;
    if (!names.has(name)) throw badRequest('invalid patch format of retainKeys');
  }
  return Object.fromEntries(Object.entries(original).filter(([name]) => names.has(name)));
}

/** Lists whose order the patch gives: merged and ordered at once. Answers the names that need no more work. */
function applyOrders(merged: Mutable, patch: JsonObject, shape: Shape): readonly string[] {
  const done: string[] = [];
  for (const [marker, order] of Object.entries(patch)) {
    if (!marker.startsWith(orderPrefix)) continue;
    const name = marker.slice(orderPrefix.length);
    if (!isList(order)) throw badRequest('invalid patch format of setElementOrder list');
    const [before, items] = [listOrNothing(merged[name]), listOrNothing(patch[name])];
    const list = withOrderKey(fieldOf(shape, name), order);
    const key = mergeByOf(list) ?? 'set';
    if (items !== undefined) checkOrder(items, order, key);
    if (before === undefined && items === undefined) continue;
    if ((before ?? []).length + (items ?? []).length === 0) throw unexplained('no elements in any of the given slices');
    done.push(name);
    const all = before === undefined ? elements(items ?? []) : items === undefined ? before : mergeList(before, items, list);
    merged[name] = ordered(all, order, before ?? [], key);
  }
  return done;
}

/** A list the shape does not know merges by the key the order names, if that is one. */
function withOrderKey(shape: Shape, order: readonly Json[]): Shape {
  if (shape.is !== 'any') return shape;
  const [first] = order;
  return { is: 'list', of: any, mergeBy: isObject(first) ? (Object.keys(first)[0] ?? 'set') : 'set' };
}

/** What the patch changes must be in the order it gives, in that order. */
function checkOrder(items: readonly Json[], order: readonly Json[], key: string): void {
  if (items.length === 0 || order.length === 0) return;
  const directiveOf = (item: Json | undefined) => (isObject(item) ? item[directive] : undefined);
  const kept = items.filter((item) => directiveOf(item) !== 'delete');
  let [item, place] = [0, 0];
  while (item < kept.length && place < order.length) {
    if (directiveOf(kept[item]) !== undefined) {
      item += 1;
      continue;
    }
    if (sameJson(identityOf(order[place] ?? null, key), identityOf(kept[item] ?? null, key))) item += 1;
    place += 1;
  }
  if (item === kept.length) return;
  throw unexplained(`The order in patch list:\n${plainText(items)}\n doesn't match $setElementOrder list:\n${plainText(order)}\n`);
}

function listOrNothing(value: Json | undefined): readonly Json[] | undefined {
  if (value === undefined || isList(value)) return value;
  const types: Readonly<Record<string, string>> = { number: 'int64', boolean: 'bool', string: 'string' };
  const given = value === null ? '%!s(<nil>)' : (types[typeof value] ?? 'map[string]interface {}');
  throw unexplained(`expected a []interface {}, but received a ${given}`);
}

function deleteFrom(merged: Mutable, name: string, values: Json): void {
  const list = merged[name];
  if (!isList(values)) throw badRequest('invalid patch format of primitive list');
  if (isList(list)) merged[name] = list.filter((item) => !values.some((value) => sameJson(value, item)));
}

function mergeList(original: readonly Json[], patch: readonly Json[], shape: Shape): readonly Json[] {
  const key = mergeByOf(shape) ?? 'set';
  if (original.length === 0 && patch.length === 0) return original;
  if ([...original, ...patch].some(isList)) throw unprocessable();
  if (key === 'set') {
    const merged = [...new Set([...original, ...patch])];
    return ordered(merged, patch, original, key);
  }
  const { kept, changes } = applyDeletes(original, patch, key);
  const merged = [...kept];
  for (const change of changes) {
    if (!isObject(change) || change[key] === undefined) throw noMergeKey(change, key);
    const at = indexOf(merged, change, key);
    const before = merged[at];
    if (before === undefined || !isObject(before)) merged.push(plain(change) ?? {});
    else merged[at] = mergeObject(before, change, elementOf(shape));
  }
  return ordered(merged, changes, kept, key);
}

function applyDeletes(original: readonly Json[], patch: readonly Json[], key: string): { kept: readonly Json[]; changes: readonly Json[] } {
  let kept = original;
  const changes: Json[] = [];
  let replaced = false;
  for (const item of patch) {
    const how = isObject(item) ? item[directive] : undefined;
    if (how === undefined) changes.push(item);
    else if (how === 'delete') {
      if (!isObject(item) || item[key] === undefined) throw noMergeKey(item, key);
      kept = kept.filter((element) => !sameJson(identityOf(element, key), identityOf(item, key)));
    } else if (how === 'replace') replaced = true;
    else throw unexplained(`unknown patch type: ${plainText(how)} in map: ${plainText(item)}`);
  }
  return replaced ? { kept: changes, changes: [] } : { kept, changes };
}

/** A value as it is stored where nothing was before: without nulls and without directives. */
function plain(value: Json): Json | undefined {
  if (isList(value)) return elements(value);
  if (!isObject(value)) return value;
  if (value[directive] !== undefined) return undefined;
  const fields = Object.entries(value).flatMap(([name, field]): [string, Json][] => {
    if (field === null || field === undefined || name.startsWith(orderPrefix) || name.startsWith(deletePrefix) || name === retainKeys)
      return [];
    const kept = plain(field);
    return kept === undefined ? [] : [[name, kept]];
  });
  return Object.fromEntries(fields);
}

const elements = (list: readonly Json[]): readonly Json[] => list.map(plain).filter((item) => item !== undefined);

const without = (object: JsonObject, name: string): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([field]) => field !== name));

const noMergeKey = (item: Json, key: string) => unexplained(`map: ${plainText(item)} does not contain declared merge key: ${key}`);

const mergeByOf = (shape: Shape): string | undefined => (shape.is === 'list' ? shape.mergeBy : undefined);
const elementOf = (shape: Shape): Shape => (shape.is === 'list' ? shape.of : any);

function fieldOf(shape: Shape, name: string): Shape {
  if (shape.is === 'struct') return shape.fields[name]?.shape ?? any;
  return shape.is === 'map' ? shape.of : any;
}
