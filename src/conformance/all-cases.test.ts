import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { allCases } from './all-cases.ts';
import { rowsOf } from './run-case.ts';
import { titleOf } from './rows/contract.ts';

test('every file of cases is in the suite', () => {
  const files = readdirSync(join(import.meta.dirname, 'cases')).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
  const list = readFileSync(join(import.meta.dirname, 'all-cases.ts'), 'utf8');

  expect(files.filter((file) => !list.includes(`'./cases/${file}'`))).toEqual([]);
});

test('ids are area/story, each once', () => {
  const ids = allCases.map(({ id }) => id);

  expect(ids.filter((id) => !/^[a-z0-9-]+\/[a-z0-9-]+$/.test(id))).toEqual([]);
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
});

test('the cases of an area stand together', () => {
  const areas = allCases.map(({ id }) => id.split('/', 1)[0] ?? '');
  const runs = areas.filter((area, index) => area !== areas[index - 1]);

  expect(runs).toEqual([...new Set(areas)]);
});

test('every case proves something, and only rows that there are', () => {
  expect(allCases.filter((of) => rowsOf(of).length === 0).map(({ id }) => id)).toEqual([]);
  expect(allCases.flatMap((of) => rowsOf(of).filter((row) => titleOf(row) === undefined))).toEqual([]);
});

test('cases are data: nothing is lost when they are printed', () => {
  expect(JSON.parse(JSON.stringify(allCases))).toEqual(allCases);
});
