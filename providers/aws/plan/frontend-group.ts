/** The security group in front of a load balancer: who may connect. What lets in comes before what shuts out. */
import { digestOf } from '../../../src/model/digest.ts';
import { fieldPath } from '../../../src/model/ids.ts';
import { marksOf, type Marks } from '../../../src/model/owner.ts';
import type { Claim, Step } from '../../../src/model/plan.ts';
import type { LoadBalancerSpec } from '../../../src/model/spec.ts';
import { contains, type Cidr, type IpAddress } from '../../../src/net/ip.ts';
import type { Ec2Rule, Ec2SecurityGroup } from '../api/ec2.ts';
import type { Desired } from '../desired/desired.ts';
import { weightOf } from '../desired/quotas.ts';
import { ruleKey } from '../desired/security-rules.ts';
import type { Operation } from '../operation.ts';
import type { Settings } from '../settings/settings.ts';
import { outputOf, sources, type Planned, type Ref } from './made.ts';
import { carries, step } from './step.ts';

type Frontend = NonNullable<Desired['frontend']>;

/** The group, with all that must be let in. */
export function openFrontend(
  { owner }: Pick<LoadBalancerSpec<Settings>, 'owner'>,
  { name, rules }: Frontend,
  { tags }: Desired['loadBalancer'],
  vpcId: string,
  have: Ec2SecurityGroup | undefined,
): Planned {
  const marks = marksOf(owner);
  if (have !== undefined) {
    const missing = rules.filter((rule) => !have.ingress.some((there) => ruleKey(there) === ruleKey(rule)));
    return { ref: have.id, steps: missing.length === 0 ? [] : [authorize(name, have.id, missing, marks, { have, rules })] };
  }
  const services = owner.services.map((service) => service.name).join(', ');
  const create = step({
    id: `security-group/${name}/create`,
    verb: 'create',
    summary: `create the security group ${name} of those who may connect`,
    proof: { willMark: marks },
    op: { do: 'create-security-group', of: { name, description: `portolan ${services}`, vpcId, tags } },
  });
  return { ref: outputOf(create), steps: [create, ...(rules.length === 0 ? [] : [authorize(name, outputOf(create), rules, marks)])] };
}

function authorize(
  name: string,
  on: Ref,
  rules: readonly Ec2Rule[],
  marks: Marks,
  { have, rules: all = [] }: { readonly have?: Ec2SecurityGroup; readonly rules?: readonly Ec2Rule[] } = {},
): Step<Operation> {
  const isListed = [...all, ...(have?.ingress ?? [])].some(({ source }) => 'prefixList' in source);
  const mayLackRoom = have !== undefined && isListed && extraOf(have, all).length > 0;
  return step({
    id: `security-group/${name}/authorize/${digestOf(rules.map(ruleKey)).slice(0, 8)}`,
    verb: have === undefined ? 'create' : 'update',
    summary: `let ${textOf(rules)} in (${name})`,
    proof: have === undefined ? { willMark: marks } : carries(have.tags, have.id),
    after: sources(on),
    op: { do: 'authorize', on, rules, tags: marks, ...(mayLackRoom ? { mayLackRoom } : {}) },
  });
}

/**
 * Whether old and new rules are too many for one group at a time: then what shuts out must come before what lets in. How many
 * a prefix list counts for, only Amazon knows: there it is tried, since who mistypes one must not shut everybody out.
 */
export function isTight({ rules }: Frontend, have: Ec2SecurityGroup | undefined, quota: number): boolean {
  const all = new Map([...rules, ...(have?.ingress ?? [])].map((rule) => [ruleKey(rule), rule]));
  return weightOf([...all.values()]) > quota;
}

const extraOf = (have: Ec2SecurityGroup, rules: readonly Ec2Rule[]): readonly Ec2Rule[] =>
  have.ingress.filter((there) => !rules.some((rule) => ruleKey(rule) === ruleKey(there)));

/** What must not be let in any more, after all else. Whoever is let in by another rule notices nothing. */
export function closeFrontend(
  want: Pick<LoadBalancerSpec<Settings>, 'sourceRanges' | 'origin'>,
  { name, rules }: Frontend,
  have: Ec2SecurityGroup | undefined,
  after: Step<Operation>['after'],
): readonly Step<Operation>[] {
  const extra = have === undefined ? [] : extraOf(have, rules);
  if (have === undefined || extra.length === 0) return [];
  const shutOut = extra.filter(
    (rule) => rules.some((other) => isSameDoor(rule, other)) && !rules.some((other) => isCoveredBy(rule, other)),
  );
  const claim: Claim = {
    loses: shutOut.map((rule) => `clients let in by ${ruleKey(rule)} (${have.id})`).sort(),
    because: [
      {
        field: want.origin.sourceRanges ?? fieldPath('spec.loadBalancerSourceRanges'),
        // Not all that is let in now: what was let in first, a moment ago, must not make another claim of it.
        from: sourcesText(shutOut),
        to: sourcesText(rules),
      },
    ],
  };
  const close = step({
    id: `security-group/${name}/revoke`,
    verb: 'update',
    summary: `let ${textOf(extra)} in no longer (${name})`,
    proof: carries(have.tags, have.id),
    on: have.id,
    after,
    ...(shutOut.length === 0 ? {} : { disruption: 'drops-connections', claim }),
    op: { do: 'revoke', on: have.id, rules: extra.flatMap(({ id }) => id ?? []) },
  });
  return [close];
}

const isSameDoor = (a: Ec2Rule, b: Ec2Rule): boolean => a.protocol === b.protocol && a.fromPort === b.fromPort && a.toPort === b.toPort;

function isCoveredBy(rule: Ec2Rule, other: Ec2Rule): boolean {
  if (!isSameDoor(rule, other) || !('cidr' in rule.source) || !('cidr' in other.source)) return false;
  const [[network = '', bits], [, otherBits]] = [rule.source.cidr.split('/'), other.source.cidr.split('/')];
  // A Cidr holds a canonical address before its slash.
  return Number(otherBits) <= Number(bits) && contains(other.source.cidr as Cidr, network as IpAddress); // parsed where it came in
}

const sourceOf = ({ source }: Ec2Rule): string =>
  'cidr' in source ? source.cidr : 'prefixList' in source ? source.prefixList : source.group;
const sourcesText = (rules: readonly Ec2Rule[]): string => [...new Set(rules.map(sourceOf))].sort().join(',');

const shown = 5;
function textOf(rules: readonly Ec2Rule[]): string {
  const all = [...new Set(rules.map((rule) => `${sourceOf(rule)} to ${rule.protocol} ${rule.fromPort}`))];
  return `${all.slice(0, shown).join(', ')}${all.length > shown ? ` and ${all.length - shown} more` : ''}`;
}
