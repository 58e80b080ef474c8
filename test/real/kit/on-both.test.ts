import { expect, test } from 'vitest';
import { differences, tableOf } from './on-both.ts';

const same = { story: 'a', embedded: 'passed', real: 'passed' };
const other = { story: 'b | c', embedded: 'passed', real: 'failed: <x>\ntrace' };
const bad = { story: 'd', embedded: 'failed: x', real: 'failed: x' };
const apart = { story: 'e', embedded: 'passed', real: '–' };

test('differs: another outcome on the real server, or a failure on either', () => {
  expect(differences([same, other, bad, apart])).toEqual([other, bad]);
});

test('the table has a line for each story and says how many differ', () => {
  expect(tableOf([same, other, apart]).split('\n')).toEqual([
    '3 stories, 2 of them told on both; 1 differ.',
    '',
    '| Story | Embedded | Real |',
    '|---|---|---|',
    '| a | passed | passed |',
    '| b \\| c | passed | failed: &lt;x> |',
    '| e | passed | – |',
  ]);
});
