import { LbError } from '../../errors.ts';

/**
 * A command line in words, as a POSIX shell splits it: blanks separate, quotes and backslashes keep together. Nothing is
 * expanded and no shell is started: `$HOME` stays `$HOME`. @throws LbError `InvalidFlag` where a quote is left open
 */
export function shellWords(text: string): readonly string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote: '"' | "'" | undefined;
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    const next = text.charAt(at + 1);
    if (quote !== undefined && character === quote) {
      quote = undefined;
    } else if (quote === undefined && (character === '"' || character === "'")) {
      quote = character;
      word ??= ''; // '' is a word of its own
    } else if (character === '\\' && next !== '' && (quote === undefined || (quote === '"' && '"\\$`'.includes(next)))) {
      word = (word ?? '') + next;
      at++;
    } else if (quote === undefined && /\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? '') + character;
    }
  }
  if (quote !== undefined) throw new LbError('InvalidFlag', `a ${quote} is left open in ${text}`, { field: '--command' });
  return word === undefined ? words : [...words, word];
}
