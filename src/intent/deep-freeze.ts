/** Freezes plain data in place. What is frozen already is taken to be frozen throughout: member sets are shared by all specs. */
export function deepFreeze<T>(value: T): T {
  // What is no object counts as frozen.
  if (Object.isFrozen(value)) return value;
  for (const item of Object.values(value as object)) deepFreeze(item); // only objects are left
  return Object.freeze(value);
}
