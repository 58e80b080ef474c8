import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { LineReader } from './line-reader.ts';

it('gives the same lines however the bytes are cut into pieces (property)', () => {
  const text = fc
    .array(
      fc.string({ unit: 'binary', maxLength: 20 }).map((each) => each.replaceAll('\n', '')),
      { maxLength: 5 },
    )
    .map((lines) => lines.join('\n'));
  fc.assert(
    fc.property(text, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (all, sizes) => {
      const bytes = Buffer.from(`${all}\n`);
      const reader = new LineReader(1_000);
      const lines: string[] = [];
      for (let at = 0, piece = 0; at < bytes.length; piece++) {
        const size = sizes[piece % sizes.length] ?? 1;
        const pushed = reader.push(bytes.subarray(at, at + size));
        lines.push(...pushed.lines.map(String));
        at += size;
      }
      expect(reader.push(Buffer.alloc(0)).tooLong).toBe(false);
      expect(lines).toEqual(Buffer.from(all).toString().split('\n'));
      expect(reader.unfinished).toBe(false);
    }),
  );
});

it('takes a line of the limit, and not one byte more, whether it ends or not', () => {
  expect(new LineReader(4).push(Buffer.from('abcd\nx'))).toEqual({ lines: [Buffer.from('abcd')], tooLong: false });
  expect(new LineReader(4).push(Buffer.from('ab\nabcde\n'))).toEqual({ lines: [Buffer.from('ab')], tooLong: true });
  const reader = new LineReader(4);
  expect(reader.push(Buffer.from('abc')).tooLong).toBe(false);
  expect(reader.unfinished).toBe(true);
  expect(reader.push(Buffer.from('de')).tooLong).toBe(true);
});
