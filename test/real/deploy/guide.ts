import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const guides = join(import.meta.dirname, '../../../docs/guide');

export const guideText = (name: string): Promise<string> => readFile(join(guides, name), 'utf8');

/** Every line that a guide tells the reader to type, of the sections whose headings match, in order. */
export async function guideLines(name: string, sections: RegExp): Promise<readonly string[]> {
  const text = await guideText(name);
  const [, ...parts] = text.split(/^## /m);
  const wanted = parts.filter((part) => sections.test(part.split('\n', 1)[0] ?? ''));
  return wanted.flatMap((part) => [...part.matchAll(/^ *```sh\n([\s\S]*?)^ *```$/gm)].flatMap(([, block = '']) => linesOf(block)));
}

const linesOf = (block: string): readonly string[] =>
  block
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
