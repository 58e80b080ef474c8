import { badRequest, expired, tooLargeVersion } from './status-object.ts';
import type { Collection } from './store.ts';
import type { KubeObject } from './kube-object.ts';
import type { ListOptions } from './list-options.ts';

/** One answer to a list. */
export interface Page {
  readonly items: readonly KubeObject[];
  readonly version: number;
  /** Empty on the last page. */
  readonly continueToken: string;
  readonly remaining?: number;
}

const inconsistent =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue ' +
  'parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided ' +
  'token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was ' +
  'returned and now may show up in the list.';

/**
 * Lists what has keys under `prefix`. All pages of one list show the same moment: the version of the first page, which is
 * rebuilt from the history.
 * @param now the store's version.
 * @throws StatusError 410 where the history does not reach back, 504 for a version from the future.
 */
export function page(collection: Collection, prefix: string, options: ListOptions, now: number): Page {
  if (options.version !== undefined && options.version > now) throw tooLargeVersion(options.version, now);
  const token = options.continueToken === '' ? undefined : readToken(options.continueToken);
  const asked = token?.version ?? (options.exact ? options.version : undefined);
  const version = asked === undefined || asked < 0 ? now : asked;
  const from = token === undefined ? prefix : `${prefix}${token.start}`;
  const then = pastOf(collection, version, () => (token === undefined ? undefined : writeToken(-1, token.start)));
  return collect(collection, prefix, from, options, version, then);
}

type Past = ReadonlyMap<string, KubeObject | undefined>;

/** What differs from today: key → the object of then, undefined where there was none. */
function pastOf(collection: Collection, version: number, retry: () => string | undefined): Past {
  const changes = collection.changesAfter(version);
  if (changes === undefined) {
    const next = retry();
    throw next === undefined ? expired('The resourceVersion for the provided list is too old.') : expired(inconsistent, next);
  }
  const past = new Map<string, KubeObject | undefined>();
  for (const change of changes) if (!past.has(change.key)) past.set(change.key, change.previous);
  return past;
}

function collect(collection: Collection, prefix: string, from: string, options: ListOptions, version: number, past: Past): Page {
  const keys = keysOf(collection, prefix, from, past);
  const items: KubeObject[] = [];
  for (const [index, key] of keys.entries()) {
    const object = past.has(key) ? past.get(key) : collection.get(key);
    if (object === undefined || !options.matches(object)) continue;
    items.push(object);
    const remaining = keys.length - index - 1;
    // Like a real server's, a page may promise more where what is left does not match the selector.
    if (items.length !== options.limit || remaining === 0) continue;
    const continueToken = writeToken(version, `${key.slice(prefix.length)}\u0000`);
    return { items, version, continueToken, ...(options.selects ? {} : { remaining }) };
  }
  return { items, version, continueToken: '' };
}

function keysOf(collection: Collection, prefix: string, from: string, past: Past): readonly string[] {
  const today = collection.keys(prefix, from);
  if (past.size === 0) return today;
  const gone = [...past].filter(([key, object]) => object !== undefined && key.startsWith(prefix) && key >= from).map(([key]) => key);
  const all = new Set([...today.filter((key) => !past.has(key) || past.get(key) !== undefined), ...gone]);
  return [...all].sort();
}

function writeToken(version: number, start: string): string {
  return Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: version, start })).toString('base64url');
}

function readToken(text: string): { version: number; start: string } {
  const bad = (detail: string) => badRequest(`invalid continue token: continue key is not valid${detail}`);
  const raw = Buffer.from(text, 'base64url').toString('latin1');
  let parsed: unknown;
  try {
    parsed = JSON.parse(raw);
  } catch {
    throw bad(`: invalid character '${shownChar(raw)}' looking for beginning of value`);
  }
  if (typeof parsed !== 'object' || parsed === null) throw bad('');
  const { v, rv, start } = parsed as { v?: unknown; rv?: unknown; start?: unknown }; // each is checked below
  if (v !== 'meta.k8s.io/v1') throw bad(': server does not recognize this encoded version ');
  if (typeof rv !== 'number' || rv === 0) throw bad(': incorrect encoded start resourceVersion (version meta.k8s.io/v1)');
  if (typeof start !== 'string' || start === '') throw bad(': encoded start key empty (version meta.k8s.io/v1)');
  return { version: rv, start };
}

/** The first character, control characters as escapes. */
function shownChar(text: string): string {
  const code = text.charCodeAt(0);
  return code < 0x20 || (code >= 0x7f && code < 0xa0) ? `\\u${code.toString(16).padStart(4, '0')}` : text.slice(0, 1);
}
