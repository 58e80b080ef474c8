/** What a provider says of itself before anything else: the only thing Portolan knows of it. */
import * as z from 'zod';
import { LbError } from '../../../src/errors.ts';
import { features, type Capabilities, type Feature, type Permission } from '../../../src/model/capabilities.ts';
import { canonicalJson } from '../../../src/model/digest.ts';
import type { Json, JsonObject } from '../../../src/model/json.ts';
import { checkTable } from '../../../src/settings/check-table.ts';
import { tableSchema } from '../../../src/settings/json-schema.ts';
import { parseConfigValue } from '../../../src/settings/parse.ts';
import type { AnySettingsTable, SettingRow } from '../../../src/settings/row.ts';
import { optionalVerbs, protocolVersion } from '../protocol.ts';
import { ownNames } from '../settings.ts';
import { parsed } from './parsed.ts';
import { json, jsonObject, line, name, sentence } from './texts.ts';

export interface Description {
  readonly kind: string;
  readonly settleMs: number;
  readonly clusterUnit: boolean;
  readonly endpointSlices: boolean;
  readonly connection: AnySettingsTable;
  readonly settings: AnySettingsTable;
  readonly capabilities: CapabilityRule;
  readonly permissions: readonly Permission[];
  readonly verbs: readonly (typeof optionalVerbs)[number][];
  /** Where it can work in a folder of its own instead of in a cloud: the connection to use there. */
  readonly sandbox?: JsonObject;
}

/** What it can do, as data: the table, and what it lacks besides where a setting has one of these values. */
export interface CapabilityRule {
  readonly features: Capabilities;
  readonly unless: readonly {
    readonly setting: string;
    readonly is: readonly Json[];
    readonly lacks: Readonly<Partial<Record<Feature, string>>>;
  }[];
}

const ability = z.union([z.literal(true), z.strictObject({ lacks: sentence })]);
const featureNames = z.enum(features);
export const capabilityShape = z.strictObject({
  features: z.record(featureNames, ability),
  unless: z
    .array(z.strictObject({ setting: name(100), is: z.array(json).min(1), lacks: z.partialRecord(featureNames, sentence) }))
    .max(100),
});

/** What every object has by itself would be taken for a value that somebody set. */
const rowName = z
  .string()
  .regex(/^[a-z][A-Za-z0-9]{0,62}$/)
  .refine((text) => !(text in Object.prototype));
const scalarTypes = ['string', 'boolean', 'integer', 'duration', 'enum', 'ip', 'ip-list', 'cidr-list', 'string-list', 'map'] as const;
const commonFields = {
  values: z.array(name(200)).min(1).max(200).exactOptional(),
  minimum: z.int().exactOptional(),
  maximum: z.int().exactOptional(),
  default: json.exactOptional(),
  required: z.literal(true).exactOptional(),
  text: sentence,
  since: name(50),
  annotations: z.array(name(317)).max(20).exactOptional(),
  edit: z.enum(['in-place', 'drops-connections', 'changes-address', 'only-at-creation']),
  sets: z.enum(['scheme', 'requested-addresses', 'node-selector', 'source-ranges', 'proxy-protocol']).exactOptional(),
  secret: z.literal(true).exactOptional(),
};
const plainRow = z.strictObject({ type: z.enum(scalarTypes), ...commonFields });
const row = z
  .strictObject({ type: z.enum([...scalarTypes, 'object']), rows: z.record(rowName, plainRow).exactOptional(), ...commonFields })
  .superRefine((given, ctx) => {
    if ((given.type === 'object') !== (given.rows !== undefined)) ctx.addIssue('has rows inside exactly where its type is object');
    if ((given.type === 'enum') !== (given.values !== undefined)) ctx.addIssue('has values exactly where its type is enum');
  });
const table = z.strictObject({ rows: z.record(rowName, row), schema: jsonObject });

