import { parse as parseYaml } from 'yaml';
import type { Json, JsonObject } from '../model/json.ts';
import { decode, MisfitError } from './decode.ts';
import { plainText } from './go-text.ts';
import { isObject, type KubeObject } from './kube-object.ts';
import { bodyFormat } from './media-types.ts';
import { apiVersionOf, builtInTypes, type ResourceType } from './resource-type.ts';
import { badRequest } from './status-object.ts';

/** What a client sent, as JSON. @throws StatusError 400 */
export function parseJson(body: string): { value: Json } | { problem: string } {
  if (body === '') return { problem: 'unexpected end of JSON input' };
  try {
    return { value: JSON.parse(body) as Json }; // JSON.parse gives JSON
  } catch (error) {
    return { problem: goProblem(body, error) };
  }
}

/** YAML is read as the JSON it stands for; what cannot be read stays as it is, and is refused as JSON. */
function jsonOfYaml(body: string): string {
  try {
    return JSON.stringify(parseYaml(body)) ?? '';
  } catch {
    return body;
  }
}

/** The usual complaint about broken JSON. */
function goProblem(body: string, error: unknown): string {
  const at = /position (\d+)/.exec(error instanceof Error ? error.message : '');
  const char = at === null ? undefined : body[Number(at[1])];
  return char === undefined ? 'unexpected end of JSON input' : `invalid character '${char}' looking for beginning of value`;
}

/**
 * Reads an object of a type from a request's body.
 * @param strict refuse fields the type does not know, instead of dropping them.
 * @throws StatusError 400
 */
export function readObject(request: { body: string; contentType: string }, type: ResourceType, strict: boolean): KubeObject {
  const body = bodyFormat(request.contentType) === 'yaml' ? jsonOfYaml(request.body) : request.body;
  const parsed = parseJson(body);
  const unrecognized = `the object provided is unrecognized (must be of type ${type.kind}): couldn't get version/kind; json parse error:`;
  const hex = body === '' ? '<empty>' : body.startsWith('{') ? body : Buffer.from(body).toString('hex');
  if ('problem' in parsed) throw badRequest(`${unrecognized} ${parsed.problem} (${hex})`);
  if (!isObject(parsed.value)) {
    const given = Array.isArray(parsed.value) ? 'array' : typeof parsed.value;
    throw badRequest(
      `${unrecognized} json: cannot unmarshal ${given} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" } (${hex})`,
    );
  }
  return checkedObject(parsed.value, type, strict);
}

function checkedObject(value: JsonObject, type: ResourceType, strict: boolean): KubeObject {
  const { kind = type.kind, apiVersion = apiVersionOf(type) } = value;
  const cannot = `${plainText(kind)} in version ${JSON.stringify(plainText(apiVersion).split('/').at(-1))} cannot be handled as a ${type.kind}:`;
  if (!builtInTypes.some((known) => known.kind === kind && apiVersionOf(known) === apiVersion) && type.builtIn) {
    const registered = `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)}`;
    throw badRequest(`${cannot} ${registered} in scheme "pkg/runtime/scheme.go:111"`);
  }
  if (kind !== type.kind || apiVersion !== apiVersionOf(type))
    throw badRequest(`${cannot} converting (${type.version}.${plainText(kind)}) to (core.${type.kind}): unknown conversion`);
  try {
    const { object, unknown } = decode(type.shape, { ...value, kind, apiVersion });
    if (strict && unknown.length > 0) throw badRequest(`${cannot} ${strictComplaint(unknown)}`);
    return object as KubeObject; // every shape begins with kind, apiVersion and metadata
  } catch (error) {
    if (error instanceof MisfitError) throw badRequest(`${cannot} ${error.message}`);
    throw error;
  }
}

export const strictComplaint = (unknown: readonly string[]): string =>
  `strict decoding error: ${unknown.map((path) => `unknown field ${JSON.stringify(path)}`).join(', ')}`;
