import type { LbError } from '../errors.ts';
import { canonicalJson } from '../model/digest.ts';
import { parseRows } from '../settings/parse.ts';
import { portableClassRows } from '../settings/portable.ts';
import { schemeOfValue } from '../settings/read-scheme.ts';
import type { AnySettingsTable } from '../settings/row.ts';
import type { ProviderTables } from './config.ts';
import type { Path, Problem } from './yaml-source.ts';

type Mapping = Readonly<Record<string, unknown>>;

/** The connection of a provider by the rows of its kind; what is wrong is added to the problems. */
export function parseConnection(said: Mapping, path: Path, tables: ProviderTables | undefined, problems: Problem[]): Mapping {
  const { known, later } = split(said, tables?.connection ?? {}, tables);
  const parsed = tables === undefined ? undefined : parseRows(tables.connection, known, '');
  problems.push(...(parsed?.problems ?? []).map((error) => problemOf(error, path)));
  return { ...parsed?.values, ...later };
}

/** The settings of a class by the portable rows and those of its provider: only what is said. */
export function parseSettings(said: Mapping, path: Path, tables: ProviderTables | undefined, problems: Problem[]): Mapping {
  const rows: AnySettingsTable = { ...portableClassRows, ...tables?.settings };
  const parsed = tables === undefined ? undefined : parseRows(rows, split(said, rows, tables).known, '', 'only-said');
  problems.push(...(parsed?.problems ?? []).map((error) => problemOf(error, path)));
  const settings = parsed?.values ?? {};
  problems.push(...schemeProblems(rows, settings, path), ...missingRows(tables?.settings ?? {}, said, path));
  return settings;
}

/** What can be parsed now, and what only when the provider could be asked. */
function split(mapping: Mapping, rows: AnySettingsTable, tables: ProviderTables | undefined) {
  if (tables?.incomplete !== true) return { known: mapping, later: {} };
  const [known, later] = [true, false].map((has) =>
    Object.fromEntries(Object.entries(mapping).filter(([name]) => Object.hasOwn(rows, name) === has)),
  );
  return { known: known ?? {}, later: later ?? {} };
}

/** A class that says internal in one row and public in another. */
function schemeProblems(rows: AnySettingsTable, settings: Mapping, path: Path): readonly Problem[] {
  const said = Object.entries(rows).filter(([name, row]) => row.sets === 'scheme' && settings[name] !== undefined);
  const schemes = said.map(([name, row]) => schemeOfValue(row, settings[name]));
  const other = schemes.findIndex((scheme) => canonicalJson(scheme) !== canonicalJson(schemes[0]));
  if (other < 0) return [];
  return [{ path: [...path, said[other]?.[0] ?? ''], text: `${said[0]?.[0] ?? ''} and ${said[other]?.[0] ?? ''} say different things` }];
}

/** What must be set and can be set nowhere else. */
function missingRows(rows: AnySettingsTable, said: Mapping, path: Path): readonly Problem[] {
  return Object.entries(rows)
    .filter(
      ([name, row]) =>
        row.required === true && row.default === undefined && (row.annotations ?? []).length === 0 && !Object.hasOwn(said, name),
    )
    .map(([name, row]) => ({ path, text: `${name} is missing: ${row.text}` }));
}

/** An error of a row as a problem of the file: its field is a dotted path below the mapping. */
function problemOf(error: LbError, path: Path): Problem {
  const below = (error.field ?? '').split('.').filter((segment) => segment !== '');
  return { path: [...path, ...below], text: error.text };
}
