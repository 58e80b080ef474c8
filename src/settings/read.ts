import { fieldPath, settingName, type FieldPath, type SettingName } from '../model/ids.ts';
import type { Refusal } from '../model/plan.ts';
import type { Notice } from '../model/report.ts';
import type { Scheme } from '../model/spec.ts';
import { readNodeSelector, type NodeSelector } from './node-selector.ts';
import { restOf } from './open-key.ts';
import { coreSettings, portableRows } from './portable.ts';
import { readScheme, schemeOfValue } from './read-scheme.ts';
import type { AnySettingsTable, CoreField, SettingRow, SettingsTable } from './row.ts';
import { agreed, spellingsOf, type Said } from './spellings.ts';
import { findUnknownKeys } from './unknown-keys.ts';

/** Everything annotations, class and defaults say, by the precedence Service > class > default. */
export interface ReadSettings<S> {
  /** The provider's own. Where the Service says something unreadable: what class or default say, and `complete` is false. */
  readonly settings: S;
  readonly complete: boolean;
  /** `from` is the annotation, `classSetting` the name under which the class says it; neither where it is a mere default. */
  readonly scheme: { readonly value: Scheme; readonly from?: FieldPath; readonly classSetting?: SettingName };
  readonly requested: Said<readonly string[]> | undefined;
  readonly sourceRanges: Said<readonly string[]> | undefined;
  /** Absent: every node. */
  readonly nodeSelector: Said<NodeSelector> | 'unreadable' | undefined;
  /** The field that asks for it; where nobody asks, absent. */
  readonly proxyProtocol: FieldPath | undefined;
  /** What the Service itself says, by row name. */
  readonly explicit: readonly SettingName[];
  readonly refusals: readonly Refusal[];
  readonly notices: readonly Notice[];
}

type MovedField = keyof typeof coreSettings;
const moved = (field: CoreField | undefined): field is MovedField => field !== undefined && Object.hasOwn(coreSettings, field);

/**
 * @param annotations the Service's; only keys of rows, of the portable table and of the table of internal annotations count.
 * @param classSettings parsed values by row name, only what the configuration sets.
 */
export function readSettings<S>(
  table: SettingsTable<S>,
  annotations: Readonly<Record<string, string>>,
  classSettings: Readonly<Record<string, unknown>>,
): ReadSettings<S> {
  const rows: AnySettingsTable = table;
  const unknown = findUnknownKeys(rows, annotations);
  const [refusals, notices] = [[...unknown.refusals], [...unknown.notices]];
  const explicit: SettingName[] = [];
  const values: Record<string, unknown> = {};
  const from: Record<string, FieldPath> = {};
  const refusedBefore = refusals.length;

  for (const [name, row] of Object.entries(rows)) {
    if (row.refused !== undefined) refusals.push(...refusedOf(row, row.refused, annotations));
    if (moved(row.sets) || row.refused !== undefined) continue;
    const said = agreed(spellingsOf(row, annotations, refusals), refusals);
    const value = said === undefined ? (classSettings[name] ?? row.default) : said.value;
    if (value !== undefined) values[name] = value;
    else if (row.required === true && !refusals.some(({ field }) => row.annotations?.includes(field ?? '') === true))
      refusals.push(missing(name, row));
    if (said !== undefined) explicit.push(settingName(name));
    from[name] = said?.from ?? fieldPath(`settings.${name}`);
  }
  const complete = refusals.length === refusedBefore;

  const scheme = readScheme(rows, annotations, refusals, notices);
  const requested = readCore('requested-addresses', rows, annotations, refusals);
  const sourceRanges = readCore('source-ranges', rows, annotations, refusals);
  const nodeSelector = readNodeSelector(rows, annotations, classSettings, refusals);
  if (scheme !== undefined) explicit.push(coreSettings.scheme);
  if (requested !== undefined) explicit.push(coreSettings['requested-addresses']);
  if (sourceRanges !== undefined) explicit.push(coreSettings['source-ranges']);

  return {
    settings: values as S, // one value per row of the table, parsed by it
    complete,
    scheme: scheme === undefined ? schemeOfClass(rows, classSettings) : { value: scheme.value, from: scheme.from },
    requested,
    sourceRanges,
    nodeSelector,
    proxyProtocol: asksFor('proxy-protocol', rows, values, from),
    explicit: explicit.sort(),
    refusals,
    notices,
  };
}

function readCore(
  field: MovedField,
  table: AnySettingsTable,
  annotations: Readonly<Record<string, string>>,
  refusals: Refusal[],
): Said<readonly string[]> | undefined {
  const said: Said<readonly string[]>[] = [];
  for (const row of [...Object.values<SettingRow>(portableRows), ...Object.values(table)]) {
    if (row.sets !== field) continue;
    for (const { value, from } of spellingsOf(row, annotations, refusals)) said.push({ value: [value].flat().map(String).sort(), from });
  }
  return agreed(
    said.filter(({ value }) => value.length > 0),
    refusals,
  );
}

/** The scheme where the Service says nothing: the class's, else the provider's default, else public. */
function schemeOfClass(table: AnySettingsTable, classSettings: Readonly<Record<string, unknown>>): ReadSettings<unknown>['scheme'] {
  const rows: readonly (readonly [string, SettingRow])[] = Object.entries(table).filter(([, row]) => row.sets === 'scheme');
  for (const [name, row] of [['scheme', portableRows.scheme] as const, ...rows]) {
    if (classSettings[name] !== undefined) return { value: schemeOfValue(row, classSettings[name]), classSetting: settingName(name) };
  }
  const fallback = rows.find(([, row]) => row.default !== undefined)?.[1];
  return { value: fallback === undefined ? 'public' : schemeOfValue(fallback, fallback.default) };
}

/** The field that turned a core feature on which stays in the provider's settings. */
function asksFor(
  feature: CoreField,
  table: AnySettingsTable,
  values: Readonly<Record<string, unknown>>,
  from: Readonly<Record<string, FieldPath>>,
): FieldPath | undefined {
  for (const [name, row] of Object.entries(table)) {
    if (row.sets === feature && isOn(values[name])) return from[name];
  }
  return undefined;
}

function isOn(value: unknown): boolean {
  if (value === undefined || value === null || value === false) return false;
  if (typeof value === 'string') return !['', 'off', 'none', 'false'].includes(value);
  return typeof value !== 'object' || Object.keys(value).length > 0;
}

const refusedOf = (row: SettingRow, why: string, annotations: Readonly<Record<string, string>>): readonly Refusal[] =>
  Object.keys(annotations)
    .filter((key) => row.annotations?.some((known) => known === key || restOf(known, key) !== undefined))
    .sort()
    .map((key) => ({ reason: 'UnsupportedFeature', text: why, field: fieldPath(key), remedy: `Remove ${key}` }));

const missing = (name: string, row: SettingRow): Refusal => ({
  reason: 'InvalidSetting',
  text: `${name} is not set: ${row.text}`,
  field: fieldPath(row.annotations?.[0] ?? `settings.${name}`),
});
