import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../model/json.ts';
import { jsonMergePatch } from './patch-json-merge.ts';
import { jsonPatch } from './patch-json.ts';
import { StatusError } from './status-object.ts';

const document: JsonObject = { a: { b: [1, 2, 3] }, 'x/y': { 'm~n': 'v' } };

describe('JSON patch', () => {
  test.each<[string, Json, Json]>([
    ['adds to an object', [{ op: 'add', path: '/a/c', value: 1 }], { a: { b: [1, 2, 3], c: 1 }, 'x/y': { 'm~n': 'v' } }],
    ['adds into a list', [{ op: 'add', path: '/a/b/1', value: 9 }], { a: { b: [1, 9, 2, 3] }, 'x/y': { 'm~n': 'v' } }],
    ['adds behind a list', [{ op: 'add', path: '/a/b/-', value: 9 }], { a: { b: [1, 2, 3, 9] }, 'x/y': { 'm~n': 'v' } }],
    ['replaces in a list', [{ op: 'replace', path: '/a/b/0', value: 9 }], { a: { b: [9, 2, 3] }, 'x/y': { 'm~n': 'v' } }],
    ['removes from a list', [{ op: 'remove', path: '/a/b/0' }], { a: { b: [2, 3] }, 'x/y': { 'm~n': 'v' } }],
    ['removes from an object, by an escaped pointer', [{ op: 'remove', path: '/x~1y/m~0n' }], { a: { b: [1, 2, 3] }, 'x/y': {} }],
    ['moves', [{ op: 'move', from: '/a/b', path: '/c' }], { a: {}, 'x/y': { 'm~n': 'v' }, c: [1, 2, 3] }],
    ['copies', [{ op: 'copy', from: '/a/b/0', path: '/c' }], { a: { b: [1, 2, 3] }, 'x/y': { 'm~n': 'v' }, c: 1 }],
    ['tests', [{ op: 'test', path: '/a/b/2', value: 3 }], document],
    ['replaces everything', [{ op: 'replace', path: '', value: {} }], {}],
    [
      'changes inside of a list element',
      [
        { op: 'add', path: '/l', value: [{}] },
        { op: 'add', path: '/l/0/k', value: 1 },
      ],
      { ...document, l: [{ k: 1 }] },
    ],
  ])('%s', (_what, patch, expected) => {
    expect(jsonPatch(document, patch)).toEqual(expected);
  });

  test.each<[string, Json, number]>([
    ['is no list', {}, 400],
    ['is text', 'x', 400],
    ['has operations that are none', ['x'], 422],
    ['has an unknown operation', [{ op: 'burn', path: '/a' }], 422],
    ['has no value', [{ op: 'add', path: '/a' }], 422],
    ['has a pointer that is none', [{ op: 'add', path: 'a', value: 1 }], 422],
    ['removes what is not there', [{ op: 'remove', path: '/zz' }], 422],
    ['replaces what is not there', [{ op: 'replace', path: '/zz', value: 1 }], 422],
    ['goes through what is not there', [{ op: 'add', path: '/zz/y', value: 1 }], 422],
    ['adds far behind a list', [{ op: 'add', path: '/a/b/9', value: 1 }], 422],
    ['adds to a number', [{ op: 'add', path: '/a/b/0/x', value: 1 }], 422],
    ['fails a test', [{ op: 'test', path: '/a/b/2', value: 4 }], 422],
    ['copies what is not there', [{ op: 'copy', from: '/zz', path: '/c' }], 422],
  ])('that %s is refused', (_what, patch, code) => {
    let thrown: unknown;
    try {
      jsonPatch(document, patch);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(StatusError);
    expect(thrown).toMatchObject({ code });
  });

  test('leaves the original as it was', () => {
    const frozen = Object.freeze({ a: Object.freeze([1]) });
    expect(jsonPatch(frozen, [{ op: 'add', path: '/a/0', value: 2 }])).toEqual({ a: [2, 1] });
  });
});

test('JSON merge patch: objects merge, null takes away, everything else replaces', () => {
  expect(jsonMergePatch(document, { a: { b: null, c: { d: null } }, e: [1] })).toEqual({ a: { c: {} }, 'x/y': { 'm~n': 'v' }, e: [1] });
  expect(jsonMergePatch({ a: 1 }, { a: { b: 1 } })).toEqual({ a: { b: 1 } });
  expect(jsonMergePatch({ a: 1 }, [1])).toEqual([1]);
});
