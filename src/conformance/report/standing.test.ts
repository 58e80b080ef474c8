import { describe, expect, it } from 'vitest';
import { caseResult, suiteResult } from '../../../test/builders/suite-results.ts';
import type { ContractRow, RowId, Standing } from '../rows/row.ts';
import { standingsOf, whyOf, type RowStanding } from './standing.ts';

const row = (id: RowId, standing: Standing = { proves: 'kit' }): ContractRow => ({ id, section: '1A', title: `row ${id}`, standing });

function standing(rowOf: ContractRow, ...cases: readonly ReturnType<typeof caseResult>[]): RowStanding {
  const [only] = standingsOf(suiteResult(cases), [rowOf]);
  return only?.standing ?? expect.unreachable();
}

describe('a row of the contract', () => {
  it('is proved by one passing check, whoever else could not ask', () => {
    const asked = caseResult('a/asked', [{ row: 'A1' }, { row: 'A1' }]);
    const not = caseResult('a/not', [{ row: 'A1', outcome: 'not-applicable', reason: 'lacks it' }]);

    expect(standing(row('A1'), not, asked)).toEqual({ state: 'proved', cases: ['a/asked'] });
  });

  it('has failed with one failing check, whatever else passed', () => {
    const good = caseResult('a/good', [{ row: 'A1' }]);
    const bad = caseResult('a/bad', [{ row: 'A1', outcome: 'failed', reason: 'no' }]);

    expect(standing(row('A1'), good, bad)).toEqual({ state: 'failed', cases: ['a/bad'] });
  });

  it('is refused visibly where every case became its opposite', () => {
    const refused = caseResult('a/refused', [{ row: 'A1', outcome: 'refused-visibly', reason: 'no UDP' }]);

    expect(standing(row('A1'), refused)).toEqual({ state: 'refused', cases: ['a/refused'], reasons: ['no UDP'] });
    expect(standing(row('A1'), caseResult('a/silent', [{ row: 'A1', outcome: 'refused-visibly' }]))).toMatchObject({ reasons: [] });
  });

  it('is not applicable where no case could ask, with each reason once', () => {
    const lacks = (id: string, reason: string) => caseResult(id, [{ row: 'A1', outcome: 'not-applicable', reason }]);

    expect(standing(row('A1'), lacks('a/1', 'no path'), lacks('a/2', 'no path'), lacks('a/3', 'one connection'))).toEqual({
      state: 'not-applicable',
      reasons: ['no path', 'one connection'],
    });
  });

  it('that nobody asked for says what was declared', () => {
    expect(standing(row('A1', { notApplicable: 'upstream only' }))).toEqual({ state: 'not-applicable', reasons: ['upstream only'] });
    expect(standing(row('A1', { notCovered: 'see elsewhere' }))).toEqual({ state: 'not-covered', reason: 'see elsewhere' });
  });

  it('is never proved by its declaration', () => {
    expect(standing(row('A1'))).toEqual({ state: 'not-covered', reason: 'no case of this run asks for it' });
  });

  it('is proved by a check although it was declared out of reach', () => {
    expect(standing(row('A1', { notCovered: 'see elsewhere' }), caseResult('a/b', [{ row: 'A1' }])).state).toBe('proved');
  });

  it('tells its deviation beside the proof', () => {
    const [proved] = standingsOf(suiteResult([caseResult('a/b', [{ row: 'A1' }])]), [
      row('A1', { proves: 'kit', note: 'deviation: ours' }),
    ]);

    expect(proved === undefined ? undefined : whyOf(proved)).toBe('deviation: ours');
  });
});
