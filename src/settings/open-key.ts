/**
 * Annotation keys that end in a part of the user's own, such as a port: a row of type `map-by-key` names their beginning
 * and `.*`, as in `example.com/listener-attributes.*`.
 */
const end = '.*';

export const isOpen = (annotation: string): boolean => annotation.endsWith(end);

/** What follows the beginning in a key: `TCP-80`; undefined where the key is another, or nothing follows. */
export function restOf(annotation: string, key: string): string | undefined {
  const beginning = annotation.slice(0, -1);
  return isOpen(annotation) && key.startsWith(beginning) && key.length > beginning.length ? key.slice(beginning.length) : undefined;
}
