import { execFileSync } from 'node:child_process';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { shellWords } from './shell-words.ts';

test.each([
  ['python3 provider.py', ['python3', 'provider.py']],
  ['  a\t b\n', ['a', 'b']],
  ['', []],
  ["'a b' c", ['a b', 'c']],
  ['"a b" c', ['a b', 'c']],
  [`a'b c'd`, ['ab cd']],
  ["''", ['']],
  [String.raw`a\ b`, ['a b']],
  [String.raw`'a\b'`, [String.raw`a\b`]],
  [String.raw`"a\"b\\c\d"`, [String.raw`a"b\c\d`]],
  ['$HOME `date` *', ['$HOME', '`date`', '*']],
  [`"it's"`, ["it's"]],
])('%j', (text, words) => {
  expect(shellWords(text)).toEqual(words);
});

test.each([`a 'b`, `"a`, `"a\\"`])('%j leaves a quote open', (text) => {
  expect(() => shellWords(text)).toThrow(expect.objectContaining({ code: 'InvalidFlag', field: '--command' }));
});

test('words are what a shell makes of them', () => {
  const words = fc.array(fc.string({ unit: fc.constantFrom('a', ' ', "'", '"', '\\', '-') }), { maxLength: 4 });
  fc.assert(
    fc.property(words, (list) => {
      const text = list.map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(' ');

      expect(shellWords(text)).toEqual(list);
    }),
  );

  const mixed = String.raw`one 'two three' "fo\"ur" fi\ ve ''`;
  const asShell = execFileSync('sh', ['-c', `for word in ${mixed}; do echo "[$word]"; done`], { encoding: 'utf8' });

  expect(
    `${shellWords(mixed)
      .map((word) => `[${word}]`)
      .join('\n')}\n`,
  ).toBe(asShell);
});
