/** The load balancer itself: made, or changed where it stands. */
import { canonicalJson } from '../../../src/model/digest.ts';
import { fieldPath } from '../../../src/model/ids.ts';
import { marksOf } from '../../../src/model/owner.ts';
import type { Claim, Step } from '../../../src/model/plan.ts';
import type { LoadBalancerSpec } from '../../../src/model/spec.ts';
import type { Attributes, SubnetMapping } from '../api/elb.ts';
import { attributesToSet, loadBalancerRows } from '../desired/attribute-rows.ts';
import type { Desired } from '../desired/desired.ts';
import type { FieldOf } from '../desired/findings.ts';
import { protectionTags, withProtection } from '../desired/protection.ts';
import type { HaveLoadBalancer } from '../observe/have.ts';
import type { Operation } from '../operation.ts';
import type { Settings } from '../settings/settings.ts';
import { idOf, outputOf, sources, type Planned, type Ref } from './made.ts';
import { marked } from './protection.ts';
import { carries, step, type StepParts } from './step.ts';

const familiesField = fieldPath('spec.ipFamilies');

type DesiredBalancer = Desired['loadBalancer'];

export function createBalancer(
  { owner, listeners }: Pick<LoadBalancerSpec<Settings>, 'owner' | 'listeners'>,
  desired: DesiredBalancer,
  securityGroups: readonly Ref[],
): Planned {
  const { name, scheme, ipAddressType, subnets, attributes } = desired;
  const tags = { ...desired.tags, ...protectionTags(attributes) };
  const ports = listeners.map(({ id }) => id).join(', ');
  const create = step({
    id: `load-balancer/${name}/create`,
    verb: 'create',
    summary: `create the ${scheme} load balancer ${name} for ${ports} in ${subnets.map(({ subnetId }) => subnetId).join(', ')}`,
    proof: { willMark: marksOf(owner) },
    after: sources(...securityGroups),
    op: { do: 'create-load-balancer', name, scheme, ipAddressType, subnets, securityGroups, tags },
  });
  const ref = outputOf(create);
  return { ref, steps: [create, ...attributeSteps(desired, ref, {}, { willMark: marksOf(owner) })] };
}

/** All that makes it as it should be, without another address. */
export function editBalancer(
  desired: DesiredBalancer,
  securityGroups: readonly Ref[],
  have: HaveLoadBalancer,
  fieldOf: FieldOf,
): readonly Step<Operation>[] {
  const { arn, name } = have;
  const edit = (what: string, parts: Pick<StepParts, 'summary' | 'op'> & Partial<StepParts>): Step<Operation> =>
    step({ id: `load-balancer/${name}/${what}`, verb: 'update', proof: carries(have.tags, arn), on: arn, ...parts });
  const steps: Step<Operation>[] = [];
  const ids = securityGroups.flatMap((group) => idOf(group) ?? []);
  if (ids.length < securityGroups.length || !isSame(ids.toSorted(), have.securityGroups.toSorted())) {
    const op: Operation = { do: 'set-security-groups', on: arn, securityGroups };
    steps.push(edit('security-groups', { summary: `give ${name} other security groups`, after: sources(...securityGroups), op }));
  }
  const { ipAddressType } = desired;
  const zones = zoneStep(desired, have, fieldOf, edit);
  if (zones !== undefined) steps.push(zones);
  else if (have.ipAddressType !== ipAddressType) {
    const op: Operation = { do: 'set-ip-address-type', on: arn, ipAddressType };
    const claim = familyLost(desired, have);
    steps.push(
      edit('ip-address-type', {
        summary: `make ${name} ${ipAddressType}`,
        ...(claim === undefined ? {} : { disruption: 'changes-address', claim }),
        op,
      }),
    );
  }
  const attributes = withProtection(desired.attributes, have.tags);
  const setting = attributeSteps({ ...desired, name, attributes }, arn, have.attributes, carries(have.tags, arn));
  return [...steps, ...marked(setting, attributes, have)];
}

