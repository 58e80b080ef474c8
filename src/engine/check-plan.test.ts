import { describe, expect, it } from 'vitest';
import { goneFor, ownerFor, specFor } from '../../test/fixtures/specs.ts';
import { stepFor } from '../../test/fixtures/steps.ts';
import { cloudId, listenerId, serviceKey, serviceUid, stepId } from '../model/ids.ts';
import { marksOf, type Owner } from '../model/owner.ts';
import { disruptions, type AnyStep, type Claim } from '../model/plan.ts';
import type { Want } from '../model/spec.ts';
import { checkPlan } from './check-plan.ts';
import { frozenOfSpec } from './judge.ts';

const check = (steps: readonly AnyStep[], want: Want<unknown> = specFor()) => checkPlan({ steps, refusals: [] }, want);
const on = cloudId('thing');
const marks = marksOf(ownerFor('a'));
const lost: Claim = { loses: ['x'], because: [] };
const frozen = frozenOfSpec(specFor());

describe('a plan that breaks the contract', () => {
  const broken: readonly [string, Partial<AnyStep>, string, Want<unknown>?][] = [
    [
      'deletes what carries another owner’s mark',
      { verb: 'delete', proof: { marks: marksOf(ownerFor('b')), on } },
      'would delete thing, which carries no proof of this owner',
    ],
    ['updates what carries no mark', { proof: { marks: {}, on } }, 'would update thing, which carries no proof of this owner'],
    [
      'deletes by consent',
      { verb: 'delete', proof: { consent: serviceUid('a'), to: on } },
      'would delete something that is only to be taken over',
    ],
    ['takes over by the consent of a stranger', { proof: { consent: serviceUid('z'), to: on } }, 'takes over by the consent of a stranger'],
    [
      'creates with another owner’s marks',
      { verb: 'create', proof: { willMark: marksOf(ownerFor('b')) } },
      'would create with the marks of another owner',
    ],
    ['promises marks without creating', { proof: { willMark: marks } }, 'promises to mark what it does not create'],
    ['does not say what clients notice', { disruption: undefined as unknown as 'none' }, 'says undefined of what clients notice'], // what an honest provider's types forbid
    ['has a word of its own for what clients notice', { disruption: 'hardly-any' as 'none' }, 'says hardly-any of what clients notice'], // as above
    ['does something nobody knows', { verb: 'drop' as 'delete' }, 'would drop, which is nothing to be done'], // as above
    ['destroys without saying what is lost', { disruption: 'destroys' }, 'is destroys but does not say what is lost'],
    [
      'destroys with an empty claim',
      { disruption: 'destroys', claim: { ...lost, loses: [] } },
      'is destroys but does not say what is lost',
    ],
    [
      'calls a new address a change of members',
      { membersOnly: true, disruption: 'changes-address', claim: lost },
      'changes members only, yet changes-address',
    ],
    ['creates for Gone', { verb: 'create', proof: { willMark: marks } }, 'creates something for a load balancer that is to go', goneFor()],
    ['changes more than members of Frozen', {}, 'changes more than members of a frozen load balancer', frozen],
    [
      'uses an output without coming after its step',
      { op: { id: { from: 'y', output: 'id' } } },
      'uses an output of y without coming after it',
    ],
    ['comes after a step that is not there', { after: [stepId('y')] }, 'comes after y, which is not in the plan'],
  ];

  it.each(broken)('is found, and the step is named: %s', (_what, wrong, text, want) => {
    expect(() => check([stepFor('x', wrong)], want)).toThrow(expect.objectContaining({ code: 'ProviderBug', text: `step x ${text}` }));
  });

  it('is one that refuses and has steps all the same', () => {
    const refusals = [{ reason: 'AddressInUse', text: 't' }] as const;
    expect(() => checkPlan({ steps: [stepFor('x')], refusals }, specFor())).toThrow('a plan that refuses has steps all the same');
    expect(checkPlan({ steps: [], refusals }, specFor())).toEqual([]);
  });
});

describe('a plan that keeps the contract', () => {
  it('comes back in the order its steps run in', () => {
    const use = { op: { id: { from: 'head', output: 'id' } }, after: [stepId('head')] };
    expect(check([stepFor('listener', use), stepFor('head')]).map(({ id }) => id)).toEqual(['head', 'listener']);
  });

  it('creates with the marks of its owner, deletes what carries them, and takes over with the consent of any Service served', () => {
    const create: Partial<AnyStep> = { verb: 'create', proof: { willMark: marks } };
    expect(check([stepFor('x', create)])).toHaveLength(1);
    expect(check([stepFor('x', { verb: 'delete', proof: { marks, on } })], goneFor())).toHaveLength(1);

    const [first] = ownerFor('a').services;
    const second = { uid: serviceUid('second'), name: serviceKey('shop', 'second') };
    const owner: Owner = { ...ownerFor('a'), services: first === undefined ? [] : [first, second] };
    for (const { uid } of owner.services) {
      expect(check([stepFor('x', { proof: { consent: uid, to: on } })], { ...specFor(), owner })).toHaveLength(1);
    }
  });

  it('says what is lost from the first lost connection on, and not before', () => {
    const silent = disruptions.filter((disruption) => {
      try {
        return check([stepFor('x', { disruption })]).length === 1;
      } catch {
        return false;
      }
    });
    expect(silent).toEqual(['none', 'drains']);
    for (const disruption of disruptions) expect(check([stepFor('x', { disruption, claim: lost })])).toHaveLength(1);
  });

  it('changes members of what is frozen, which may drop connections', () => {
    const members = stepFor('x', { membersOnly: true, disruption: 'drops-connections', claim: lost });
    expect(check([members], frozen)).toEqual([members]);
    expect(frozen.nodePorts).toEqual([{ id: listenerId('TCP', 80), nodePort: 30080 }]);
  });
});
