import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { goneFor, ownerFor, specFor } from '../../test/fixtures/specs.ts';
import { stepFor } from '../../test/fixtures/steps.ts';
import { fieldPath } from '../model/ids.ts';
import { defaultGuard, type GuardPolicy } from '../model/load-balancer-class.ts';
import { disruptions, type Claim, type Disruption } from '../model/plan.ts';
import { approvalCode } from './approval-code.ts';
import { holdsOf, type GuardRules } from './guard.ts';

const rules = (more: Partial<GuardRules> = {}): GuardRules => ({ policy: defaultGuard, approvals: new Set(), byClass: false, ...more });
const policyOf = (answer: 'allow' | 'approve'): GuardPolicy => ({
  none: answer,
  drains: answer,
  'drops-connections': answer,
  'changes-address': answer,
  destroys: answer,
});
const losing = (what: string): Claim => ({ loses: [what], because: [{ field: fieldPath('spec.type'), from: 'a', to: 'b' }] });
const one = (disruption: Disruption) => [stepFor('x', { disruption, claim: losing('192.0.2.1') })];

describe('what may not be done unasked', () => {
  it.each(disruptions)('is what the policy says of each disruption by itself: %s', (disruption) => {
    const asked = { ...policyOf('allow'), [disruption]: 'approve' as const };
    const held = disruptions.filter((each) => holdsOf(one(each), specFor(), rules({ policy: asked })).length > 0);
    expect(held).toEqual([disruption]);
    expect(holdsOf(one(disruption), specFor(), rules({ policy: asked }))[0]?.reason).toBe('ApprovalRequired');
  });

  it('is what interrupts clients by a change nobody made to the Service, whatever the policy', () => {
    const byClass = rules({ policy: policyOf('allow'), byClass: true });
    const held = disruptions.filter((each) => holdsOf(one(each), specFor(), byClass)[0]?.reason === 'ClassChange');
    expect(held).toEqual(['drops-connections', 'changes-address', 'destroys']);
  });

  it('asks the policy, too, about what a class changes without interrupting anybody', () => {
    const careful = rules({ policy: policyOf('approve'), byClass: true });
    expect(holdsOf(one('drains'), specFor(), careful)[0]?.reason).toBe('ApprovalRequired');
  });

  it('is nothing once the load balancer is to go', () => {
    expect(holdsOf(one('destroys'), goneFor(), rules({ policy: policyOf('approve'), byClass: true }))).toEqual([]);
  });

  it('is no more what its code approves, and only that', () => {
    const steps = [
      stepFor('x', { disruption: 'destroys', claim: losing('192.0.2.1') }),
      stepFor('y', { disruption: 'destroys', claim: losing('192.0.2.2') }),
    ];
    const [first, second] = holdsOf(steps, specFor(), rules());
    expect(holdsOf(steps, specFor(), rules({ approvals: new Set([first?.code ?? '']) }))).toEqual([second]);
    expect(holdsOf(steps, specFor(), rules({ approvals: new Set([first?.code ?? '', second?.code ?? '']) }))).toEqual([]);
  });
});

describe('a loss', () => {
  it('is one with one code, however many steps make the claim, and as bad as the worst of them', () => {
    const claim = losing('192.0.2.1');
    const steps = [
      stepFor('address', { disruption: 'changes-address', claim }),
      stepFor('head', { disruption: 'destroys', claim }),
      stepFor('rest', { disruption: 'changes-address', claim }),
    ];
    expect(holdsOf(steps, specFor(), rules())).toEqual([
      {
        reason: 'ApprovalRequired',
        code: approvalCode(ownerFor('a').key, claim),
        disruption: 'destroys',
        claim,
        steps: ['address', 'head', 'rest'],
      },
    ]);
  });

  it('is what a step is about where the step claims nothing', () => {
    const held = holdsOf([stepFor('x', { summary: 'turn the lights off' })], specFor(), rules({ policy: policyOf('approve') }));
    expect(held).toMatchObject([{ claim: { loses: ['turn the lights off'], because: [] }, disruption: 'none', steps: ['x'] }]);
  });

  it('holds every step that needs asking exactly once, and no other (property)', () => {
    const step = fc.record({ disruption: fc.constantFrom(...disruptions), loses: fc.constantFrom('a', 'b', 'c') });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (drawn) => {
        const steps = drawn.map(({ disruption, loses }, index) => stepFor(`s${index}`, { disruption, claim: losing(loses) }));
        const holds = holdsOf(steps, specFor(), rules());
        const asking = steps.filter(({ disruption }) => defaultGuard[disruption] === 'approve');
        expect(holds.flatMap((held) => held.steps).sort()).toEqual(asking.map(({ id }) => id).sort());
        expect(new Set(holds.map(({ code }) => code)).size).toBe(new Set(asking.map(({ claim }) => claim?.loses[0])).size);
        for (const held of holds)
          expect(steps.some(({ disruption, id }) => disruption === held.disruption && held.steps.includes(id))).toBe(true);
      }),
    );
  });
});
