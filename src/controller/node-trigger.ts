import { canonicalJson } from '../model/digest.ts';
import type { NodeView } from '../model/service-view.ts';
import { isEligible } from '../intent/nodes.ts';

/**
 * Whether a change of a Node is a reason for a new epoch: it came or went, its exclude label flipped, or what it is reached
 * by changed. A taint or a deletion mark alone is none, so that a node is drained by its health check first; it drops out
 * with the next epoch that something else begins (contract K4–K6). One that is not to go after all is a reason: it may have
 * dropped out meanwhile.
 */
export function beginsEpoch({ old, new: node }: { readonly old?: NodeView; readonly new?: NodeView }): boolean {
  if (old === undefined || node === undefined) return true;
  if (isEligible(node) && !isEligible(old)) return true;
  return canonicalJson(reach(old)) !== canonicalJson(reach(node));
}

/** Whether a node has other labels than before: load balancers that choose nodes by them may choose others now. */
export function relabels({ old, new: node }: { readonly old?: NodeView; readonly new?: NodeView }): boolean {
  return old !== undefined && node !== undefined && canonicalJson(old.labels) !== canonicalJson(node.labels);
}

const reach = (node: NodeView): unknown => ({
  labelled: isEligible({ ...node, taintKeys: [], deleting: false }),
  providerId: node.providerId,
  zone: node.zone,
  addresses: node.addresses,
});
