import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { canonicalJson, digestOf } from './digest.ts';

it('is the same text for the same meaning, whatever the order of keys and however absence is said (property)', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (object) => {
      const reversed = Object.fromEntries(Object.entries(object).toReversed());
      expect(canonicalJson({ ...reversed, absent: undefined })).toBe(canonicalJson(object));
      expect(JSON.parse(canonicalJson(object))).toEqual(JSON.parse(JSON.stringify(object)));
    }),
  );
});

it('keeps the order of lists, and has null where a list has a hole', () => {
  expect(canonicalJson([2, undefined, 1])).toBe('[2,null,1]');
  expect(digestOf([1, 2])).not.toBe(digestOf([2, 1]));
  expect(digestOf({ a: 1 })).toMatch(/^[0-9a-f]{16}$/);
});

it.each([[Number.NaN], [Number.POSITIVE_INFINITY], [1n], [() => 1], [Symbol('s')]])('refuses what JSON cannot say: %s', (value) => {
  expect(() => canonicalJson({ value })).toThrow(TypeError);
});
