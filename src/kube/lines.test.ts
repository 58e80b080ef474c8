import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { linesOf } from './lines.ts';

async function* cut(bytes: Buffer, sizes: readonly number[]): AsyncIterable<Uint8Array> {
  let at = 0;
  for (const size of [...sizes, bytes.length]) {
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

const all = async (lines: AsyncIterable<string>): Promise<string[]> => {
  const found: string[] = [];
  for await (const line of lines) found.push(line);
  return found;
};

it('finds the same lines however the bytes are cut, also within a character', async () => {
  const line = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !text.includes('\n'));
  await fc.assert(
    fc.asyncProperty(fc.array(line), fc.array(fc.integer({ min: 0, max: 9 })), async (lines, sizes) => {
      const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(''));
      expect(await all(linesOf(cut(bytes, sizes)))).toEqual(lines.map((text) => Buffer.from(text).toString()));
    }),
  );
});

it('drops empty lines and a last line that was cut off', async () => {
  expect(await all(linesOf(cut(Buffer.from('\n{"a":1}\n\n{"b"'), [])))).toEqual(['{"a":1}']);
});
