import { keepsMembers } from '../../controller/service-intent.ts';
import type { NodeView } from '../../model/service-view.ts';
import type { Attempt } from '../look/attempt.ts';
import type { Look } from '../look/look.ts';
import { askedOf, type Asked } from './asked.ts';
import { causesOut } from './node-causes.ts';
import { verdictOf, type Verdict } from './verdict.ts';

/** Everything there is to say of one Service. */
export interface Explanation {
  readonly look: Look;
  /** Whose it is, in a sentence. */
  readonly claim: string;
  /** Absent where it wants no load balancer of ours. */
  readonly asked?: Asked;
  /** As above. */
  readonly nodes?: Attempt<NodeSummary>;
  readonly verdict: Verdict;
}

export interface NodeSummary {
  readonly total: number;
  readonly members: number;
  /** Which nodes are meant is refused: the members are those it had. */
  readonly kept?: true;
  /** The Nodes that are no members, and why. */
  readonly out: readonly { readonly node: string; readonly causes: readonly string[] }[];
  /** Members that cannot be reached, because they have no address. */
  readonly withoutAddress: readonly string[];
}

export function explanationOf(look: Look, claim: string, nodes: Attempt<readonly NodeView[]> | undefined): Explanation {
  return {
    look,
    claim,
    ...(look.intent === undefined ? {} : { asked: askedOf(look) }),
    ...(nodes === undefined ? {} : { nodes: nodes.error === undefined ? { value: summaryOf(nodes.value, look) } : nodes }),
    verdict: verdictOf(look),
  };
}

function summaryOf(nodes: readonly NodeView[], { intent }: Look): NodeSummary {
  const selector = intent?.chosen?.selector;
  const judged = nodes.map((node) => ({ node: node.name, causes: causesOut(node, selector), reachable: node.addresses.length > 0 }));
  const members = judged.filter(({ causes }) => causes.length === 0);
  return {
    total: nodes.length,
    members: members.length,
    ...(intent !== undefined && keepsMembers(intent) ? { kept: true } : {}),
    out: judged.filter(({ causes }) => causes.length > 0).map(({ node, causes }) => ({ node, causes })),
    withoutAddress: members.filter(({ reachable }) => !reachable).map(({ node }) => node),
  };
}
