import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { contractRows, sectionTitles, titleOf } from './contract.ts';
import { otherTitles } from './other-titles.ts';
import type { ContractRow } from './row.ts';

const root = join(import.meta.dirname, '../../..');
const numbers = (letter: string, last: number): readonly string[] => Array.from({ length: last }, (_, index) => `${letter}${index + 1}`);

/** How many rows each section of the contract has. */
const lastOf = { A: 12, B: 11, C: 10, D: 6, E: 7, F: 12, G: 6, H: 11, I: 12, J: 8, K: 18, L: 11, M: 10 } as const;
const scenarios = [1, 2, 3, 4, 5, 6, 7, 8, 9, 14, 15, 19, 25, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37];

const wordsOf = ({ standing }: ContractRow): string | undefined => {
  if ('proves' in standing) return standing.note;
  return 'notApplicable' in standing ? standing.notApplicable : standing.notCovered;
};

test('every row of 1A to 1M, §2 and §4 is there once, in order', () => {
  expect(contractRows.map(({ id }) => id)).toEqual([
    ...Object.entries(lastOf).flatMap(([letter, last]) => numbers(letter, last)),
    ...scenarios.map((number) => `S${number}`),
    ...numbers('P', 30),
  ]);
});

test('a row stands in the section its id names', () => {
  const wrong = contractRows.filter(({ id, section }) => section !== ({ S: '2', P: '4' }[id.charAt(0)] ?? `1${id.charAt(0)}`));

  expect(wrong).toEqual([]);
  expect([...new Set(contractRows.map(({ section }) => section))]).toEqual(Object.keys(sectionTitles).toSorted(bySection));
});

/** `1A` … `1M` before `2` and `4`: object keys that are whole numbers come first. */
const bySection = (a: string, b: string): number => (a.length === b.length ? (a < b ? -1 : 1) : b.length - a.length);

test('a title is one short line, and no two rows of a section have the same', () => {
  const long = contractRows.filter(({ title }) => title.length > 125 || title.includes('\n') || title.endsWith('.'));
  const lines = contractRows.map(({ section, title }) => `${section} ${title}`);

  expect(long).toEqual([]);
  expect(new Set(lines).size).toBe(lines.length);
});

test('what is not expected of the kit says why, and files it names exist', () => {
  const silent = contractRows.filter((row) => !('proves' in row.standing) && (wordsOf(row) ?? '').length < 15);
  const files = contractRows.flatMap((row) =>
    [...(wordsOf(row) ?? '').matchAll(/`((?:src|test|docs)\/[^`]+)`/g)].map(([, file = '']) => file),
  );

  expect(silent).toEqual([]);
  expect(files.length).toBeGreaterThan(10);
  expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
});

test('a title is found by id, of contract rows and of others; an id that nobody has is found out', () => {
  expect(titleOf('B10')).toBe('A Service that is being deleted is never ensured');
  expect(titleOf('seed-13')).toBe("Starting in one cluster deleted another's load balancers");
  expect(titleOf('A99')).toBeUndefined();
});

test('every idea, pain and planted bug has a title', () => {
  const count = (start: string): number => Object.keys(otherTitles).filter((id) => id.startsWith(start)).length;

  expect({ ideas: count('idea-'), pains: count('pain-'), seeds: count('seed-'), sections: count('design-') }).toEqual({
    ideas: 10,
    pains: 41,
    seeds: 24,
    sections: 7,
  });
});
