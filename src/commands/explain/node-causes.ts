import { isEligible, missingLabels } from '../../intent/nodes.ts';
import type { NodeView } from '../../model/service-view.ts';
import type { NodeSelector } from '../../settings/node-selector.ts';

/**
 * Everything that keeps a Node from being a member of a load balancer that wants such nodes; empty where it is one. Each mark
 * of the Node is judged alone, by the rule itself, so that nothing here can say otherwise than the controller does.
 */
export function causesOut(node: NodeView, selector: NodeSelector = []): readonly string[] {
  const bare: NodeView = { ...node, deleting: false, taintKeys: [], labels: {} };
  const causes: string[] = [];
  if (node.deleting && !isEligible({ ...bare, deleting: true })) causes.push('it is being deleted');
  for (const key of node.taintKeys) if (!isEligible({ ...bare, taintKeys: [key] })) causes.push(`taint ${key}`);
  for (const [key, value] of Object.entries(node.labels)) {
    if (!isEligible({ ...bare, labels: { [key]: value } })) causes.push(`label ${key}=${JSON.stringify(value)}`);
  }
  return [...causes, ...missingLabels(node.labels, selector).map((wanted) => `not labelled ${wanted}`)];
}
