import type { Json, JsonObject } from '../model/json.ts';
import { apiVersionOf, type ResourceType } from './resource-type.ts';
import type { Shape, StructShape } from './shape.ts';

const intOrString = 'io.k8s.apimachinery.pkg.util.intstr.IntOrString';

/**
 * The schemas of some kinds of one group and version, by name, for `kubectl explain`. Made from the shapes that requests are read
 * by: what is not there is not understood. Without prose: that stands in Kubernetes' own documentation.
 */
export function openApiSchemas(types: readonly ResourceType[]): JsonObject {
  const schemas: Record<string, Json> = {};
  for (const type of types) {
    const { group, version, kind } = type;
    const name = schemaName(type, type.shape);
    schemas[name] = { ...structSchema(type, type.shape, schemas), 'x-kubernetes-group-version-kind': [{ group, version, kind }] };
  }
  return schemas;
}

const schemaName = (type: ResourceType, shape: StructShape): string => {
  const group = type.group === '' ? 'core' : type.group.split('.')[0];
  return `io.k8s.api.${group}.${type.version}.${shape.name}`;
};

function structSchema(type: ResourceType, shape: StructShape, schemas: Record<string, Json>): JsonObject {
  const properties = Object.entries(shape.fields).map(([name, { shape: field }]) => [name, schemaOf(type, field, schemas)] as const);
  return {
    type: 'object',
    description: `${shape.name} of ${apiVersionOf(type)}.`,
    properties: Object.fromEntries(properties),
    ...(shape.open === true ? { 'x-kubernetes-preserve-unknown-fields': true } : {}),
  };
}

/** @param schemas gets what is referred to. */
function schemaOf(type: ResourceType, shape: Shape, schemas: Record<string, Json>): JsonObject {
  switch (shape.is) {
    case 'struct': {
      const name = schemaName(type, shape);
      schemas[name] ??= structSchema(type, shape, schemas);
      return refer(name);
    }
    case 'list':
      return { type: 'array', items: schemaOf(type, shape.of, schemas) };
    case 'map':
      return { type: 'object', additionalProperties: schemaOf(type, shape.of, schemas) };
    case 'int32':
    case 'int64':
      return { type: 'integer', format: shape.is };
    case 'bool':
      return { type: 'boolean' };
    case 'time':
    case 'microTime':
      return { type: 'string', format: 'date-time' };
    case 'intOrString':
      schemas[intOrString] ??= { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] };
      return refer(intOrString);
    case 'any':
      return { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
    default:
      return { type: 'string' };
  }
}

const refer = (name: string): JsonObject => ({ allOf: [{ $ref: `#/components/schemas/${name}` }] });
