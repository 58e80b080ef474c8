import type { Marks } from '../../../src/model/owner.ts';
import type { Ec2Rule, Ec2SecurityGroup, NewSecurityGroup, SecurityGroupFilter } from '../api/ec2.ts';
import { refused } from './amazon-error.ts';
import type { AmazonState } from './amazon-state.ts';
import { canonicalRule, meaningOf, weigh } from './security-rules.ts';
import { checkTags } from './tag-store.ts';

const alphabet = /^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]{1,255}$/;

export function listGroups(state: AmazonState, vpcId: string | undefined, filter: SecurityGroupFilter): readonly Ec2SecurityGroup[] {
  return [...state.securityGroups.values()]
    .map((group) => ({ ...group, tags: state.tags.get(group.id) ?? {} }))
    .filter((group) => group.vpcId === (vpcId ?? group.vpcId) && matches(group, filter));
}

function matches({ id, name, ingress, tags }: Ec2SecurityGroup, filter: SecurityGroupFilter): boolean {
  if ('ids' in filter) return filter.ids.includes(id);
  if ('nameTags' in filter) return tags['Name'] !== undefined && filter.nameTags.includes(tags['Name']);
  if ('named' in filter) return name === filter.named;
  if ('lettingIn' in filter) return ingress.some(({ source }) => 'group' in source && source.group === filter.lettingIn);
  const value = tags[filter.tag];
  return value !== undefined && (filter.value === undefined || filter.value === value);
}

export function createGroup(state: AmazonState, of: NewSecurityGroup): Ec2SecurityGroup {
  if (!state.vpcs.has(of.vpcId)) throw refused('InvalidVpcID.NotFound', `no VPC ${of.vpcId}`);
  if (!alphabet.test(of.name) || of.name.startsWith('sg-')) throw refused('InvalidParameterValue', `a group cannot be called '${of.name}'`);
  if (!alphabet.test(of.description)) throw refused('InvalidParameterValue', `a group cannot be described as '${of.description}'`);
  checkTags(state, of.tags, 'ec2');
  const inVpc = [...state.securityGroups.values()].filter(({ vpcId }) => vpcId === of.vpcId);
  if (inVpc.some(({ name }) => name === of.name)) throw refused('InvalidGroup.Duplicate', `${of.vpcId} has a group '${of.name}'`);
  const limit = state.quotas.securityGroupsPerVpc;
  if (inVpc.length >= limit) throw refused('SecurityGroupLimitExceeded', `a VPC has ${limit} security groups at most`);

  const group = { id: `sg-${state.unique()}`, name: of.name, vpcId: of.vpcId, ingress: [], tags: of.tags };
  state.securityGroups.set(group.id, group);
  state.tags.set(group.id, of.tags);
  return group;
}

/** @throws LbError `ResourceInUse` while an interface, an instance, or a rule of another group has it */
export function deleteGroup(state: AmazonState, id: string): void {
  const group = state.securityGroups.get(id);
  if (group === undefined) return;
  const holders = [
    ...[...state.interfaces.values()].filter(({ securityGroups }) => securityGroups.includes(id)),
    ...[...state.instances.values()].filter(({ securityGroups, state: now }) => now !== 'terminated' && securityGroups.includes(id)),
    ...[...state.securityGroups.values()].filter((other) => other.id !== id && other.ingress.some((rule) => isFrom(rule, id))),
  ];
  const [holder] = holders;
  if (holder !== undefined) throw refused('DependencyViolation', `${id} is held by ${holder.id}`);
  state.securityGroups.delete(id);
  for (const gone of [id, ...group.ingress.map((rule) => rule.id ?? '')]) state.tags.delete(gone);
}

const isFrom = ({ source }: Ec2Rule, group: string): boolean => 'group' in source && source.group === group;

/** One that is there already is an error, whatever its description; then none is added. */
export function authorize(state: AmazonState, id: string, rules: readonly Ec2Rule[], tags: Marks): readonly Ec2Rule[] {
  const group = existing(state, id);
  checkTags(state, tags, 'ec2');
  const there = new Set(group.ingress.map(meaningOf));
  const added: (Ec2Rule & { readonly id: string })[] = [];
  for (const rule of rules) {
    const canonical = canonicalRule(state, group.vpcId, rule);
    const meaning = meaningOf(canonical);
    if (there.has(meaning)) throw refused('InvalidPermission.Duplicate', `${id} has the rule ${meaning}`);
    there.add(meaning);
    added.push({ ...canonical, id: `sgr-${state.unique()}` });
  }
  const ingress = [...group.ingress, ...added];
  const weight = weigh(state, ingress);
  const limit = state.quotas.rulesPerSecurityGroup;
  if (weight.IPv4 > limit || weight.IPv6 > limit) {
    throw refused('RulesPerSecurityGroupLimitExceeded', `a security group has ${limit} rules at most`);
  }
  state.securityGroups.set(id, { ...group, ingress });
  for (const rule of added) state.tags.set(rule.id, tags);
  return added;
}

/** One that is gone is an error, and then none is taken away; so is a group that is gone. */
export function revoke(state: AmazonState, id: string, ruleIds: readonly string[]): void {
  const group = existing(state, id);
  for (const ruleId of ruleIds) {
    if (!group.ingress.some((rule) => rule.id === ruleId))
      throw refused('InvalidSecurityGroupRuleId.NotFound', `${id} has no rule ${ruleId}`);
  }
  for (const ruleId of ruleIds) state.tags.delete(ruleId);
  const ingress = group.ingress.filter((rule) => rule.id === undefined || !ruleIds.includes(rule.id));
  state.securityGroups.set(id, { ...group, ingress });
}

function existing(state: AmazonState, id: string): Ec2SecurityGroup {
  const group = state.securityGroups.get(id);
  if (group === undefined) throw refused('InvalidGroup.NotFound', `no security group ${id}`);
  return group;
}
