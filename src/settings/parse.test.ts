import { describe, expect, it } from 'vitest';
import { LbError } from '../errors.ts';
import { parseConfigValue, parseRows, parseText } from './parse.ts';
import type { SettingRow } from './row.ts';

const row = (patch: Partial<SettingRow> & Pick<SettingRow, 'type'>): SettingRow => ({
  text: 'A row.',
  since: '0.1.0',
  edit: 'in-place',
  ...patch,
});
const colours = row({ type: 'enum', values: ['red', 'green'] });
const shades = row({ type: 'enum', values: ['Red', 'GREEN'], anyCase: true });
const bounded = row({ type: 'integer', minimum: 1, maximum: 10 });

function failure(run: () => unknown): LbError {
  try {
    run();
  } catch (thrown) {
    if (thrown instanceof LbError) return thrown;
    throw thrown;
  }
  throw new Error('nothing was thrown');
}

describe('annotations', () => {
  it.each<[SettingRow, string, unknown]>([
    [row({ type: 'string' }), ' gold ', 'gold'],
    [row({ type: 'string' }), '', ''],
    [row({ type: 'boolean' }), 'T', true],
    [row({ type: 'boolean' }), 'False', false],
    [row({ type: 'integer' }), '-7', -7],
    [row({ type: 'integer' }), '+010', 10],
    [row({ type: 'duration' }), '1h30m', 5_400_000],
    [colours, 'green', 'green'],
    [shades, 'rED', 'Red'],
    [shades, 'GREEN', 'GREEN'],
    [shades, 'green', 'GREEN'],
    [row({ type: 'ip' }), '2001:DB8::0:1', '2001:db8::1'],
    [row({ type: 'ip-list' }), '192.0.2.1 , 2001:db8::1', ['192.0.2.1', '2001:db8::1']],
    [row({ type: 'ip-list' }), '', []],
    [row({ type: 'cidr-list' }), '10.1.2.3/8,::/0', ['10.0.0.0/8', '::/0']],
    [row({ type: 'string-list' }), 'a, b,,', ['a', 'b']],
    [row({ type: 'map' }), 'a=b, c=d=e ,f=', { a: 'b', c: 'd=e', f: '' }],
  ])('%o reads %j', (given, text, value) => {
    expect(parseText(given, text, 'key')).toEqual(value);
  });

  it.each<[SettingRow, string, string]>([
    [row({ type: 'boolean' }), 'yes', '"yes" is not true or false'],
    [row({ type: 'integer' }), '1.5', '"1.5" is not a whole number'],
    [row({ type: 'integer' }), '', '"" is not a whole number'],
    [row({ type: 'integer' }), '99999999999999999999', '100000000000000000000 is out of bounds: it must be a whole number'],
    [bounded, '11', '11 is out of bounds: it must be at least 1 and at most 10'],
    [row({ type: 'duration', minimum: 1000 }), '500ms', '500ms is out of bounds: it must be at least 1s'],
    [row({ type: 'duration' }), '10', '"10" is not a duration such as 1500ms, 10s, 5m or 1h30m'],
    [colours, 'gren', '"gren" is not one of red, green; did you mean green?'],
    [colours, 'mauve', '"mauve" is not one of red, green'],
    [colours, 'Red', '"Red" is not one of red, green; did you mean red?'],
    [row({ type: 'ip' }), '010.0.0.1', '"010.0.0.1" is not an IP address'],
    [row({ type: 'ip-list' }), '192.0.2.1,', '"" is not an IP address'],
    [row({ type: 'cidr-list' }), '10.0.0.0/33', '"10.0.0.0/33" is not a range such as 192.0.2.0/24'],
    [row({ type: 'map' }), 'a', '"a" is not a list of key=value pairs'],
    [row({ type: 'map' }), '=a', '"=a" is not a list of key=value pairs'],
    [row({ type: 'map' }), 'a=1,a=2', '"a=2" is not a list of key=value pairs'],
    [row({ type: 'integer', secret: true }), 'hunter2', 'the value is not a whole number'],
    [row({ type: 'enum', values: ['a'], secret: true }), 'hunter2', 'the value is not one of a'],
    [row({ type: 'string', maximum: 1 }), 'x'.repeat(5), ''],
  ])('%o refuses %j', (given, text, message) => {
    if (message === '') return expect(parseText(given, text, 'key')).toBe(text); // bounds are for numbers
    expect(failure(() => parseText(given, text, 'key'))).toMatchObject({ code: 'InvalidSetting', text: message, field: 'key' });
  });

  it('a mapping has no text form', () => {
    expect(failure(() => parseText(row({ type: 'object' }), 'a', 'key')).code).toBe('ProviderBug');
  });

  it('lists and maps are frozen', () => {
    expect(Object.isFrozen(parseText(row({ type: 'cidr-list' }), '10.0.0.0/8', 'k'))).toBe(true);
    expect(Object.isFrozen(parseText(row({ type: 'map' }), 'a=b', 'k'))).toBe(true);
  });
});

