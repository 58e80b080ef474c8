import { expect, it } from 'vitest';
import { settingName } from '../../model/ids.ts';
import type { AnySettingsTable, SettingRow } from '../../settings/row.ts';
import { settingsSaid } from './settings-said.ts';

const row = (patch: Partial<SettingRow>): SettingRow => ({ type: 'string', text: '', since: '0.1.0', edit: 'in-place', ...patch });
const table: AnySettingsTable = {
  flavour: row({}),
  idle: row({ type: 'duration' }),
  token: row({ secret: true }),
  group: row({ type: 'object', rows: { name: row({}), password: row({ secret: true }) } }),
  tags: row({ type: 'map' }),
};

it('says who set what, and leaves defaults out', () => {
  const settings = { flavour: 'sweet', idle: 90_000, tags: { a: 'b' } };
  expect(settingsSaid(table, settings, [settingName('flavour')], { idle: 90_000 })).toEqual([
    { name: 'flavour', value: 'sweet', by: 'Service' },
    { name: 'idle', value: '1m30s', by: 'class' },
  ]);
});

it('never shows what is secret, nor what no row vouches for', () => {
  const settings = { token: 'hunter2', group: { name: 'admin', password: 'hunter2', stray: 'hunter2' } };
  const said = settingsSaid(table, settings, [], settings);
  expect(said.map(({ value }) => value)).toEqual(['(secret)', '{ name: admin, password: (secret), stray: (not shown) }']);
});

it('has nothing to say where the settings could not be read', () => {
  expect(settingsSaid(table, undefined, [], {})).toEqual([]);
});