function familyLost({ ipAddressType }: DesiredBalancer, have: HaveLoadBalancer): Claim | undefined {
  if (have.ipAddressType === ipAddressType || ipAddressType !== 'ipv4') return undefined;
  return {
    loses: [`the IPv6 addresses of ${have.dnsName} (${have.arn})`],
    because: [{ field: familiesField, from: have.ipAddressType, to: ipAddressType }],
  };
}

/** Zones are added. One is taken away only where the user lists those there are to be. */
function zoneStep(
  desired: DesiredBalancer,
  have: HaveLoadBalancer,
  fieldOf: FieldOf,
  edit: (what: string, parts: Pick<StepParts, 'summary' | 'op'> & Partial<StepParts>) => Step<Operation>,
): Step<Operation> | undefined {
  const { subnets, ipAddressType } = desired;
  const added = subnets.filter(({ subnetId }) => !have.zones.some((zone) => zone.subnetId === subnetId));
  const gone = have.zones.filter((zone) => !subnets.some(({ subnetId }) => subnetId === zone.subnetId));
  if (added.length + gone.length === 0) return undefined;
  const mapped = subnets.map((wanted): SubnetMapping => {
    const { allocationId, privateIpv4 } = have.zones.find((zone) => zone.subnetId === wanted.subnetId) ?? wanted;
    const { subnetId } = wanted;
    return { subnetId, ...(allocationId === undefined ? {} : { allocationId }), ...(privateIpv4 === undefined ? {} : { privateIpv4 }) };
  });
  const summary = [
    ...(added.length === 0 ? [] : [`add ${added.map(({ subnetId }) => subnetId).join(', ')} to ${have.name}`]),
    ...(gone.length === 0 ? [] : [`take ${gone.map(({ subnetId }) => subnetId).join(', ')} from ${have.name}`]),
  ].join(' and ');
  const claim: Claim = {
    loses: gone.map(({ subnetId, zone }) => `the address in ${zone}, ${subnetId} (${have.arn})`).sort(),
    because: [{ field: fieldOf('subnets'), from: subnetText(have.zones), to: subnetText(subnets) }],
  };
  const op: Operation = { do: 'set-subnets', on: have.arn, subnets: mapped, ipAddressType };
  const lost = familyLost(desired, have);
  if (lost !== undefined) {
    const both: Claim = gone.length === 0 ? lost : { loses: [...lost.loses, ...claim.loses], because: [...lost.because, ...claim.because] };
    return edit('subnets', { summary: `${summary}, and make it ipv4`, disruption: 'changes-address', claim: both, op });
  }
  return edit('subnets', { summary, ...(gone.length === 0 ? {} : { disruption: 'drops-connections', claim }), op });
}

function attributeSteps(
  { name, scheme, attributes }: DesiredBalancer,
  on: Ref,
  have: Attributes | 'unread',
  proof: StepParts['proof'],
): readonly Step<Operation>[] {
  if (have === 'unread') return [];
  const set = attributesToSet(loadBalancerRows(scheme), attributes, have);
  if (Object.keys(set).length === 0) return [];
  const id = idOf(on);
  const attribute = step({
    id: `load-balancer/${name}/attributes`,
    verb: id === undefined ? 'create' : 'update',
    summary: `set ${attributeText(set)} of ${name}`,
    proof,
    ...(id === undefined ? {} : { on: id }),
    after: sources(on),
    op: { do: 'set-load-balancer-attributes', on, attributes: set },
  });
  return [attribute];
}

export const attributeText = (set: Attributes): string =>
  Object.entries(set)
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(', ');
const subnetText = (list: readonly { readonly subnetId: string }[]): string =>
  list
    .map(({ subnetId }) => subnetId)
    .sort()
    .join(',');
const isSame = (a: unknown, b: unknown): boolean => canonicalJson(a) === canonicalJson(b);
