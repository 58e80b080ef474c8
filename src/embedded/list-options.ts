import { badRequest, invalid, unexplained } from './status-object.ts';
import { forbiddenField, notSupported, type FieldError } from './field-error.ts';
import { fieldSelector, labelSelector, type Matches } from './selectors.ts';
import type { KubeObject } from './kube-object.ts';

/** The query of a list or a watch, read and checked. */
export interface ListOptions {
  /** 0 = no limit. */
  readonly limit: number;
  readonly continueToken: string;
  /** Absent: the newest; 0: any. */
  readonly version?: number;
  readonly exact: boolean;
  readonly matches: Matches;
  /** False where every object matches; only then can the rest of a list be counted. */
  readonly selects: boolean;
  /** The only name that can match, where the field selector says so. */
  readonly name?: string;
  readonly watch: boolean;
  readonly bookmarks: boolean;
  readonly initialEvents?: boolean;
  readonly timeoutSeconds?: number;
}

/** @throws StatusError 400 or 422, worded as the API server words it. */
export function parseListOptions(query: URLSearchParams, kind: string): ListOptions {
  const version = query.get('resourceVersion') ?? '';
  const match = query.get('resourceVersionMatch') ?? '';
  const watch = flag(query, 'watch') ?? false;
  const initialEvents = flag(query, 'sendInitialEvents');
  const limit = whole(query, 'limit') ?? 0;
  const timeoutSeconds = whole(query, 'timeoutSeconds');
  const continueToken = query.get('continue') ?? '';
  const labels = labelSelector(query.get('labelSelector') ?? '');
  const fields = fieldSelector(query.get('fieldSelector') ?? '', kind);
  const errors = watch ? wrongForWatch(match, initialEvents, continueToken) : wrongForList(match, version, continueToken, initialEvents);
  if (errors.length > 0) throw invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', errors);
  if (version !== '' && !/^\d+$/.test(version)) {
    const detail = `strconv.ParseUint: parsing ${JSON.stringify(version)}: invalid syntax`;
    const message = `resourceVersion: Invalid value: ${JSON.stringify(version)}: ${detail}`;
    throw watch ? unexplained(message) : badRequest(`invalid resource version: ${message}`);
  }
  if (!watch && continueToken !== '' && version !== '' && version !== '0') {
    throw badRequest('specifying resource version is not allowed when using continue');
  }
  return {
    limit: Math.max(limit, 0),
    continueToken,
    ...(version === '' ? {} : { version: Number(version) }),
    exact: match === 'Exact',
    matches: (object: KubeObject) => labels(object) && fields.matches(object),
    selects: (query.get('labelSelector') ?? '') !== '' || (query.get('fieldSelector') ?? '') !== '',
    ...(fields.name === undefined ? {} : { name: fields.name }),
    watch,
    bookmarks: flag(query, 'allowWatchBookmarks') ?? false,
    ...(initialEvents === undefined ? {} : { initialEvents }),
    ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
  };
}

const onMatch = (detail: string): FieldError => forbiddenField('resourceVersionMatch', detail);

function wrongForList(match: string, version: string, token: string, initialEvents: boolean | undefined): FieldError[] {
  const errors: FieldError[] = [];
  if (match !== '') {
    if (version === '') errors.push(onMatch('resourceVersionMatch is forbidden unless resourceVersion is provided'));
    if (token !== '') errors.push(onMatch('resourceVersionMatch is forbidden when continue is provided'));
    if (match !== 'Exact' && match !== 'NotOlderThan') {
      errors.push(notSupported('resourceVersionMatch', match, ['Exact', 'NotOlderThan', '']));
    }
    if (match === 'Exact' && version === '0') {
      errors.push(onMatch('resourceVersionMatch "exact" is forbidden for resourceVersion "0"'));
    }
  }
  if (initialEvents !== undefined) errors.push(forbiddenField('sendInitialEvents', 'sendInitialEvents is forbidden for list'));
  return errors;
}

function wrongForWatch(match: string, initialEvents: boolean | undefined, token: string): FieldError[] {
  const errors: FieldError[] = [];
  if (initialEvents !== undefined && match !== 'NotOlderThan') {
    errors.push(onMatch('sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'));
  }
  if (match === '') return errors;
  if (initialEvents === undefined) {
    errors.push(onMatch('resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided'));
  }
  if (match !== 'NotOlderThan') errors.push(notSupported('resourceVersionMatch', match, ['NotOlderThan']));
  if (token !== '') errors.push(onMatch('resourceVersionMatch is forbidden when continue is provided'));
  return errors;
}

/** As the API server reads flags: present and neither `false` nor `0` is true. */
function flag(query: URLSearchParams, name: string): boolean | undefined {
  const text = query.get(name);
  return text === null ? undefined : text.toLowerCase() !== 'false' && text !== '0';
}

function whole(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null || text === '') return undefined;
  if (!/^-?\d+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
}
