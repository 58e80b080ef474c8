import * as z from 'zod';
import type { JsonObject } from '../model/json.ts';
import { reasons } from '../reasons.ts';
import { durationPattern } from '../settings/duration.ts';
import { tableSchema } from '../settings/json-schema.ts';
import { code, markdownTable, settingsMarkdown } from '../settings/markdown.ts';
import { portableClassRows } from '../settings/portable.ts';
import type { ProviderTables } from './config.ts';
import { configSchema } from './schema.ts';

/** A provider and its rows, in the order of the reference. */
export interface DocumentedProvider extends ProviderTables {
  readonly kind: string;
}

/**
 * JSON Schema of the configuration file. What depends on the kind is checked for connections; a class names its provider,
 * which a schema cannot follow, so its settings may be those of any provider.
 */
export function configJsonSchema(providers: readonly DocumentedProvider[]): JsonObject {
  const schema = structuredClone(plainSchema());
  const provider = items(schema, 'providers');
  properties(provider)['kind'] = { ...properties(provider)['kind'], enum: providers.map(({ kind }) => kind) };
  provider['allOf'] = providers.map(({ kind, connection, incomplete }) => ({
    if: { properties: { kind: { const: kind } } },
    // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema, in plain data
    then: { properties: { connection: { ...tableSchema(connection), ...open(incomplete) } } },
  }));
  const settings = properties(items(schema, 'classes'))['settings'] ?? {};
  const any = providers.map((entry) => ({
    ...tableSchema({ ...portableClassRows, ...entry.settings }, 'some'),
    ...open(entry.incomplete),
  }));
  properties(items(schema, 'classes'))['settings'] = { description: settings['description'], default: {}, anyOf: any };
  return schema as JsonObject; // made of JSON values only
}

/** Where only the provider itself knows all rows, what no row knows may be right. */
const open = (incomplete: true | undefined): JsonObject => (incomplete === true ? { additionalProperties: true } : {});

/** The configuration reference: every key of the file, then the rows of each provider. */
export function configMarkdown(providers: readonly DocumentedProvider[]): string {
  return [
    '# Configuration',
    'One YAML file: `--config FILE`, else `./portolan.yaml`, else `/etc/portolan/portolan.yaml`. Unknown keys are errors. ' +
      'A changed file is read again within seconds; one that cannot be used changes nothing and shows in `/readyz`. ' +
      'Classes, `driftCheck` and `log` follow the file at once; changes of anything else, and of the provider of a class, need a restart and are logged.',
    'Durations are written `1500ms`, `10s`, `5m`, `1h` or `1h30m`.',
    markdownTable(['Key', 'Value', 'Default', 'What it does'], keysOf(plainSchema(), '')),
    '## Settings of a class on every provider',
    settingsMarkdown(portableClassRows),
    ...providers.flatMap(({ kind, connection, settings, incomplete }) => [
      `## Provider ${code(kind)}`,
      ...(incomplete === true ? ['The program says which rows it has besides these, under `connection` and for classes.'] : []),
      '### Connection',
      settingsMarkdown(connection),
      ...(incomplete === true ? [] : ['### Settings of a class', settingsMarkdown(settings)]),
    ]),
    '',
  ].join('\n\n');
}

/** The reference of all reasons: what error codes, conditions and events say. */
export function reasonsMarkdown(): string {
  const rows = Object.entries(reasons).map(([name, row]) => {
    const remedy = 'remedy' in row && row.remedy !== undefined ? row.remedy : '–';
    return [code(name), row.means, remedy, code(row.verdict)];
  });
  return [
    '# Reasons',
    'One catalogue: the code of an error, the reason of a condition and the detail of an event are the same word. A code is never renamed or reused.',
    markdownTable(['Reason', 'When it is seen', 'What to do', 'Verdict'], rows),
    '',
  ].join('\n\n');
}

/** A JSON Schema node as zod gives it. */
interface SchemaNode {
  [key: string]: unknown;
  properties?: Record<string, SchemaNode>;
  items?: SchemaNode;
}

const plainSchema = (): SchemaNode => z.toJSONSchema(configSchema, { io: 'input' }) as SchemaNode; // zod's own type says less

const properties = (node: SchemaNode): Record<string, SchemaNode> => node.properties ?? {};
const items = (schema: SchemaNode, list: string): SchemaNode => properties(schema)[list]?.items ?? {};

function keysOf(node: SchemaNode, prefix: string): readonly (readonly string[])[] {
  const required = Array.isArray(node['required']) ? node['required'] : [];
  return Object.entries(properties(node)).flatMap(([name, child]) => {
    const list = child['type'] === 'array';
    const inner = list ? (child.items ?? {}) : child;
    const row = [code(prefix + name), valueOf(child), defaultOfNode(child, required.includes(name)), textOf(child['description'])];
    return [row, ...keysOf(inner, `${prefix}${name}${list ? '[]' : ''}.`)];
  });
}

function valueOf(node: SchemaNode): string {
  if (node['const'] !== undefined) return code(textOf(node['const']));
  if (Array.isArray(node['enum'])) return node['enum'].map((value) => code(String(value))).join(', ');
  if (node['pattern'] === durationPattern) return 'a duration';
  const bounds = typeof node['minimum'] === 'number' ? `, ${node['minimum']} to ${String(node['maximum'])}` : '';
  return `${typeTexts[String(node['type'])] ?? String(node['type'])}${bounds}`;
}

const typeTexts: Readonly<Record<string, string>> = {
  object: 'a mapping',
  array: 'a list',
  string: 'a text',
  integer: 'a whole number',
  boolean: 'true or false',
};

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

function defaultOfNode(node: SchemaNode, required: boolean): string {
  if (required) return '**required**';
  const value = node['default'];
  if (value === undefined || typeof value === 'object') return '–';
  return code(typeof value === 'string' ? value : JSON.stringify(value));
}
