/** Nodes of stories in few words. */
import type { ActionStep, CheckStep, NodeSetup } from './case.ts';
import type { RowId } from './rows/row.ts';

export const excludeLabel = 'node.kubernetes.io/exclude-from-external-load-balancers';

export const addNodes = (...names: readonly string[]): ActionStep => ({ do: 'add-nodes', nodes: names.map((name) => ({ name })) });
export const deleteNode = (node: string): ActionStep => ({ do: 'delete-node', node });
export const labelled = (name: string, value: string): NodeSetup => ({ name, labels: { [excludeLabel]: value } });

/** These Nodes, and no others, are what the provider was last asked to forward to. */
export const members = (rows: readonly RowId[], nodes: readonly string[], service = 'web'): CheckStep => ({
  rows,
  check: 'members',
  service,
  nodes,
});
