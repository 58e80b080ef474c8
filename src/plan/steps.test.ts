import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stepId, type StepId } from '../model/ids.ts';
import type { Json } from '../model/json.ts';
import { disruptions, type Step } from '../model/plan.ts';
import { marksOf } from '../model/owner.ts';
import { ownerFor } from '../../test/fixtures/specs.ts';
import { isWorse, needsClaim, worstOf } from './disruption.ts';
import { sourcesOf, withInputs } from './inputs.ts';
import { orderSteps } from './order.ts';

const step = (id: string, ...after: string[]): Step<Json> => ({
  id: stepId(id),
  after: after.map(stepId),
  verb: 'create',
  resource: { kind: 'k', name: id },
  summary: id,
  proof: { willMark: marksOf(ownerFor('a')) },
  repeat: 'safe',
  disruption: 'none',
  op: null,
});

describe('the order of steps', () => {
  it('respects what comes after what, and else stays as given', () => {
    const ordered = orderSteps([step('members', 'listener'), step('other'), step('listener', 'head'), step('head')]);
    expect(ordered.map(({ id }) => id)).toEqual(['other', 'head', 'listener', 'members']);
  });

  it.each([
    ['twice', [step('a'), step('a')], /twice/],
    ['after a stranger', [step('a', 'b')], /not in the plan/],
    ['in a circle', [step('a', 'b'), step('b', 'a')], /circle/],
  ])('refuses steps %s', (_what, steps, message) => {
    expect(() => orderSteps(steps)).toThrow(message);
  });

  it('puts no step before one it comes after, for any plan without circles (property)', () => {
    const plan = fc
      .array(fc.array(fc.nat(9), { maxLength: 3 }), { maxLength: 10 })
      .map((rows) =>
        rows.map((after, index) => step(`s${index}`, ...new Set(after.filter((other) => other < index).map((other) => `s${other}`)))),
      );
    fc.assert(
      fc.property(plan, fc.infiniteStream(fc.nat()), (steps, random) => {
        const shuffled = steps
          .map((each) => ({ each, at: random.next().value ?? 0 }))
          .toSorted((a, b) => a.at - b.at)
          .map(({ each }) => each);
        const ordered = orderSteps(shuffled);
        const seen = new Set<StepId>();
        for (const { id, after } of ordered) {
          expect(after.every((other) => seen.has(other))).toBe(true);
          seen.add(id);
        }
        expect(ordered).toHaveLength(steps.length);
      }),
    );
  });
});

describe('inputs of an operation', () => {
  const from = { from: stepId('head'), output: 'id' };

  it('are found and filled in wherever they stand', () => {
    const op: Json = { pool: { id: from }, list: [from, 'x', null, 3], flag: true, left: undefined };
    expect(sourcesOf(op)).toEqual(['head']);
    expect(withInputs(op, new Map([[stepId('head'), { id: 'lb-1' }]]))).toEqual({
      pool: { id: 'lb-1' },
      list: ['lb-1', 'x', null, 3],
      flag: true,
    });
  });

  it('make the operation impossible while one is missing', () => {
    expect(withInputs({ a: from }, new Map())).toBeUndefined();
    expect(withInputs({ a: from }, new Map([[stepId('head'), { other: 'x' }]]))).toBeUndefined();
  });

  it('are nothing that only looks like one', () => {
    for (const plain of [
      { from: 'somewhere', output: 'x', more: 1 },
      { from: 1, output: 'x' },
      { from: 'head', output: null },
      { from: 'head' },
    ]) {
      expect(withInputs(plain, new Map())).toEqual(plain);
      expect(sourcesOf(plain)).toEqual([]);
    }
  });
});

describe('disruption', () => {
  it('is ordered from nothing to everything', () => {
    expect(disruptions.map((each) => disruptions.filter((other) => isWorse(each, other)).length)).toEqual([0, 1, 2, 3, 4]);
    expect(worstOf([])).toBe('none');
    expect(worstOf(['drains', 'changes-address', 'none'])).toBe('changes-address');
    expect(disruptions.filter(needsClaim)).toEqual(['drops-connections', 'changes-address', 'destroys']);
  });
});
