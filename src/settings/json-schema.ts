import type { JsonObject } from '../model/json.ts';
import { durationPattern, formatDuration } from './duration.ts';
import type { AnySettingsTable, SettingRow } from './row.ts';

/** JSON Schema (2020-12) of a mapping with these rows, as it stands in the configuration. `required` is left out where a class sets only some. */
export function tableSchema(table: AnySettingsTable, what: 'whole' | 'some' = 'whole'): JsonObject {
  const rows = Object.entries(table).filter(([, row]) => row.refused === undefined);
  const required =
    what === 'whole' ? rows.filter(([, row]) => row.required === true && row.default === undefined).map(([name]) => name) : [];
  return {
    type: 'object',
    properties: Object.fromEntries(rows.map(([name, row]) => [name, rowSchema(row)])),
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
  };
}

/** JSON Schema of one row. Defaults and bounds of durations are in the words people write. */
export function rowSchema(row: SettingRow): JsonObject {
  return {
    description: row.text,
    ...shapeOf(row),
    ...(row.default === undefined ? {} : { default: defaultOf(row) }),
    ...(row.secret === true ? { writeOnly: true } : {}),
  };
}

function shapeOf(row: SettingRow): JsonObject {
  switch (row.type) {
    case 'boolean':
      return { type: 'boolean' };
    case 'integer':
      return {
        type: 'integer',
        ...(row.minimum === undefined ? {} : { minimum: row.minimum }),
        ...(row.maximum === undefined ? {} : { maximum: row.maximum }),
      };
    case 'duration':
      return { type: ['string', 'integer'], pattern: durationPattern };
    case 'enum':
      return { type: 'string', enum: row.values ?? [] };
    case 'ip-list':
    case 'cidr-list':
    case 'string-list':
      return { type: 'array', items: { type: 'string' } };
    case 'map':
      return { type: 'object', additionalProperties: { type: 'string' } };
    case 'map-by-key':
      return { type: 'object', additionalProperties: { type: 'object', additionalProperties: { type: 'string' } } };
    case 'object':
      return { ...tableSchema(row.rows ?? {}) };
    default:
      return { type: 'string' };
  }
}

/** The default as it would be written in the configuration. */
export function defaultOf(row: SettingRow): JsonObject[string] {
  if (row.type === 'duration' && typeof row.default === 'number') return formatDuration(row.default);
  return row.default as JsonObject[string]; // parsed values of rows are plain JSON
}
