import type { SettingName } from '../../model/ids.ts';
import { formatDuration } from '../../settings/duration.ts';
import type { AnySettingsTable, SettingRow } from '../../settings/row.ts';

/** One of the provider's settings that is not just a default. */
export interface SettingSaid {
  readonly name: string;
  /** As it would be written; never that of a secret row. */
  readonly value: string;
  readonly by: 'Service' | 'class';
}

/** What the Service or its class says of the provider's settings; defaults are not worth a line. */
export function settingsSaid(
  table: AnySettingsTable,
  settings: unknown,
  explicit: readonly SettingName[],
  classSettings: Readonly<Record<string, unknown>>,
): readonly SettingSaid[] {
  const values = new Map(Object.entries(typeof settings === 'object' && settings !== null ? settings : {}));
  const said: SettingSaid[] = [];
  for (const [name, row] of Object.entries(table)) {
    const value: unknown = values.get(name);
    const byService = explicit.some((other) => other === name);
    if (value === undefined || (!byService && !Object.hasOwn(classSettings, name))) continue;
    said.push({ name, value: shown(row, value), by: byService ? 'Service' : 'class' });
  }
  return said;
}

function shown(row: SettingRow, value: unknown): string {
  if (row.secret === true) return '(secret)';
  if (row.type === 'duration' && typeof value === 'number') return formatDuration(value);
  if (row.type === 'object' && typeof value === 'object' && value !== null) {
    const parts = Object.entries(value).map(([name, part]) => {
      const inner = row.rows?.[name];
      // What no row vouches for might be a secret.
      return `${name}: ${inner === undefined ? '(not shown)' : shown(inner, part)}`;
    });
    return `{ ${parts.join(', ')} }`;
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
}
