import { expect, it } from 'vitest';
import { allCases } from '../../../src/conformance/all-cases.ts';
import { areaOf, rowsOf } from '../../../src/conformance/run-case.ts';
import { titleOf } from '../../../src/conformance/rows/contract.ts';
import { ownCases } from './own-cases.ts';

it('have ids of their own, by area', () => {
  const ids = ownCases.map(({ id }) => id);
  expect(ids.filter((id) => !/^aws-[a-z-]+\/[a-z0-9-]+$/.test(id))).toEqual([]);
  expect(ids.filter((id, index) => ids.indexOf(id) !== index || allCases.some((other) => other.id === id))).toEqual([]);
  const areas = ownCases.map(areaOf);
  expect(areas.filter((area, index) => area !== areas[index - 1])).toEqual([...new Set(areas)]);
});

it('prove something each, and only rows that there are', () => {
  expect(ownCases.filter((of) => rowsOf(of).length === 0).map(({ id }) => id)).toEqual([]);
  expect(ownCases.flatMap((of) => rowsOf(of).filter((row) => titleOf(row) === undefined))).toEqual([]);
});

it('are data: nothing is lost when they are printed', () => {
  expect(JSON.parse(JSON.stringify(ownCases))).toEqual(ownCases);
});
