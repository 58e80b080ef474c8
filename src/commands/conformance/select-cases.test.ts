import { expect, test } from 'vitest';
import type { ConformanceCase } from '../../conformance/case.ts';
import { selectCases } from './select-cases.ts';

const cases = ['life/create', 'life/delete', 'ports/sctp', 'ports/a+b'].map((id): ConformanceCase => ({ id, title: id, steps: [] }));
const ids = (areas: readonly string[], patterns: readonly string[]) => selectCases(cases, areas, patterns).map(({ id }) => id);

test('all where nothing is chosen', () => {
  expect(ids([], [])).toHaveLength(4);
});

test('by area, by name, by pattern, together, in the order of the suite', () => {
  expect(ids(['ports'], [])).toEqual(['ports/sctp', 'ports/a+b']);
  expect(ids([], ['life/delete'])).toEqual(['life/delete']);
  expect(ids([], ['*/s*', 'life/*'])).toEqual(['life/create', 'life/delete', 'ports/sctp']);
  expect(ids(['life'], ['*sctp'])).toEqual(['life/create', 'life/delete', 'ports/sctp']);
});

test('a name is no regular expression, and no part of one', () => {
  expect(ids([], ['ports/a+b'])).toEqual(['ports/a+b']);
  expect(() => ids([], ['create'])).toThrow();
  expect(() => ids([], ['life.create'])).toThrow();
});

test('what is not there is refused, with the nearest name', () => {
  expect(() => ids(['port'], [])).toThrow('--area port: there is no area of that name (did you mean ports?)');
  expect(() => ids([], ['life/creat'])).toThrow('--case life/creat: there is no case of that name (did you mean life/create?)');
  expect(() => ids([], ['x*'])).toThrow(expect.objectContaining({ code: 'InvalidFlag', field: '--case' }));
});
