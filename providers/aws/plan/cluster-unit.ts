/** What all load balancers of a cluster share: the group that its nodes let in, and one rule per protocol in the nodes' own groups. */
import { marksOf } from '../../../src/model/owner.ts';
import type { Plan, Step } from '../../../src/model/plan.ts';
import type { ClusterWant } from '../../../src/model/spec.ts';
import type { Ec2Rule, Ec2SecurityGroup } from '../api/ec2.ts';
import { ruleKey } from '../desired/security-rules.ts';
import type { Have } from '../observe/have.ts';
import type { Operation } from '../operation.ts';
import { apartWaitOf, deleteSecurityGroup } from './ending.ts';
import { outputOf, sources, type Ref } from './made.ts';
import { carries, step } from './step.ts';

/** Where kube-proxy says whether it is well. */
const kubeProxyPort = 10_256;

export interface UnitParts {
  readonly name: string;
  readonly vpcId: string | undefined;
  /** First and last. */
  readonly nodePorts: readonly [first: number, last: number];
}

export function planUnit(want: ClusterWant, have: Have, parts: UnitParts): Plan<Operation> {
  const [group] = have.securityGroups;
  const { nodeGroups } = have;
  if (!want.used) return group === undefined ? { steps: [], refusals: [] } : removal(group, have);
  if (parts.vpcId === undefined) {
    // Nobody knows where it would be; the first node tells.
    return { steps: [], refusals: [], wait: { reason: 'NoNodes', text: 'the VPC is not known before a node is' } };
  }
  const created = group === undefined ? [creation(want, parts.name, parts.vpcId)] : [];
  const ref: Ref = group?.id ?? created.map(outputOf)[0] ?? '';
  const opened = (nodeGroups?.wanted ?? []).flatMap((nodes) => letIn(want, nodes, ref, parts));
  const after = opened.map(({ id }) => id);
  const closed = group === undefined ? [] : (nodeGroups?.wanted ?? []).flatMap((nodes) => letInLess(group, nodes, parts, after));
  return { steps: [...created, ...opened, ...closed], refusals: [] };
}

function creation({ owner }: ClusterWant, name: string, vpcId: string): Step<Operation> {
  const marks = marksOf(owner);
  return step({
    id: `security-group/${name}/create`,
    verb: 'create',
    summary: `create the security group ${name}, which the nodes let in`,
    proof: { willMark: marks },
    op: { do: 'create-security-group', of: { name, description: descriptionOf(owner), vpcId, tags: marks } },
  });
}

/** Ranges in place of ports: no Service ever changes a group of the nodes, and its 60 rules are never used up. */
function wantedRules(group: string, description: string, { nodePorts: [fromPort, toPort] }: UnitParts): readonly Ec2Rule[] {
  const rule = { source: { group }, description };
  return [
    { ...rule, protocol: 'tcp', fromPort, toPort },
    { ...rule, protocol: 'udp', fromPort, toPort },
    { ...rule, protocol: 'tcp', fromPort: kubeProxyPort, toPort: kubeProxyPort },
  ];
}

function letIn(want: ClusterWant, nodes: Ec2SecurityGroup, ref: Ref, parts: UnitParts): readonly Step<Operation>[] {
  const wanted = wantedRules(typeof ref === 'string' ? ref : '', descriptionOf(want.owner), parts);
  const missing = wanted.filter((rule) => !nodes.ingress.some((there) => ruleKey(there) === ruleKey(rule)));
  if (missing.length === 0) return [];
  const rules = missing.map((rule) => (typeof ref === 'string' ? rule : { ...rule, source: { group: ref } }));
  const marks = marksOf(want.owner);
  const open = step({
    id: `node-rules/${nodes.id}/create`,
    verb: 'create',
    summary: `let the load balancers reach the nodes of ${nodes.id} (${nodes.name})`,
    proof: { willMark: marks },
    after: sources(ref),
    op: { do: 'authorize', on: nodes.id, rules, tags: marks },
  });
  return [open];
}

/** Rules of ours for another range than the present one. A group that is no node's for now is left alone: its nodes may come back. */
function letInLess(
  group: Ec2SecurityGroup,
  nodes: Ec2SecurityGroup,
  parts: UnitParts,
  after: Step<Operation>['after'],
): readonly Step<Operation>[] {
  const wanted = wantedRules(group.id, '', parts).map(ruleKey);
  const old = oursIn(group, nodes).filter((rule) => !wanted.includes(ruleKey(rule)));
  return old.length === 0 ? [] : [revocation(group, nodes, old, after)];
}

const oursIn = ({ id }: Ec2SecurityGroup, nodes: Ec2SecurityGroup): readonly Ec2Rule[] =>
  nodes.ingress.filter(({ source }) => 'group' in source && source.group === id);

function revocation(
  group: Ec2SecurityGroup,
  nodes: Ec2SecurityGroup,
  rules: readonly Ec2Rule[],
  after: Step<Operation>['after'],
): Step<Operation> {
  return step({
    id: `node-rules/${nodes.id}/delete`,
    verb: 'delete',
    summary: `take ${rules.length} rules of ${group.name} out of ${nodes.id} (${nodes.name})`,
    // The rule names our group and nothing else: it is ours by what it says.
    proof: carries(group.tags, group.id),
    on: nodes.id,
    after,
    op: { do: 'revoke', on: nodes.id, rules: rules.flatMap(({ id }) => id ?? []) },
  });
}

/** Nobody has needed it for long. What was released, or another has taken over, may still reach the nodes by it. */
function removal(group: Ec2SecurityGroup, have: Have): Plan<Operation> {
  const { nodeGroups } = have;
  if (nodeGroups === undefined || nodeGroups.usedBy.length > 0) return { steps: [], refusals: [] };
  const wait = apartWaitOf(have);
  if (wait !== undefined) return { steps: [], refusals: [], wait };
  const closed = nodeGroups.letIn.map((nodes) => revocation(group, nodes, oursIn(group, nodes), []));
  return {
    steps: [
      ...closed,
      deleteSecurityGroup(
        group,
        closed.map(({ id }) => id),
      ),
    ],
    refusals: [],
  };
}

const descriptionOf = ({ clusterId, key }: ClusterWant['owner']): string => `portolan ${clusterId} ${key}`;
