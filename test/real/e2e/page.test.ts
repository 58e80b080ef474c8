import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cellOf, pageOf, readPage, withOutcomes, withoutSeconds } from './page.ts';
import { listedTests } from './tests.ts';

const [first, second] = [listedTests[0]!, listedTests[1]!];
const passed = { name: first.name, state: 'passed', seconds: 24.3, message: '' } as const;

test('docs/reference/e2e.md is what is written of its own table, and names every listed test', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/reference/e2e.md'), 'utf8');
  const table = readPage(page);

  expect(pageOf(table)).toBe(page);
  expect([...table.keys()]).toEqual(listedTests.map(({ name }) => name));
  expect(page).not.toContain('failed');
});

test('outcomes of one mode leave the other alone', () => {
  const before = withOutcomes(new Map(), 'ccm', [first, second], [passed]);

  const after = withOutcomes(before, 'class', [first], [{ ...passed, state: 'failed' }]);

  expect(before.get(first.name)).toEqual({ class: 'not run', ccm: 'passed, 24 s' });
  expect(after.get(first.name)).toEqual({ class: 'failed, 24 s', ccm: 'passed, 24 s' });
  expect(after.get(second.name)).toEqual({ class: 'not run', ccm: 'not run' });
});

test('a table is read as it was written', () => {
  const table = withOutcomes(readPage(pageOf(new Map())), 'class', [first], [passed]);

  expect(readPage(pageOf(table))).toEqual(table);
});

test('what is left out points at its reason', () => {
  const leftOut = listedTests.find(({ leftOut }) => leftOut?.class !== undefined && leftOut.ccm === undefined)!;
  const [, number] = /^left out \((\d)\)$/.exec(cellOf(leftOut, 'class', undefined)) ?? [];

  expect(pageOf(new Map())).toContain(`\n${number}. ${leftOut.leftOut?.class}\n`);
});

test('seconds do not make two cells differ', () => {
  expect(withoutSeconds('passed, 24 s')).toBe('passed');
  expect(withoutSeconds('skips itself: Need 3, not 2 s, 6 s')).toBe('skips itself: Need 3, not 2 s');
});
