import { isFrozen, isGone, isSpec } from '../../model/spec.ts';
import type { AtRest, ServiceAtRest } from './at-rest.ts';
import type { Oracle } from './oracle.ts';

/** Somebody who begins anew with what the Services say and what the cloud has finds nothing to do. */
export const secondPlanEmpty: Oracle<AtRest> = {
  name: 'second plan empty',
  rows: ['idea-1', 'B11', 'A6'],
  promise: 'at rest the plan for what is wanted has no step and waits for nothing',
  violations: ({ services }) =>
    services.flatMap(({ view, class: klass, judgement }) => {
      if (judgement === undefined || klass?.mode === 'plan-only') return [];
      const steps = judgement.steps.map(({ id, summary }) => `${view.key}: step ${id} (${summary}) is left to do`);
      return judgement.wait === undefined ? steps : [...steps, `${view.key}: waits for ${judgement.wait.reason} (${judgement.wait.text})`];
    }),
};

/** No edit and no node was overlooked. */
export const lastWantIsCurrent: Oracle<AtRest> = {
  name: 'nothing overlooked',
  rows: ['A4', 'A7', 'K1', 'seed-37', 'seed-41'],
  promise: 'what the provider was asked for last is what Service and Nodes say now',
  violations: ({ services }) => services.flatMap((service) => wrongIn(service).map((text) => `${service.view.key}: ${text}`)),
};

function wrongIn({ wanted, class: klass, lastWant, intent, judgement, members }: ServiceAtRest): readonly string[] {
  // A Service that nobody had to look at since the start was never asked about.
  if (!wanted || klass?.mode === 'plan-only' || lastWant === undefined || judgement === undefined) return [];
  if (isGone(lastWant)) return ['it is wanted, and was last asked to be gone'];
  const wrong: string[] = [];
  if ((isSpec(lastWant) || isFrozen(lastWant)) && lastWant.membersDigest !== members.digest)
    wrong.push('its members were those of other nodes');
  if (intent?.kind === 'spec' && isSpec(lastWant) && lastWant.specDigest !== intent.spec.specDigest)
    wrong.push('it was asked for as it was before an edit');
  return wrong;
}
