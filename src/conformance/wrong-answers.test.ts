import { expect, it } from 'vitest';
import { ownerFor } from '../../test/fixtures/specs.ts';
import { stepFor } from '../../test/fixtures/steps.ts';
import { marksOf } from '../model/owner.ts';
import { spoiled, wrongAnswers, type WrongAnswer } from './wrong-answers.ts';

const owner = ownerFor('a');
const plan = { steps: [stepFor('x', { membersOnly: true, claim: { loses: ['y'], because: [] } })], refusals: [] };
const report = { ingress: [{ ip: '192.0.2.1' }], listeners: [{ id: 'TCP/80', state: 'pending' }], notices: [] };
const ofReports: readonly WrongAnswer[] = ['other-listeners', 'no-listeners', 'strange-state', 'no-address', 'unknown-address'];

it.each(wrongAnswers.filter((how) => how !== 'empty'))('%s is not the right answer, and leaves that as it is', (how) => {
  const right = ofReports.includes(how) ? report : plan;
  const before = structuredClone(right);

  expect(spoiled<unknown>(right, how, owner)).not.toEqual(right);
  expect(right).toEqual(before);
});

it('the proof of another owner is that of the same load balancer in another cluster', () => {
  const { steps } = spoiled(plan, 'another-owner', owner);

  expect(steps[0]?.proof).toEqual({ marks: { ...marksOf(owner), 'portolan.dev/cluster': 'somebody-elses-cluster' }, on: 'cloud-x' });
});
