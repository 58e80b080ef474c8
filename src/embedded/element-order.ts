import type { Json } from '../model/json.ts';
import { isObject, sameJson } from './kube-object.ts';

/** What makes an element of a merged list itself: the value of its merge key, or the element. */
export const identityOf = (element: Json, key: string): Json => (key !== 'set' && isObject(element) ? (element[key] ?? null) : element);

export const indexOf = (list: readonly Json[], element: Json, key: string): number => {
  const identity = identityOf(element, key);
  return list.findIndex((other) => sameJson(identityOf(other, key), identity));
};

/**
 * Puts a merged list in order: elements the patch names stand in the patch's order, the others in the order they had,
 * and each of those before the first named one it stood before.
 */
export function ordered(merged: readonly Json[], wanted: readonly Json[], before: readonly Json[], key: string): readonly Json[] {
  const named = sortedBy(
    merged.filter((element) => indexOf(wanted, element, key) >= 0),
    wanted,
    key,
  );
  const others = sortedBy(
    merged.filter((element) => indexOf(wanted, element, key) < 0),
    before,
    key,
  );
  const result: Json[] = [];
  let next = 0;
  for (const element of named) {
    for (let other = others[next]; other !== undefined && stoodBefore(other, element, before, key); other = others[next]) {
      result.push(other);
      next += 1;
    }
    result.push(element);
  }
  return [...result, ...others.slice(next)];
}

function stoodBefore(a: Json, b: Json, before: readonly Json[], key: string): boolean {
  const [left, right] = [indexOf(before, a, key), indexOf(before, b, key)];
  return left >= 0 && right >= 0 && left < right;
}

function sortedBy(list: readonly Json[], order: readonly Json[], key: string): readonly Json[] {
  const position = (element: Json): number => {
    const index = indexOf(order, element, key);
    return index < 0 ? order.length : index;
  };
  return list.toSorted((a, b) => position(a) - position(b));
}
