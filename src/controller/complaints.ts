import type { ChosenNodes } from '../intent/compile.ts';
import { conditionTypes } from '../model/condition.ts';
import type { Refusal } from '../model/plan.ts';
import type { LoadBalancerClass } from '../model/load-balancer-class.ts';
import { fieldPath, type ProviderName } from '../model/ids.ts';
import type { Notice } from '../model/report.ts';
import type { ConditionWish } from './conditions.ts';
import { sentence } from './sentence.ts';

/** A classless Service that carries another controller's finalizer is not taken over silently. */
export const heldByOther = (finalizer: string): Refusal => ({
  reason: 'HeldByOther',
  text: `metadata.finalizers holds ${finalizer}, the mark of another load-balancer controller`,
});

/** Made anew at another provider it would have another address, and the old one would be nobody's. */
export const providerChanged = ({ id, provider }: LoadBalancerClass, by: ProviderName): Refusal => ({
  reason: 'ProviderChanged',
  text: `the class now names provider ${provider}, and provider ${by} has the load balancer`,
  field: fieldPath(`classes[${id}].provider`),
});

/** What is left on a released Service: the only word of ours, and true for as long as the annotation stands. */
export const released: ConditionWish = {
  type: conditionTypes.accepted,
  status: 'False',
  reason: 'Released',
  message: sentence({ reason: 'Released', text: 'Released: what serves it was left as it stands, and is not looked after here any more' }),
};

/** Nothing answers; where the Service chooses nodes, it says so. */
export function noNodes({ selector, from }: Pick<ChosenNodes, 'selector' | 'from'> = { selector: [] }): Notice {
  if (selector.length === 0 || from === undefined)
    return { reason: 'NoNodes', text: 'no node is eligible, so nothing answers', kind: 'service' };
  return {
    reason: 'NoNodes',
    text: `no eligible node is labelled ${selector.join(', ')}, so nothing answers`,
    field: from,
    remedy: 'Label a node so, or edit the selector',
    kind: 'service',
  };
}
