import type { JsonObject } from '../model/json.ts';
import type { Catalogue } from './catalogue.ts';
import { openApiSchemas } from './openapi-schemas.ts';

/**
 * The part of OpenAPI v3 that kubectl asks for: which kinds check fields on the server, without which `kubectl apply` wants
 * the older version of it, and their schemas, for `kubectl explain`.
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
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: 'v1.36.3' },
    paths: Object.fromEntries(paths),
    components: { schemas: openApiSchemas(types) },
  };
}

function groupVersionPaths(catalogue: Catalogue): readonly string[] {
  return [...new Set(catalogue.all().map((type) => (type.group === '' ? `api/${type.version}` : `apis/${type.group}/${type.version}`)))];
}

function patchOperation(kind: string, group: string, version: string): JsonObject {
  const parameters = [{ name: 'fieldValidation', in: 'query', schema: { type: 'string' } }];
  return { parameters, responses: {}, 'x-kubernetes-group-version-kind': { group, version, kind } };
}
