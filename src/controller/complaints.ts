import type { Refusal } from '../model/plan.ts';
import type { Notice } from '../model/report.ts';

/** A classless Service that carries another controller's finalizer is not taken over silently. */
export const heldByOther = (finalizer: string): Refusal => ({
  reason: 'HeldByOther',
  text: `metadata.finalizers holds ${finalizer}, the mark of another load-balancer controller`,
});

export const noNodes: Notice = { reason: 'NoNodes', text: 'no node is eligible, so nothing answers', kind: 'service' };
