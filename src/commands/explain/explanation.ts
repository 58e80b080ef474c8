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
  /** The choice of nodes is refused: what serves has the members it had; where nothing serves, nobody can tell which are meant. */
  readonly refused?: 'kept' | 'unknown';
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

function summaryOf(nodes: readonly NodeView[], look: Look): NodeSummary {
  const { intent } = look;
  const refused = refusedChoice(look);
  const selector = intent?.chosen?.selector;
  const judged = nodes.map((node) => ({ node: node.name, causes: causesOut(node, selector), reachable: node.addresses.length > 0 }));
  const members = judged.filter(({ causes }) => causes.length === 0);
  return {
    total: nodes.length,
    members: members.length,
    ...(refused === undefined ? {} : { refused }),
    out: judged.filter(({ causes }) => causes.length > 0).map(({ node, causes }) => ({ node, causes })),
    withoutAddress: members.filter(({ reachable }) => !reachable).map(({ node }) => node),
  };
}

function refusedChoice({ intent, report }: Look): NodeSummary['refused'] {
  if (intent === undefined) return undefined;
  if (report !== undefined && keepsMembers(intent)) return 'kept';
  return intent.chosen === undefined ? 'unknown' : undefined;
}