describe('the configuration', () => {
  const group = row({
    type: 'object',
    rows: { size: row({ type: 'integer', default: 3 }), ranges: row({ type: 'cidr-list', required: true }), note: row({ type: 'string' }) },
  });

  it.each<[SettingRow, unknown, unknown]>([
    [row({ type: 'string' }), ' a ', ' a '],
    [row({ type: 'boolean' }), false, false],
    [bounded, 10, 10],
    [row({ type: 'duration' }), '10s', 10_000],
    [row({ type: 'duration' }), 0, 0],
    [colours, 'red', 'red'],
    [row({ type: 'ip' }), '::1', '::1'],
    [row({ type: 'cidr-list' }), ['10.1.0.0/8'], ['10.0.0.0/8']],
    [row({ type: 'string-list' }), [' a', ''], [' a', '']],
    [row({ type: 'map' }), { a: 'b' }, { a: 'b' }],
    [group, { ranges: [] }, { ranges: [], size: 3 }],
  ])('%o reads %j', (given, value, expected) => {
    expect(parseConfigValue(given, value, 'here')).toEqual(expected);
  });

  it.each<[SettingRow, unknown, string, string]>([
    [row({ type: 'string' }), 5, '5 is not a text', 'here'],
    [row({ type: 'boolean' }), 'true', '"true" is not true or false', 'here'],
    [row({ type: 'integer' }), 1.5, '1.5 is not a whole number', 'here'],
    [row({ type: 'integer' }), '1', '"1" is not a whole number', 'here'],
    [bounded, 0, '0 is out of bounds: it must be at least 1 and at most 10', 'here'],
    [row({ type: 'duration' }), 10, '10 is not a duration such as 1500ms, 10s, 5m or 1h30m', 'here'],
    [row({ type: 'duration', minimum: 1 }), 0, '0s is out of bounds: it must be at least 1ms', 'here'],
    [row({ type: 'cidr-list' }), '10.0.0.0/8', '"10.0.0.0/8" is not a list of ranges such as 192.0.2.0/24', 'here'],
    [row({ type: 'cidr-list' }), [{ a: 1 }], '{"a":1} is not a range such as 192.0.2.0/24', 'here'],
    [row({ type: 'map' }), ['a'], '["a"] is not a list of key=value pairs', 'here'],
    [row({ type: 'map' }), { a: 1 }, '1 is not a list of key=value pairs', 'here.a'],
    [group, null, 'null is not a mapping', 'here'],
    [group, {}, 'ranges is missing: A row.', 'here'],
    [group, { ranges: [], sise: 4 }, 'unknown key sise; did you mean size?', 'here.sise'],
    [group, { ranges: ['x'] }, '"x" is not a range such as 192.0.2.0/24', 'here.ranges'],
    [row({ type: 'integer' }), undefined, 'nothing is not a whole number', 'here'],
    [row({ type: 'integer' }), 'x'.repeat(100), `"${'x'.repeat(56)}… is not a whole number`, 'here'],
  ])('%o refuses %j', (given, value, text, field) => {
    expect(failure(() => parseConfigValue(given, value, 'here'))).toMatchObject({ text, field });
  });
});

describe('parseRows', () => {
  const table = { size: row({ type: 'integer', default: 3 }), colour: { ...colours, required: true as const } };

  it('fills in defaults and finds everything that is wrong', () => {
    expect(parseRows(table, { colour: 'red' }, 'p')).toEqual({ values: { colour: 'red', size: 3 }, problems: [] });
    const { problems } = parseRows(table, { zzzzzz: 1, size: 'x', toString: 1 }, 'p');
    expect(problems.map(({ text, field }) => `${field}: ${text}`)).toEqual([
      'p.zzzzzz: unknown key zzzzzz; known are size, colour',
      'p.size: "x" is not a whole number',
      'p.toString: unknown key toString; known are size, colour',
      'p: colour is missing: A row.',
    ]);
  });

  it('leaves out what is not said where a class sets only some', () => {
    expect(parseRows(table, {}, 'p', 'only-said')).toEqual({ values: {}, problems: [] });
  });

  it('a table without rows knows no key', () => {
    expect(parseRows({}, { a: 1 }, '').problems).toMatchObject([{ text: 'unknown key a', field: 'a' }]);
  });
});
