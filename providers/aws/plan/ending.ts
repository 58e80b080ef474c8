/** The steps that take a load balancer away, with all that is its own, or leave it to nobody. */
import { fieldPath, type StepId } from '../../../src/model/ids.ts';
import type { Claim, Plan, Step, Wait } from '../../../src/model/plan.ts';
import type { LoadBalancerSpec } from '../../../src/model/spec.ts';
import { ourPrefix } from '../../../src/settings/portable.ts';
import type { Ec2SecurityGroup } from '../api/ec2.ts';
import { addressesOf } from '../desired/addresses.ts';
import { isLost, isPublished } from '../desired/choose.ts';
import type { Replaces } from '../desired/desired.ts';
import type { Have, HaveLoadBalancer, HaveTargetGroup } from '../observe/have.ts';
import type { Operation } from '../operation.ts';
import type { Settings } from '../settings/settings.ts';
import { unprotect } from './protection.ts';
import { carries, step } from './step.ts';

/**
 * The Service is gone, or is no load balancer any more. Amazon refuses what is protected from deletion, and that is argued with
 * only where these settings say, or have come to say, that it is not to be.
 */
export function deletion(have: Have, settings: Settings | undefined): Plan<Operation> {
  const balancers = have.loadBalancers.flatMap((each) => {
    const before = unprotect(each, settings);
    return [...before, deleteBalancer(each, ids(before))];
  });
  const before = ids(balancers);
  const groups = have.targetGroups.map((each) => deleteTargetGroup(each, before));
  const withSecurityGroups = have.securityGroups.map((group) => deleteSecurityGroup(group, []));
  if (balancers.length > 0)
    return { steps: [...balancers, ...groups], refusals: [], ...(withSecurityGroups.length > 0 ? { wait: apartWait() } : {}) };
  const left = [...groups, ...withSecurityGroups];
  const wait = left.length === 0 ? undefined : apartWaitOf(have);
  return wait === undefined ? { steps: left, refusals: [] } : { steps: [], refusals: [], wait };
}

/** Amazon takes a load balancer apart after it is gone: its network interfaces hold its security group, and it its target groups. */
const apartWait = (retryAfterMs?: number): Wait => ({
  reason: 'Pending',
  text: 'Amazon takes a load balancer apart; what belongs to it follows',
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
});

/** What is to be waited for before what belonged to a load balancer goes; undefined where it may be tried. */
export const apartWaitOf = ({ apartMs }: Pick<Have, 'apartMs'>): Wait | undefined =>
  apartMs === undefined ? undefined : apartWait(apartMs);

function deleteBalancer(have: HaveLoadBalancer, after: readonly StepId[]): Step<Operation> {
  return {
    ...ending(have, after),
    summary: `delete the load balancer ${have.name} (${have.dnsName})`,
    disruption: 'destroys',
    claim: { loses: lostWith(have), because: [] },
  };
}

/**
 * Gives up a load balancer that has a successor. The claim speaks of the old one and of what was edited only, so that it is
 * the same before the successor is made and after.
 */
export function replacement(
  want: Pick<LoadBalancerSpec<Settings>, 'published'>,
  old: HaveLoadBalancer,
  { replaces, isSuccessor }: { readonly replaces: readonly Replaces[]; readonly isSuccessor: boolean },
  after: readonly StepId[],
): Step<Operation> {
  const given = { ...ending(old, after), releases: addressesOf(old) };
  // What was begun and is not wanted any more, or could not be made, before anybody was told of it: no client can miss it.
  if ((isSuccessor || isLost(old)) && !isPublished(want, old))
    return { ...given, summary: `delete the load balancer ${old.name}, which was never published`, disruption: 'none' };
  const claim: Claim = {
    loses: lostWith(old),
    because: replaces.length > 0 ? replaces : [{ field: fieldPath('status.loadBalancer.ingress'), from: old.dnsName, to: '' }],
  };
  return { ...given, summary: `delete the load balancer ${old.name}, which has a successor`, disruption: 'changes-address', claim };
}

function ending({ name, arn, tags }: HaveLoadBalancer, after: readonly StepId[]): Step<Operation> {
  const op: Operation = { do: 'delete-load-balancer', on: arn };
  return step({ id: `load-balancer/${name}/delete`, verb: 'delete', summary: '', proof: carries(tags, arn), on: arn, after, op });
}

export function deleteTargetGroup({ name, arn, tags }: HaveTargetGroup, after: readonly StepId[]): Step<Operation> {
  return step({
    id: `target-group/${name}/delete`,
    verb: 'delete',
    summary: `delete the target group ${name}`,
    proof: carries(tags, arn),
    on: arn,
    after,
    op: { do: 'delete-target-group', on: arn },
  });
}

export function deleteSecurityGroup({ name, id, tags }: Ec2SecurityGroup, after: readonly StepId[]): Step<Operation> {
  return step({
    id: `security-group/${name}/delete`,
    verb: 'delete',
    summary: `delete the security group ${name}`,
    proof: carries(tags, id),
    on: id,
    after,
    op: { do: 'delete-security-group', on: id },
  });
}

/** Takes our marks off: it serves on, keeps its address, and nobody owns it. */
export function release(have: Have): Plan<Operation> {
  const steps = [
    ...have.loadBalancers.map((one) => ({ ...one, kind: 'load-balancer' })),
    ...have.targetGroups.map((one) => ({ ...one, kind: 'target-group' })),
    ...have.securityGroups.map((one) => ({ ...one, arn: one.id, kind: 'security-group' })),
  ].map(({ kind, name, arn, tags }) =>
    step({
      id: `${kind}/${name}/release`,
      verb: 'update',
      summary: `release ${name}: it serves on and is nobody's`,
      proof: carries(tags, arn),
      on: arn,
      op: { do: 'remove-tags', on: [arn], keys: Object.keys(tags).filter((key) => key.startsWith(ourPrefix)) },
    }),
  );
  return { steps, refusals: [] };
}

const ids = (steps: readonly Step<Operation>[]): readonly StepId[] => steps.map(({ id }) => id);

/** An ARN is never used twice: an old approval is never good for another load balancer of that name. */
const lostWith = (have: HaveLoadBalancer): readonly string[] => [`address ${have.dnsName} (${have.arn})`];
