import { internalAnnotations } from './internal-annotations.ts';
import { isOneEditAway } from './nearest.ts';
import { peers } from './peer-keys.ts';
import { controlKeys, ourPrefix, portableRows, reservedKeys } from './portable.ts';

/** Prefixes under which every key is read or warned about. A provider's own annotations must be under one of them. */
const watchedPrefixes: readonly string[] = [ourPrefix, ...peers.flatMap(({ prefixes }) => prefixes)];

/** Single keys that are read on every provider and are under no such prefix, or under one by chance. */
const watchedKeys: readonly string[] = [
  ...internalAnnotations.map(({ key }) => key),
  ...Object.values(portableRows).flatMap((row) => row.annotations ?? []),
];

/** Annotations of ours that say nothing about what the load balancer should be. */
const silentKeys: ReadonlySet<string> = new Set([controlKeys.approve, ...reservedKeys]);

/**
 * Whether an annotation can change what is served, refused or shown. Everything else on a Service (other controllers' notes,
 * what kubectl applied last) is none of ours and wakes nobody. A key with one typing error in a prefix or in a single
 * watched key is watched too, because it is flagged.
 */
export function isWatched(key: string): boolean {
  if (silentKeys.has(key)) return false;
  return (
    watchedPrefixes.some((prefix) => startsNearly(key, prefix)) || watchedKeys.some((known) => key === known || isOneEditAway(key, known))
  );
}

/** Whether a key starts with this prefix, give or take one edit. */
function startsNearly(key: string, prefix: string): boolean {
  if (key.startsWith(prefix)) return true;
  return [-1, 0, 1].some((more) => isOneEditAway(key.slice(0, prefix.length + more), prefix));
}
