import { LbError } from '../errors.ts';
import { parseCidr, parseIp } from '../net/ip.ts';
import { formatDuration, parseDuration } from './duration.ts';
import { nearest } from './nearest.ts';
import type { SettingRow, SettingType } from './row.ts';

/** What a value of each type looks like, for people: in error texts and the reference pages. */
export const typeTexts: Readonly<Record<SettingType, string>> = {
  string: 'a text',
  boolean: 'true or false',
  integer: 'a whole number',
  duration: 'a duration such as 1500ms, 10s, 5m or 1h30m',
  enum: 'one of the values',
  ip: 'an IP address',
  'ip-list': 'a list of IP addresses',
  'cidr-list': 'a list of ranges such as 192.0.2.0/24',
  'string-list': 'a list of texts',
  map: 'a list of key=value pairs',
  'map-by-key': 'lists of key=value pairs',
  object: 'a mapping',
};

/** What one item of a list looks like. */
const itemTexts: Readonly<Partial<Record<SettingType, string>>> = {
  'ip-list': 'an IP address',
  'cidr-list': 'a range such as 192.0.2.0/24',
  'string-list': 'a text',
};

/** A text of type string, enum, ip or duration. @throws LbError `InvalidSetting` */
export function parseScalar(row: SettingRow, text: string, field: string): unknown {
  if (row.type === 'duration') {
    const ms = parseDuration(text);
    return ms === undefined ? wrong(row, text, field) : checkBounds(row, ms, field);
  }
  if (row.type === 'ip') return parseIp(text) ?? wrong(row, text, field);
  return row.type === 'enum' ? (valueOf(row, text) ?? wrong(row, text, field)) : text;
}

function valueOf({ values = [], anyCase }: SettingRow, text: string): string | undefined {
  const same = (value: string): boolean => value === text || (anyCase === true && value.toLowerCase() === text.toLowerCase());
  return values.find(same);
}

/** The items of a list, each as strict as Kubernetes reads it, addresses and ranges in canonical text. @throws LbError `InvalidSetting` */
export function parseItems(row: SettingRow, items: readonly unknown[], field: string): readonly string[] {
  return Object.freeze(
    items.map((item): string => {
      if (typeof item !== 'string') return wrong(row, item, field, itemTexts[row.type]);
      if (row.type === 'string-list') return item;
      const text = item.trim();
      return (row.type === 'ip-list' ? parseIp(text) : parseCidr(text)) ?? wrong(row, text, field, itemTexts[row.type]);
    }),
  );
}

/** The number, if it is within the bounds of the row. @throws LbError `InvalidSetting` */
export function checkBounds(row: SettingRow, value: number, field: string): number {
  const low = row.minimum !== undefined && value < row.minimum;
  const high = row.maximum !== undefined && value > row.maximum;
  if (!low && !high && Number.isSafeInteger(value)) return value;
  throw new LbError('InvalidSetting', `${printNumber(row, value)} is out of bounds: it must be ${boundsOf(row) || 'a whole number'}`, {
    field,
  });
}

/** `at least 1s and at most 1h`; empty where there are no bounds. */
export function boundsOf(row: SettingRow): string {
  const least = row.minimum === undefined ? [] : [`at least ${printNumber(row, row.minimum)}`];
  const most = row.maximum === undefined ? [] : [`at most ${printNumber(row, row.maximum)}`];
  return [...least, ...most].join(' and ');
}

const printNumber = (row: SettingRow, value: number): string => (row.type === 'duration' ? formatDuration(value) : String(value));

/** @throws LbError `InvalidSetting`, always: what was said, what was wanted, and for an enum the value that was meant. */
export function wrong(row: SettingRow, value: unknown, field: string, shape = typeTexts[row.type]): never {
  const said = row.secret === true ? 'the value' : quote(value);
  const wanted = row.type === 'enum' ? `one of ${(row.values ?? []).join(', ')}` : shape;
  const meant = row.type === 'enum' && typeof value === 'string' && row.secret !== true ? nearest(value, row.values ?? []) : undefined;
  const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
  throw new LbError('InvalidSetting', `${said} is not ${wanted}${hint}`, { field });
}

/** A value as an error shows it: as JSON, cut at 60 characters. */
export function quote(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length <= 60 ? text : `${text.slice(0, 57)}…`;
}
