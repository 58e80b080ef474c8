import type { Refusal } from '../model/plan.ts';
import type { LoadBalancerClass } from '../model/load-balancer-class.ts';
import { fieldPath, type ProviderName } from '../model/ids.ts';
import type { Notice } from '../model/report.ts';

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

export const noNodes: Notice = { reason: 'NoNodes', text: 'no node is eligible, so nothing answers', kind: 'service' };
