import { expect, test } from 'vitest';
import type { ConformanceCase } from '../../conformance/case.ts';
import type { ConformanceFlags } from '../conformance.ts';
import { parseRequest } from './request.ts';

const cases = ['life/create', 'ports/sctp'].map((id): ConformanceCase => ({ id, title: id, steps: [] }));
const parse = (flags: Partial<ConformanceFlags>) => parseRequest({ edits: '2000', seed: '1', output: 'text', ...flags }, cases);

test('nothing said: every case in every pass', () => {
  expect(parse({})).toEqual({ cases, passes: ['cases', 'faults', 'crash', 'fuzz'], edits: 2_000, seed: 1, reports: [], whole: true });
});

test('a choice of cases runs those alone, in the passes that are asked for', () => {
  expect(parse({ case: ['life/*'] })).toMatchObject({ cases: [cases[0]], passes: ['cases'], whole: false });
  expect(parse({ area: ['ports'], pass: ['faults', 'cases'] })).toMatchObject({
    cases: [cases[1]],
    passes: ['cases', 'faults'],
    whole: false,
  });
});

test('a pass without the cases is not the whole', () => {
  expect(parse({ pass: ['fuzz'], edits: '5', seed: '0' })).toMatchObject({ passes: ['fuzz'], edits: 5, seed: 0, whole: false });
});

test.each<[string, Partial<ConformanceFlags>, string]>([
  ['--pass', { pass: ['fuz'] }, '--pass fuz: there is no such pass (did you mean fuzz?)'],
  ['--pass', { pass: ['everything'] }, '--pass everything: there is no such pass'],
  ['--edits', { edits: '0' }, 'a whole number from 1 on'],
  ['--edits', { edits: '1e3' }, 'a whole number from 1 on'],
  ['--seed', { seed: '-1' }, 'a whole number from 0 on'],
  ['--seed', { seed: '12345678901' }, 'of nine digits at most'],
  ['--area', { area: ['lif'] }, 'did you mean life?'],
  ['--report', { report: ['x.html'] }, 'its name says no format'],
])('a wrong %s is refused: %j', (field, flags, text) => {
  expect(() => parse(flags)).toThrow(expect.objectContaining({ code: 'InvalidFlag', field }));
  expect(() => parse(flags)).toThrow(text);
});