export const descriptionShape = z.strictObject({
  protocol: z.literal(protocolVersion),
  kind: z.string().regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/),
  settleMs: z.int().min(0).max(3_600_000),
  clusterUnit: z.boolean(),
  endpointSlices: z.boolean(),
  connection: table,
  settings: table,
  capabilities: capabilityShape,
  permissions: z.array(z.strictObject({ action: line(500), why: line(500), mutates: z.boolean() })).max(1_000),
  verbs: z.array(z.enum(optionalVerbs)),
  sandbox: jsonObject.exactOptional(),
});

/** @throws LbError `BadAnswer` naming what is wrong with the description */
export function parseDescription(result: unknown): Description {
  const given = parsed(descriptionShape, result, 'describe');
  const [connection, settings] = [parseTable('connection', given.connection), parseTable('settings', given.settings)];
  const taken = Object.keys(connection).find((each) => ownNames.has(each));
  if (taken !== undefined) throw bad(`connection.rows.${taken} has the name of a row of Portolan's own`);
  checkTable(given.kind, settings);
  return { ...given, connection, settings };
}

/** @throws LbError `BadAnswer` */
export const parseCapabilities = (result: unknown): CapabilityRule => parsed(capabilityShape, result, 'capabilities');

function parseTable(what: 'connection' | 'settings', given: z.output<typeof table>): AnySettingsTable {
  const rows: AnySettingsTable = given.rows;
  for (const [each, { type, default: fallback, annotations, required }] of Object.entries(rows)) {
    const place = `${what}.rows.${each}`;
    if (what === 'connection' && annotations !== undefined) throw bad(`${place} has annotations, which only settings can have`);
    if (required === true && fallback !== undefined) throw bad(`${place} is required and has a default`);
    if (fallback !== undefined && type !== 'duration') checkDefault(rows[each], fallback, place);
    if (type === 'duration' && fallback !== undefined && typeof fallback !== 'number') throw bad(`${place}: a default is in milliseconds`);
  }
  const differs = schemaDifference(given.schema, tableSchema(rows));
  if (differs !== undefined) throw bad(`${what}.schema does not say what its rows say: ${differs}`);
  return rows;
}

/** A default is what parsing would give: text of addresses is canonical. */
function checkDefault(given: SettingRow | undefined, fallback: unknown, place: string): void {
  let value: unknown;
  try {
    value = given === undefined ? undefined : parseConfigValue(given, fallback, place);
  } catch (cause) {
    throw new LbError('BadAnswer', `the provider described itself wrongly: the default of ${place} is no value of its type`, { cause });
  }
  if (canonicalJson(value) !== canonicalJson(fallback)) throw bad(`the default of ${place} is not in canonical form`);
}

/** Where the provider's JSON Schema contradicts its rows; what a schema says beyond them is its own affair. */
function schemaDifference(given: JsonObject, made: JsonObject): string | undefined {
  if (given['type'] !== 'object') return 'type';
  if (typeof given['properties'] !== 'object' || given['properties'] === null) return 'properties';
  const [properties, wanted] = [mapping(given['properties']), mapping(made['properties'])];
  const [named, rows] = [Object.keys(properties).sort(), Object.keys(wanted).sort()];
  if (canonicalJson(named) !== canonicalJson(rows)) return 'properties';
  if (canonicalJson(sorted(given['required'])) !== canonicalJson(sorted(made['required']))) return 'required';
  return rows.find((each) => {
    const [said, right] = [mapping(properties[each]), mapping(wanted[each])];
    return ['type', 'enum'].some((key) => canonicalJson(said[key] ?? null) !== canonicalJson(right[key] ?? null));
  });
}

const mapping = (value: Json | undefined): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {}; // neither list nor scalar
const sorted = (value: Json | undefined): readonly string[] => (Array.isArray(value) ? value.map(String).sort() : []);
const bad = (text: string): LbError => new LbError('BadAnswer', `the provider described itself wrongly: ${text}`);
