import { digestOf } from '../model/digest.ts';
import type { ProviderName } from '../model/ids.ts';

/** The annotation of the Lease that keeps since when strays are known, so that a restart does not begin to count anew. */
export const strayAnnotation = 'portolan.dev/strays';

/** So many are kept: a Lease is written every two seconds. Of more than that the rest is counted from the last start on. */
const mostKept = 200;

/** What stands for a stray in the mark: ids of clouds can be long. */
export const strayDigest = (provider: ProviderName, key: string): string => digestOf({ provider, key }).slice(0, 12);

/** Since when, in milliseconds of wall time, by digest; `v1 digest=seconds …`, the oldest first. */
export function formatStrays(since: ReadonlyMap<string, number>): string {
  const oldest = [...since].sort(([a, x], [b, y]) => x - y || (a < b ? -1 : 1)).slice(0, mostKept);
  return ['v1', ...oldest.map(([digest, ms]) => `${digest}=${Math.floor(ms / 1000).toString(36)}`)].join(' ');
}

/** Unreadable parts are left out: what they were about begins to count anew, which deletes nothing too early. */
export function parseStrays(text: string | undefined): ReadonlyMap<string, number> {
  const since = new Map<string, number>();
  const [version, ...parts] = (text ?? '').split(' ');
  if (version !== 'v1') return since;
  for (const part of parts.slice(0, mostKept)) {
    const [, digest, seconds] = /^([0-9a-f]{12})=([0-9a-z]{1,8})$/.exec(part) ?? [];
    if (digest !== undefined && seconds !== undefined) since.set(digest, Number.parseInt(seconds, 36) * 1000);
  }
  return since;
}
