import type { JsonObject } from '../model/json.ts';
import type { Catalogue } from './catalogue.ts';

/**
 * The little of OpenAPI v3 that kubectl asks for before it writes: which kinds check fields on the server. Without it
 * `kubectl apply` wants a whole schema.
 */
export function openApiDocument(path: string, catalogue: Catalogue): JsonObject | undefined {
  const prefix = '/openapi/v3';
  if (path === prefix)
    return { paths: Object.fromEntries(groupVersionPaths(catalogue).map((one) => [one, { serverRelativeURL: `${prefix}/${one}` }])) };
  if (!path.startsWith(`${prefix}/`)) return undefined;
  const [root, ...rest] = path.slice(prefix.length + 1).split('/');
  const [version = '', group = ''] = rest.toReversed();
  const types = catalogue.all().filter((type) => type.group === group && type.version === version);
  if (types.length === 0 || (root !== 'api' && root !== 'apis')) return undefined;
  const paths = types.map((type) => [
    `/${path.slice(prefix.length + 1)}/${type.plural}/{name}`,
    { patch: patchOperation(type.kind, group, version) },
  ]);
  return { openapi: '3.0.0', info: { title: 'Kubernetes', version: 'v1.36.3' }, paths: Object.fromEntries(paths) };
}

function groupVersionPaths(catalogue: Catalogue): readonly string[] {
  return [...new Set(catalogue.all().map((type) => (type.group === '' ? `api/${type.version}` : `apis/${type.group}/${type.version}`)))];
}

function patchOperation(kind: string, group: string, version: string): JsonObject {
  const parameters = [{ name: 'fieldValidation', in: 'query', schema: { type: 'string' } }];
  return { parameters, responses: {}, 'x-kubernetes-group-version-kind': { group, version, kind } };
}
