import { describe, expect, it } from 'vitest';
import { goneFor, specFor } from '../../test/fixtures/specs.ts';
import { stepFor } from '../../test/fixtures/steps.ts';
import { defaultGuard } from '../model/load-balancer-class.ts';
import type { AnyPlan, AnyStep, Claim } from '../model/plan.ts';
import { isFrozen, type Want } from '../model/spec.ts';
import type { AnyProvider } from '../provider.ts';
import type { GuardRules } from './guard.ts';
import { frozenOfSpec, judge } from './judge.ts';

const claim: Claim = { loses: ['192.0.2.1'], because: [] };
const members = stepFor('members', { membersOnly: true, disruption: 'drains' });
const loss = stepFor('address', { disruption: 'changes-address', claim });
const spec = specFor({ ports: { 'TCP/80': 30080, 'UDP/53': 30053 } });
const waiting = (text: string) => ({ reason: 'Pending', text }) as const;

/** Judges the plans that a provider makes of the want and of `Frozen`. */
async function judged(
  want: Want<unknown>,
  plan: AnyPlan,
  frozen: AnyPlan = { steps: [], refusals: [] },
  policy: GuardRules['policy'] = defaultGuard,
) {
  const wants: Want<unknown>[] = [];
  const planFor = (asked: Want<unknown>) => {
    wants.push(asked);
    return wants.length === 1 ? plan : frozen;
  };
  const provider = { plan: planFor } as unknown as AnyProvider; // nothing else of it is asked
  return { ...(await judge(provider, want, null, { policy, approvals: new Set(), byClass: false })), wants };
}

const plan = (...steps: readonly AnyStep[]): AnyPlan => ({ steps, refusals: [] });

describe('what is carried out', () => {
  it('is the plan, in order and with its wait, where nothing stands against it', async () => {
    const asked = { ...plan(members, stepFor('listener')), wait: waiting('first') };
    expect(await judged(spec, asked)).toEqual({ plan: asked, held: [], active: spec, steps: asked.steps, wait: asked.wait, wants: [spec] });
  });

  it('is the plan of Frozen with its own wait where anything is held; the plan asked for is shown', async () => {
    const asked = { ...plan(loss, stepFor('listener')), wait: waiting('asked') };
    const answer = await judged(spec, asked, { ...plan(members), wait: waiting('frozen') });

    expect(answer.plan).toBe(asked);
    expect(answer.held).toMatchObject([{ steps: ['address'] }]);
    expect(answer.steps).toEqual([members]);
    expect(answer.wait?.text).toBe('frozen');
    expect(answer.active).toBe(answer.wants[1]);
    expect(isFrozen(answer.active)).toBe(true);
  });

  it('is the plan of Frozen where the plan refuses', async () => {
    const refusal = { reason: 'AddressInUse', text: 't' } as const;
    const answer = await judged(spec, { steps: [], refusals: [refusal] }, plan(members));

    expect(answer).toMatchObject({ plan: { refusals: [refusal] }, held: [], active: { frozen: true }, steps: [members] });
  });

  it('is nothing of a plan for Frozen of which anything is held: there is nothing more careful to do instead', async () => {
    const frozen = frozenOfSpec(spec);
    const careful = { ...defaultGuard, drains: 'approve' } as const;
    const answer = await judged(frozen, plan(members), plan(), careful);

    expect(answer).toMatchObject({ held: [{ steps: ['members'] }], active: frozen, steps: [], wants: [frozen] });
  });

  it('is a deletion, without being asked', async () => {
    const removal = stepFor('all', { verb: 'delete', disruption: 'destroys', claim });
    expect((await judged(goneFor(), plan(removal))).steps).toEqual([removal]);
  });

  it('is nothing where the plan of Frozen does more than it may', async () => {
    await expect(judged(spec, plan(loss), plan(stepFor('listener')))).rejects.toMatchObject({ code: 'ProviderBug' });
  });
});

it('a frozen load balancer keeps the members and node ports of its spec', () => {
  expect(frozenOfSpec(spec)).toEqual({
    frozen: true,
    owner: spec.owner,
    members: spec.members,
    membersDigest: spec.membersDigest,
    nodePorts: [
      { id: 'TCP/80', nodePort: 30080 },
      { id: 'UDP/53', nodePort: 30053 },
    ],
  });
});
