import type { Json } from '../model/json.ts';
import { notSupported } from './field-error.ts';
import { isList, plainText } from './go-text.ts';
import { isObject } from './kube-object.ts';
import { parseJson } from './request-body.ts';
import { badRequest, invalid } from './status-object.ts';

/** How a write is to be done. */
export interface WriteOptions {
  readonly dryRun: boolean;
  /** Unknown fields are refused. */
  readonly strict: boolean;
}

/** @throws StatusError 422 on a dry run that is none. */
export function writeOptions(query: URLSearchParams, kind: 'CreateOptions' | 'UpdateOptions' | 'PatchOptions'): WriteOptions {
  return { dryRun: dryRun(query.getAll('dryRun'), kind), strict: query.get('fieldValidation') === 'Strict' };
}

export interface DeleteOptions {
  readonly dryRun: boolean;
  readonly uid?: string;
  readonly resourceVersion?: string;
  /** The finalizer that the wanted treatment of dependents leaves on the object. */
  readonly finalizer?: string;
}

/** From the body, else from the query. @throws StatusError 400 or 422 */
export function deleteOptions(query: URLSearchParams, body: string): DeleteOptions {
  if (body === '')
    return { dryRun: dryRun(query.getAll('dryRun'), 'DeleteOptions'), ...propagation(query.get('propagationPolicy') ?? undefined) };
  const parsed = parseJson(body);
  if ('problem' in parsed || !isObject(parsed.value)) throw badRequest('decoded object cannot be converted to DeleteOptions');
  const { dryRun: asked, preconditions, propagationPolicy } = parsed.value;
  const { uid, resourceVersion } = isObject(preconditions) ? preconditions : {};
  return {
    dryRun: dryRun(isList(asked) ? asked.map(plainText) : [], 'DeleteOptions'),
    ...propagation(propagationPolicy ?? undefined),
    ...(typeof uid === 'string' ? { uid } : {}),
    ...(typeof resourceVersion === 'string' ? { resourceVersion } : {}),
  };
}

const policies: Readonly<Record<string, { finalizer?: string }>> = {
  Foreground: { finalizer: 'foregroundDeletion' },
  Background: {},
  Orphan: { finalizer: 'orphan' },
};

function propagation(policy: Json | undefined): { finalizer?: string } {
  if (policy === undefined) return {};
  const found = typeof policy === 'string' ? policies[policy] : undefined;
  if (found !== undefined) return found;
  const error = notSupported('propagationPolicy', policy, [...Object.keys(policies), 'nil']);
  throw invalid({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', [error]);
}

function dryRun(values: readonly string[], kind: string): boolean {
  const wrong = values.filter((value) => value !== 'All');
  if (wrong.length > 0) throw invalid({ group: 'meta.k8s.io', kind }, '', [notSupported('dryRun', values, ['All'])]);
  return values.length > 0;
}
