import { describe, expect, it } from 'vitest';
import { checkTable } from './check-table.ts';
import { rowSchema } from './json-schema.ts';
import { restOf } from './open-key.ts';
import { parseRows } from './parse.ts';
import { readSettings } from './read.ts';
import type { SettingRow, SettingsTable } from './row.ts';

const beta = 'service.beta.kubernetes.io/aws-load-balancer-target-group-attributes';
const row: SettingRow = { type: 'map-by-key', text: 'By port.', since: '', edit: 'in-place', annotations: [`${beta}.*`] };
const plain: SettingRow = { type: 'map', text: 'All.', since: '', edit: 'in-place', annotations: [beta] };
interface Maps {
  readonly all?: Readonly<Record<string, string>>;
  readonly byPort?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}
// A row of no particular type stands for one of the parsed type here.
const table = { all: plain, byPort: row } as SettingsTable<Maps>;
const read = (annotations: Record<string, string>, classSettings: Record<string, unknown> = {}) =>
  readSettings(table, annotations, classSettings);

describe('a key with a part of the user’s own', () => {
  it('is a map for each end of it, beside the key without one', () => {
    const said = read({ [beta]: 'a=1', [`${beta}.80`]: 'a=2,b=3', [`${beta}.dns`]: '' });
    expect(said).toMatchObject({ refusals: [], notices: [], explicit: ['all', 'byPort'], complete: true });
    expect(said.settings).toEqual({ all: { a: '1' }, byPort: { 80: { a: '2', b: '3' }, dns: {} } });
  });

  it('wins over the class as a whole', () => {
    const ofClass = { byPort: { 443: { a: '9' } } };
    expect(read({}, ofClass).settings.byPort).toEqual(ofClass.byPort);
    expect(read({ [`${beta}.80`]: 'a=2' }, ofClass).settings.byPort).toEqual({ 80: { a: '2' } });
  });

  it('is refused by its whole key, and the others stand', () => {
    expect(read({ [`${beta}.80`]: 'a', [`${beta}.81`]: 'a=1' })).toMatchObject({
      complete: false,
      refusals: [{ reason: 'InvalidSetting', field: `${beta}.80` }],
      settings: { byPort: { 81: { a: '1' } } },
    });
  });

  it('needs an end', () => {
    expect(restOf(`${beta}.*`, `${beta}.`)).toBeUndefined();
    expect(restOf(`${beta}.*`, beta)).toBeUndefined();
    expect(restOf(beta, `${beta}.80`)).toBeUndefined();
    expect(restOf(`${beta}.*`, `${beta}.TCP-80`)).toBe('TCP-80');
    expect(read({ [`${beta}.`]: 'a=1' }).notices).toMatchObject([{ field: `${beta}.` }]);
  });
});

describe('in the configuration', () => {
  it('it is a mapping of mappings', () => {
    expect(parseRows(table, { byPort: { 80: { a: '1' } } }, 'settings')).toEqual({ values: { byPort: { 80: { a: '1' } } }, problems: [] });
    const bad = parseRows(table, { byPort: { 80: 'a=1', 81: {} } }, 'settings');
    expect(bad.problems.map(({ field }) => field)).toEqual(['settings.byPort.80']);
    expect(rowSchema(row)).toMatchObject({ additionalProperties: { additionalProperties: { type: 'string' } } });
  });

  it('a table whose keys do not fit their types is a bug', () => {
    expect(() => checkTable('x', table)).not.toThrow();
    expect(() => checkTable('x', { a: { ...row, annotations: [beta] } })).toThrow(/end in \.\*/);
    expect(() => checkTable('x', { a: { ...plain, annotations: [`${beta}.*`] } })).toThrow(/end in \.\*/);
  });
});
