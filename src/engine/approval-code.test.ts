import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fieldPath, serviceLoadBalancer, serviceUid } from '../model/ids.ts';
import type { Claim } from '../model/plan.ts';
import { approvalCode, parseApprovals } from './approval-code.ts';

const key = serviceLoadBalancer(serviceUid('a'));
const cause = (field: string, from = 'old', to = 'new') => ({ field: fieldPath(field), from, to });
const claim: Claim = { loses: ['192.0.2.1', 'listener TCP/80'], because: [cause('spec.type'), cause('spec.ipFamilies')] };

describe('the code of a claim', () => {
  it('is short enough to be typed, and stands still from version to version', () => {
    expect(approvalCode(key, { loses: ['192.0.2.1'], because: [cause('spec.type')] })).toBe('92c29d1913');
  });

  it('asks neither for the order of what is lost and why, nor how often something is named', () => {
    const other = { loses: [...claim.loses.toReversed(), 'listener TCP/80'], because: claim.because.toReversed() };
    expect(approvalCode(key, other)).toBe(approvalCode(key, claim));
  });

  it('tells apart two load balancers, two losses, and two reasons, down to each value', () => {
    const because = (changed: ReturnType<typeof cause>): Claim => ({ ...claim, because: [changed] });
    const codes = [
      approvalCode(key, claim),
      approvalCode(serviceLoadBalancer(serviceUid('b')), claim),
      approvalCode(key, { ...claim, loses: ['192.0.2.1'] }),
      approvalCode(key, { ...claim, loses: ['192.0.2.2', 'listener TCP/80'] }),
      approvalCode(key, { ...claim, because: [] }),
      approvalCode(key, because(cause('spec.type'))),
      approvalCode(key, because(cause('spec.other'))),
      approvalCode(key, because(cause('spec.type', 'older'))),
      approvalCode(key, because(cause('spec.type', 'old', 'newer'))),
    ];
    expect(new Set(codes).size).toBe(codes.length);
  });

  it('is the same only for the same claim (property)', () => {
    const word = fc.constantFrom('x', 'y', 'z');
    const claims = fc.record({
      loses: fc.uniqueArray(word),
      because: fc.uniqueArray(fc.record({ field: word.map(fieldPath), from: word, to: word }), {
        selector: ({ field, from, to }) => `${field} ${from} ${to}`,
        maxLength: 3,
      }),
    });
    const said = ({ loses, because }: Claim) =>
      JSON.stringify([loses.toSorted(), because.map(({ field, from, to }) => [field, from, to].join(' ')).toSorted()]);
    fc.assert(
      fc.property(claims, claims, (one, other) => {
        expect(approvalCode(key, one) === approvalCode(key, other)).toBe(said(one) === said(other));
      }),
    );
  });
});

describe('the annotation', () => {
  it('is a list with commas; blanks are nothing', () => {
    expect([...parseApprovals(' a1, b2 ,,\tc3\n')]).toEqual(['a1', 'b2', 'c3']);
    for (const nothing of [undefined, '', ' ', ',', ' , ']) expect([...parseApprovals(nothing)]).toEqual([]);
  });
});
