import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scoreOf, scoreTable, type Explained, type Mutant } from '../scripts/mutation-score.ts';
import { root } from './import-lines.ts';
import { explained } from './mutation/explained.ts';

const text = ['const a = 1;', 'if (a > 0 && a < 2) {', '  go(', '    a,', '  );', '}'].join('\n');
const mutant = (line: number, from: number, to: number, replacement: string, status: string, endLine = line): Mutant => ({
  fileName: 'src/a.ts',
  location: { start: { line, column: from }, end: { line: endLine, column: to } },
  replacement,
  status,
});
const score = (mutants: readonly Mutant[], explanations: readonly Explained[] = []) => scoreOf('a', mutants, explanations, () => text);

const killed = mutant(2, 5, 10, 'a >= 0', 'Killed');
const slow = mutant(2, 5, 10, 'true', 'Timeout');
const survived = mutant(2, 14, 19, 'a <= 2', 'Survived');
const uncovered = mutant(3, 3, 5, ';', 'NoCoverage', 5);
const why: Explained = { file: 'src/a.ts', from: 'if (a > 0 && a < 2) {', to: 'if (a > 0 && a <= 2) {', why: 'a is never 2' };

test('the score is the part of the changes that a test notices; what was left out is none', () => {
  expect(score([killed, slow, survived, uncovered, mutant(1, 1, 2, '', 'Ignored')])).toMatchObject({ changes: 4, noticed: 2, percent: 50 });
  expect(score([]).percent).toBe(100);
});

test('a change is told by its lines, before and after', () => {
  expect(score([killed, survived, uncovered]).unexplained).toEqual([
    { file: 'src/a.ts', line: 2, from: why.from, to: why.to },
    { file: 'src/a.ts', line: 3, from: 'go( a, );', to: ';' },
  ]);
});

test('an explanation covers its own change only, and none is kept that explains nothing', () => {
  expect(score([survived], [why])).toMatchObject({ unexplained: [], stale: [] });
  expect(score([killed], [why]).stale).toEqual([why]);
  expect(score([survived], [{ ...why, to: 'other' }]).unexplained).toHaveLength(1);
  expect(score([survived], [why, { ...why, file: 'src/other.ts' }]).stale).toEqual([]);
});

test('the table has a row for each module and one for all', () => {
  const rows = scoreTable([score([killed, survived], [why]), { ...score([killed, uncovered, slow]), module: 'b' }]).split('\n');
  expect(rows.map((row) => row.split(/\s{2,}/))).toEqual([
    ['module', 'changes', 'noticed', 'unexplained', 'score'],
    ['a', '2', '1', '0', '50.0 %'],
    ['b', '3', '2', '1', '66.7 %'],
    ['all', '5', '3', '1', '60.0 %'],
  ]);
});

test('each explanation is about lines that there are, and says why', () => {
  const textOf = (file: string) => readFileSync(join(root, file), 'utf8').replaceAll(/\s+/g, ' ');
  expect(explained.filter(({ file, from, why: reason }) => !textOf(file).includes(from) || reason.length < 15)).toEqual([]);
});
