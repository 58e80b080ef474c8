import { fieldPath, settingName, type FieldPath } from '../model/ids.ts';
import type { Refusal } from '../model/plan.ts';
import { portableRows } from './portable.ts';
import type { AnySettingsTable, SettingRow } from './row.ts';
import { agreed, spellingsOf, type Said } from './spellings.ts';

/** Labels a node must all have to be chosen: `key=value`, or `key` alone for any value. Sorted, each once; empty chooses every node. */
export type NodeSelector = readonly string[];

const label = /^(?:[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9](?:[-\w.]{0,61}[A-Za-z0-9])?$/;
const labelValue = /^(?:[A-Za-z0-9](?:[-\w.]{0,61}[A-Za-z0-9])?)?$/;

/**
 * The selector the Service asks for, else its class; every node where nobody asks. What cannot be read goes to `refusals`
 * and makes it `unreadable`: nobody can tell then which nodes are meant.
 */
export function readNodeSelector(
  table: AnySettingsTable,
  annotations: Readonly<Record<string, string>>,
  classSettings: Readonly<Record<string, unknown>>,
  refusals: Refusal[],
): Said<NodeSelector> | 'unreadable' | undefined {
  const rows: readonly (readonly [string, SettingRow])[] = [['nodeSelector', portableRows.nodeSelector], ...Object.entries(table)];
  const choosing = rows.filter(([, row]) => row.sets === 'node-selector');
  const found: Refusal[] = [];
  const said = choosing.flatMap(([, row]) => spellingsOf(row, annotations, found));
  const ofClass = choosing
    .filter(([name]) => classSettings[name] !== undefined)
    .map(([name]) => ({ value: classSettings[name], from: fieldPath(`settings.${settingName(name)}`) }));
  const parsed = (said.length > 0 ? said : ofClass).map(({ value, from }) => ({
    value: parse([value].flat().map(String), from, found),
    from,
  }));
  const one = agreed(parsed, found);
  refusals.push(...found);
  return found.length > 0 ? 'unreadable' : one;
}

function parse(items: readonly string[], from: FieldPath, refusals: Refusal[]): NodeSelector {
  const values = new Map<string, string>();
  for (const item of items) {
    const [key = '', ...rest] = item.split('=').map((part) => part.trim());
    const value = rest.join('=');
    const before = values.get(key);
    if (!label.test(key) || !labelValue.test(value)) refusals.push(wrong(`${JSON.stringify(item)} is no label, such as pool=edge`, from));
    else if (before !== undefined && before !== value) refusals.push(wrong(`no node has two values of the label ${key}`, from));
    values.set(key, value);
  }
  return Object.freeze([...values].map(([key, value]) => (value === '' ? key : `${key}=${value}`)).sort());
}

const wrong = (text: string, field: FieldPath): Refusal => ({ reason: 'InvalidSetting', text, field });
