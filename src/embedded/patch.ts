import type { Json, JsonObject } from '../model/json.ts';
import { keyOf, objectsOf, shownAs, subjectOf, toStored, type Cluster, type Target } from './cluster.ts';
import { decode, MisfitError } from './decode.ts';
import { invalidField } from './field-error.ts';
import { plainText } from './go-text.ts';
import { isObject, type KubeObject } from './kube-object.ts';
import { jsonMergePatch } from './patch-json-merge.ts';
import { jsonPatch } from './patch-json.ts';
import { strategicMerge } from './patch-strategic.ts';
import { parseJson, strictComplaint } from './request-body.ts';
import type { ResourceType } from './resource-type.ts';
import { badRequest, invalid, noServerSideApply, notFound, unsupportedMediaType, type StatusError } from './status-object.ts';
import { update } from './update.ts';
import type { WriteOptions } from './write-options.ts';

/** How a patch is to be understood, as its content type says. */
export type PatchKind = 'json' | 'merge' | 'strategic';

/** @throws StatusError 415 on a content type that is no patch, or none this type takes. */
export function patchKind(contentType: string, type: ResourceType): PatchKind {
  switch (contentType.split(';')[0]?.trim()) {
    case 'application/json-patch+json':
      return 'json';
    case 'application/merge-patch+json':
      return 'merge';
    case 'application/strategic-merge-patch+json':
      if (type.builtIn) return 'strategic';
      throw unsupportedMediaType();
    case 'application/apply-patch+yaml':
    case 'application/apply-patch+cbor':
      throw noServerSideApply();
    default:
      throw unsupportedMediaType();
  }
}

/** PATCH: the stored object changed as the patch says, then written like a replacement. */
export function patch(
  cluster: Cluster,
  target: Target & { name: string },
  kind: PatchKind,
  body: string,
  options: WriteOptions,
): KubeObject {
  const { type, name } = target;
  const change = readPatch(body, kind);
  const old = objectsOf(cluster, type).get(keyOf(target, name));
  if (old === undefined) throw notFound(subjectOf(type), name);
  const patched = applied(shownAs(type, old), change, kind, type);
  return update(cluster, target, toStored(type, read(patched, change, kind, type, options)), old, options);
}

function readPatch(body: string, kind: PatchKind): Json {
  const parsed = parseJson(body);
  const prefix = kind === 'strategic' ? '' : 'error decoding patch: ';
  if ('problem' in parsed) throw badRequest(`${prefix}${parsed.problem}`);
  if (kind !== 'json' && !isObject(parsed.value)) {
    const given = Array.isArray(parsed.value) ? 'array' : typeof parsed.value;
    throw badRequest(`${prefix}json: cannot unmarshal ${given} into Go value of type map[string]interface {}`);
  }
  return parsed.value;
}

function applied(old: KubeObject, change: Json, kind: PatchKind, type: ResourceType): Json {
  if (kind === 'json') return jsonPatch(old, change);
  if (kind === 'merge') return jsonMergePatch(old, change);
  return strategicMerge(old, change as JsonObject, type.shape); // readPatch lets only objects through
}

function read(patched: Json, change: Json, kind: PatchKind, type: ResourceType, options: WriteOptions): KubeObject {
  const shown = kind === 'strategic' ? plainText(change) : JSON.stringify(patched);
  if (!isObject(patched)) throw misfit(shown, 'json: cannot unmarshal into an object');
  if (patched['kind'] !== type.kind) {
    throw misfit(shown, `converting (${type.version}.${plainText(patched['kind'])}) to (core.${type.kind}): unknown conversion`);
  }
  try {
    const { object, unknown } = decode(type.shape, patched);
    if (options.strict && unknown.length > 0) throw misfit(shown, strictComplaint(unknown));
    return object as KubeObject; // every shape begins with kind, apiVersion and metadata
  } catch (error) {
    if (error instanceof MisfitError) throw misfit(shown, kind === 'strategic' ? error.converting : error.message);
    throw error;
  }
}

function misfit(shown: string, why: string): StatusError {
  return invalid({ group: '', kind: '' }, '', [invalidField('patch', shown, why)]);
}
