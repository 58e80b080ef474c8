import { internalAnnotations } from './internal-annotations.ts';
import { defaultOf } from './json-schema.ts';
import { boundsOf, typeTexts } from './parse-scalar.ts';
import { controlKeys, portableRows } from './portable.ts';
import type { AnySettingsTable, SettingEdit, SettingRow } from './row.ts';

/** A Markdown table; cells are made safe for it. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`).replaceAll('\n', ' ')).join(' | ')} |`;
  return [line(head), `|${' --- |'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

export const code = (text: string): string => `\`${text}\``;

/** Rows as they stand in the configuration, groups flattened to dotted names. */
export function settingsMarkdown(table: AnySettingsTable): string {
  if (Object.keys(table).length === 0) return 'None.';
  return markdownTable(['Key', 'Value', 'Default', 'What it does'], flat(table, ''));
}

function flat(table: AnySettingsTable, prefix: string): readonly (readonly string[])[] {
  return Object.entries(table).flatMap(([name, row]) => {
    const own = [code(prefix + name), valueText(row), defaultText(row), row.text];
    return row.type === 'object' ? [own, ...flat(row.rows ?? {}, `${prefix}${name}.`)] : [own];
  });
}

/** What a value looks like: its type, the values of an enum, its bounds. */
function valueText(row: SettingRow): string {
  if (row.refused !== undefined) return `refused: ${row.refused}`;
  const values = row.type === 'enum' ? (row.values ?? []).map(code).join(', ') : typeTexts[row.type];
  const bounds = boundsOf(row);
  return bounds === '' ? values : `${values}, ${bounds}`;
}

function defaultText(row: SettingRow): string {
  if (row.default === undefined) return row.required === true ? '**required**' : '–';
  const value = defaultOf(row);
  return code(typeof value === 'string' ? value : JSON.stringify(value));
}

const editTexts: Readonly<Record<SettingEdit, string>> = {
  'in-place': 'in place',
  'drops-connections': 'drops connections',
  'changes-address': 'changes the address: needs approval',
  'only-at-creation': 'no effect on what exists',
};

/** The reference of all annotations: the portable ones, those of each provider, and the other clouds' words for internal. */
export function annotationsMarkdown(providers: readonly { readonly kind: string; readonly settings: AnySettingsTable }[]): string {
  const section = (title: string, table: AnySettingsTable): string[] => {
    const rows = annotationRows(table);
    return [
      `## ${title}`,
      rows.length === 0
        ? 'No annotations.'
        : markdownTable(['Annotation', 'Value', 'Default', 'A later edit', 'What it does', 'Since'], rows),
    ];
  };
  return [
    '# Annotations',
    'What a Service may say. A Service wins over its class, a class over the default. Two annotations that say different things are refused, both named; ' +
      'an unknown one under `portolan.dev/` is refused; one of another controller that has no effect here is served and shown in the condition `portolan.dev/Degraded`.',
    ...section('On every provider', portableRows),
    ...providers.flatMap(({ kind, settings }) => section(`Provider ${code(kind)}`, settings)),
    '## Words to the controller',
    markdownTable(
      ['Annotation', 'What it does'],
      [
        [code(controlKeys.approve), 'Allows a change that is held: the code from the condition, or several separated by commas.'],
        [
          code(controlKeys.release),
          '`"true"` releases the load balancer: its marks are taken off, it goes on serving, and the Service is left alone while this stands. Any other value is refused.',
        ],
        [code(controlKeys.group), 'Reserved for Services that share a load balancer; refused for now.'],
      ],
    ),
    "## Other clouds' words for internal",
    'They mean internal on every provider. Their words for public count only on the provider they belong to.',
    markdownTable(
      ['Annotation', 'Cloud', 'Internal', 'Public'],
      internalAnnotations.map(({ key, cloud, internal, public: open }) => [
        code(key),
        cloud,
        internal === 'any' ? 'any other value' : internal.map(code).join(', '),
        open.map((value) => (value === '' ? 'empty' : code(value))).join(', '),
      ]),
    ),
    '',
  ].join('\n\n');
}

function annotationRows(table: AnySettingsTable): readonly (readonly string[])[] {
  return Object.values<SettingRow>(table).flatMap((row) => {
    const [first, ...others] = row.annotations ?? [];
    if (first === undefined) return [];
    const also = others.length === 0 ? '' : ` Also ${others.map(code).join(', ')}.`;
    return [[code(first), valueText(row), defaultText(row), editTexts[row.edit], row.text + also, row.since]];
  });
}
