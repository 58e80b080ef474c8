import { chosenFor, compile, type ChosenNodes, type CompileInput, type Intent } from '../intent/compile.ts';
import { frozenOf } from '../intent/frozen.ts';
import type { Members, NodeSet } from '../intent/nodes.ts';
import type { ClusterId } from '../model/ids.ts';
import type { Refusal } from '../model/plan.ts';
import type { ServiceView } from '../model/service-view.ts';
import type { Frozen } from '../model/spec.ts';
import { providerChanged } from './complaints.ts';
import { readRecord, servedBy } from './record.ts';

/** What a Service comes to for who knows what was applied to it: refused, too, where that cannot be left behind. Pure. */
export function intentOf(input: CompileInput<unknown> & { readonly nodes: NodeSet }): Intent<unknown> {
  const { service, class: klass, table, nodes } = input;
  const provider = servedBy(service, klass);
  if (provider !== klass.provider) return refused(providerChanged(klass, provider), [], chosenFor(service, table, klass.settings, nodes));
  const intent = compile(input);
  if (intent.kind === 'refused') return intent;
  const emptied = emptiedByEdit(service, intent, nodes);
  return emptied === undefined ? intent : refused(emptied, intent.notices, intent.chosen);
}

/** The want of what serves although it is refused: its members follow the nodes. Where it keeps those it has, for a look only. */
export function frozenFor(service: ServiceView, clusterId: ClusterId, intent: Intent<unknown>, all: Members): Frozen {
  return frozenOf(service, clusterId, intent.chosen === undefined || keepsMembers(intent) ? all : intent.chosen);
}

/**
 * Whether what serves keeps the very nodes it has: the Service is refused, and which nodes it means cannot be told, or it
 * means none, which is a typing error as a rule.
 */
export const keepsMembers = ({ kind, chosen }: Intent<unknown>): boolean =>
  kind === 'refused' && (chosen === undefined || choosesNone(chosen));

/**
 * An edit that chooses none of the nodes there are would take every member from a load balancer that serves: as a rule
 * somebody mistyped a label, so all stays as it stands. Nodes that were chosen once and go later are followed.
 */
function emptiedByEdit(
  { conditions }: ServiceView,
  { spec, chosen }: Extract<Intent<unknown>, { readonly kind: 'spec' }>,
  all: Members,
): Refusal | undefined {
  const record = readRecord(conditions);
  if (record === undefined || record.spec === spec.specDigest) return undefined;
  if (chosen.from === undefined || !choosesNone(chosen) || all.members.length === 0) return undefined;
  return {
    reason: 'NoNodes',
    text: `no eligible node is labelled ${chosen.selector.join(', ')}`,
    field: chosen.from,
    remedy: 'Correct it, or label nodes so: until then the load balancer keeps the nodes it has',
  };
}

const choosesNone = ({ selector, members }: ChosenNodes): boolean => selector.length > 0 && members.length === 0;

const refused = (refusal: Refusal, notices: Intent<unknown>['notices'], chosen: ChosenNodes | undefined): Intent<unknown> => ({
  kind: 'refused',
  refusals: [refusal],
  notices,
  ...(chosen === undefined ? {} : { chosen }),
});
