import { asLbError, LbError } from '../errors.ts';
import { parseBoolean } from './boolean-text.ts';
import { nearest } from './nearest.ts';
import { checkBounds, parseItems, parseScalar, wrong } from './parse-scalar.ts';
import type { AnySettingsTable, SettingRow } from './row.ts';

/**
 * The value of an annotation, of a `map-by-key` one of its maps. Lists are separated by commas; an empty text is an empty list.
 * @throws LbError `InvalidSetting` naming the field; the text of a secret row is not repeated.
 */
export function parseText(row: SettingRow, text: string, field: string): unknown {
  const trimmed = text.trim();
  switch (row.type) {
    case 'boolean':
      return parseBoolean(trimmed) ?? wrong(row, trimmed, field);
    case 'integer':
      return /^[+-]?\d+$/.test(trimmed) ? checkBounds(row, Number(trimmed), field) : wrong(row, trimmed, field);
    case 'ip-list':
    case 'cidr-list':
      return parseItems(row, trimmed === '' ? [] : trimmed.split(','), field);
    case 'string-list':
      return Object.freeze(pieces(trimmed));
    case 'map':
    case 'map-by-key':
      return parsePairs(row, trimmed, field);
    case 'object':
      throw new LbError('ProviderBug', 'a row of type object has no text form and must have no annotations', { field });
    default:
      return parseScalar(row, trimmed, field);
  }
}

/**
 * A value of the configuration, as YAML or JSON gives it. Nested defaults are filled in.
 * @throws LbError `InvalidSetting` or `UnknownSetting` naming the field; the first where a nested group has several problems.
 */
export function parseConfigValue(row: SettingRow, value: unknown, field: string): unknown {
  switch (row.type) {
    case 'boolean':
      return typeof value === 'boolean' ? value : wrong(row, value, field);
    case 'integer':
      return typeof value === 'number' && Number.isSafeInteger(value) ? checkBounds(row, value, field) : wrong(row, value, field);
    case 'duration':
      if (value === 0) return checkBounds(row, 0, field);
      return typeof value === 'string' ? parseScalar(row, value, field) : wrong(row, value, field);
    case 'ip-list':
    case 'cidr-list':
    case 'string-list':
      return Array.isArray(value) ? parseItems(row, value, field) : wrong(row, value, field);
    case 'map':
      return isMapping(value) ? parseStrings(row, value, field) : wrong(row, value, field);
    case 'map-by-key':
      return isMapping(value) ? parseMaps(row, value, field) : wrong(row, value, field);
    case 'object':
      return isMapping(value) ? parseGroup(row, value, field) : wrong(row, value, field);
    default:
      return typeof value === 'string' ? parseScalar(row, value, field) : wrong(row, value, field);
  }
}

/** A mapping parsed by a table: the good values by row name, and one error per problem, in the order of the file. */
export interface ParsedRows {
  readonly values: Readonly<Record<string, unknown>>;
  readonly problems: readonly LbError[];
}

/**
 * Parses a mapping of the configuration. Unknown keys, missing required ones and bad values are problems.
 * `only-said` leaves defaults and requirements out: a class sets some settings, a Service may set others.
 */
export function parseRows(
  table: AnySettingsTable,
  mapping: Readonly<Record<string, unknown>>,
  path: string,
  what: 'with-defaults' | 'only-said' = 'with-defaults',
): ParsedRows {
  const values: Record<string, unknown> = {};
  const problems: LbError[] = [];
  for (const [name, value] of Object.entries(mapping)) {
    const row = Object.hasOwn(table, name) ? table[name] : undefined;
    if (row === undefined) {
      problems.push(unknownKey(name, Object.keys(table), path));
      continue;
    }
    try {
      if (row.refused !== undefined) throw new LbError('InvalidSetting', row.refused, { field: under(path, name) });
      values[name] = parseConfigValue(row, value, under(path, name));
    } catch (thrown) {
      problems.push(asLbError(thrown));
    }
  }
  if (what === 'with-defaults') {
    for (const [name, row] of Object.entries(table)) {
      if (Object.hasOwn(mapping, name)) continue;
      if (row.default !== undefined) values[name] = row.default;
      else if (row.required === true) problems.push(new LbError('InvalidSetting', `${name} is missing: ${row.text}`, { field: path }));
    }
  }
  return { values: Object.freeze(values), problems };
}

/** The problem of a key nobody knows, with the one that was meant where one is near. */
export function unknownKey(key: string, known: readonly string[], path: string): LbError {
  const meant = nearest(key, known);
  const hint = meant === undefined ? (known.length === 0 ? '' : `; known are ${known.join(', ')}`) : `; did you mean ${meant}?`;
  return new LbError('UnknownSetting', `unknown key ${key}${hint}`, { field: under(path, key) });
}

const under = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);

export const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function parseGroup(row: SettingRow, value: Readonly<Record<string, unknown>>, field: string): Readonly<Record<string, unknown>> {
  const { values, problems } = parseRows(row.rows ?? {}, value, field);
  const [first] = problems;
  if (first !== undefined) throw first;
  return values;
}

const pieces = (text: string): string[] =>
  text
    .split(',')
    .map((piece) => piece.trim())
    .filter((piece) => piece !== '');

function parsePairs(row: SettingRow, text: string, field: string): Readonly<Record<string, string>> {
  const pairs = new Map<string, string>();
  for (const piece of pieces(text)) {
    const split = piece.indexOf('=');
    const key = piece.slice(0, Math.max(split, 0)).trim();
    if (key === '' || pairs.has(key)) return wrong(row, piece, field);
    pairs.set(key, piece.slice(split + 1).trim());
  }
  return Object.freeze(Object.fromEntries(pairs));
}

function parseStrings(row: SettingRow, value: Readonly<Record<string, unknown>>, field: string): Readonly<Record<string, string>> {
  const texts: Record<string, string> = {};
  for (const [key, item] of Object.entries(value)) texts[key] = typeof item === 'string' ? item : wrong(row, item, `${field}.${key}`);
  return Object.freeze(texts);
}

function parseMaps(row: SettingRow, value: Readonly<Record<string, unknown>>, field: string): Readonly<Record<string, unknown>> {
  const maps = Object.entries(value).map(([key, map]) => {
    const place = under(field, key);
    return [key, isMapping(map) ? parseStrings(row, map, place) : wrong(row, map, place)] as const;
  });
  return Object.freeze(Object.fromEntries(maps));
}
