import { settingName } from '../../../src/model/ids.ts';
import type { Refusal } from '../../../src/model/plan.ts';
import type { Notice } from '../../../src/model/report.ts';
import type { LoadBalancerSpec } from '../../../src/model/spec.ts';
import type { Arn } from '../api/elb.ts';
import { instancesOf, targetsOf, textOf } from '../members.ts';
import { frontendGroupName, loadBalancerName, targetGroupName, whyNoLoadBalancerName } from '../names.ts';
import type { HaveLoadBalancer, Surroundings } from '../observe/have.ts';
import type { Connection, Settings } from '../settings/settings.ts';
import { refuseBound, schemeOf, staticAddresses, textsOf, type StaticAddress } from './addresses.ts';
import { hasProxyProtocol, listenerAttributes, loadBalancerAttributes, targetGroupAttributes } from './attributes.ts';
import { choose, hasAddress, isLost, published, replacing, type Fixed } from './choose.ts';
import type { Desired, DesiredListener, Replaces } from './desired.ts';
import { fieldsOf } from './field-of.ts';
import { refuseSetting, type Findings } from './findings.ts';
import { healthCheckOf } from './health-check.ts';
import { mergeListeners, type MergedListener } from './listeners.ts';
import { placeOf, type Place } from './place.ts';
import { amazonQuotas, checkQuotas, withinTargets } from './quotas.ts';
import { securityGroups } from './security-groups.ts';
import { frontendRules } from './security-rules.ts';
import { loadBalancerTags, tagsOf, targetGroupTags } from './tags.ts';

/** What a spec comes to in these surroundings. */
export interface Compiled {
  /** Absent exactly where something is refused. */
  readonly desired?: Desired;
  /** The one that can be changed to what is wanted. */
  readonly kept?: HaveLoadBalancer;
  /** Those that cannot, or are too many: to be replaced. */
  readonly others: readonly HaveLoadBalancer[];
  /** Which fields ask for another load balancer than the others, before the successor is there and after. */
  readonly replaces: readonly Replaces[];
  readonly refusals: readonly Refusal[];
  readonly notices: readonly Notice[];
}

/** Everything as Amazon should show it, or every reason why it cannot be. Pure. */
export function compile(
  want: LoadBalancerSpec<Settings>,
  surroundings: Surroundings,
  own: readonly HaveLoadBalancer[],
  connection: Pick<Connection, 'clusterName' | 'quotas'>,
): Compiled {
  const findings: Findings = { fieldOf: fieldsOf(want), refusals: [], notices: [] };
  refusePods(want, findings);
  const addresses = staticAddresses(want, surroundings, findings);
  const known = findings.refusals.length === 0;
  const fixed = { scheme: schemeOf(want, addresses, findings), addresses, ...nameOf(want, findings) };
  const { kept, others } = choose(want, fixed, own);
  const replaces = replacing(want, fixed, others);
  if (kept === undefined) refuseHeld(want, fixed, own, replaces, findings);
  refuseBound(addresses, surroundings.addresses, (address) => own.some((one) => hasAddress(addresses, address, one)), findings);

  const old = kept ?? published(want, others);
  const lost = own.filter(isLost).map(({ arn }) => arn);
  const desired = desiredOf(want, surroundings, { fixed, kept, old, lost, known }, connection, findings);
  const { refusals, notices } = findings;
  return {
    ...(refusals.length > 0 ? {} : { desired }),
    ...(kept === undefined ? {} : { kept }),
    others,
    replaces,
    refusals,
    notices,
  };
}

function refusePods({ settings: { kind, targetType } }: LoadBalancerSpec<Settings>, { refusals, fieldOf }: Findings): void {
  const text = 'load balancers reach pods through the node ports of instances, not by their own addresses';
  const refuse = (setting: 'kind' | 'targetType', otherwise: string): void => {
    const field = fieldOf(setting);
    refusals.push({ reason: 'UnsupportedFeature', text, field, remedy: `Set ${field} to ${otherwise}, or remove it` });
  };
  if (kind === 'nlb-ip') refuse('kind', 'external');
  if (targetType === 'ip') refuse('targetType', 'instance');
}

/** A Service may insist on a name; that of a class is but a suggestion for what is made. */
function nameOf({ settings: { name }, explicit }: LoadBalancerSpec<Settings>, findings: Findings): Pick<Fixed, 'name'> {
  if (name === undefined) return {};
  const why = whyNoLoadBalancerName(name);
  if (why !== undefined) refuseSetting(findings, 'name', `${JSON.stringify(name)} cannot be the name of a load balancer: ${why}`);
  return explicit.includes(settingName('name')) ? { name: { value: name, from: findings.fieldOf('name') } } : {};
}

interface Chosen {
  readonly fixed: Fixed;
  readonly kept: HaveLoadBalancer | undefined;
  /** The one that clients use, kept or not. */
  readonly old: HaveLoadBalancer | undefined;
  readonly lost: readonly Arn[];
  /** Whether all addresses that are asked for are known: where they are not, nothing can be said of subnets. */
  readonly known: boolean;
}

function desiredOf(
  want: LoadBalancerSpec<Settings>,
  surroundings: Surroundings,
  { fixed, kept, old, lost, known }: Chosen,
  connection: Pick<Connection, 'clusterName' | 'quotas'>,
  findings: Findings,
): Desired {
  const { owner, settings } = want;
  const quotas = { ...amazonQuotas, ...connection.quotas };
  // A mere default moves nothing, not even when something else does.
  const { from, scheme: said } = fixed.scheme;
  const scheme = from === undefined ? (old?.scheme ?? said) : said;
  const { clusterName } = connection;
  const asked = {
    scheme,
    addresses: fixed.addresses,
    ...(kept === undefined ? {} : { kept }),
    ...(clusterName === undefined ? {} : { clusterName }),
  };
  const place: Place = known ? placeOf(want, surroundings, asked, findings) : { ipAddressType: 'ipv4', subnets: [] };
  const name = kept?.name ?? settings.name ?? loadBalancerName(owner, scheme, textsOf(fixed.addresses), lost);
  const merged = mergeListeners(want.listeners, settings, findings);
  const tags = tagsOf(owner, settings, findings);
  const groups = securityGroups(want, surroundings.groups, findings);
  const rules = groups.includes('frontend') ? rulesOf(want, merged, place, findings) : [];
  checkQuotas({ listeners: merged, rules, groups: groups.length }, quotas, want, findings);
  const instances = withinTargets(instancesFor(want, surroundings, findings), quotas, findings);
  return {
    loadBalancer: {
      name,
      scheme,
      ...place,
      securityGroups: groups,
      attributes: loadBalancerAttributes(settings, scheme, findings),
      tags: loadBalancerTags(tags, textsOf(fixed.addresses)),
      staticAddresses: textsOf(fixed.addresses),
    },
    ...(groups.includes('frontend') ? { frontend: { name: frontendGroupName(owner), rules } } : {}),
    listeners: listenersOf(want, merged, { name, tags, instances }, findings),
  };
}

function listenersOf(
  want: LoadBalancerSpec<Settings>,
  merged: readonly MergedListener[],
  {
    name,
    tags,
    instances,
  }: { readonly name: string; readonly tags: Desired['loadBalancer']['tags']; readonly instances: readonly string[] },
  findings: Findings,
): readonly DesiredListener[] {
  const { owner, settings, affinity, addresses } = want;
  const ofListeners = listenerAttributes(merged, settings, findings);
  const ofGroups = targetGroupAttributes(merged, settings, affinity, findings);
  const ipAddressType = addresses.some(({ family }) => family === 'IPv4') ? 'ipv4' : 'ipv6';
  return merged.map((listener) => {
    const { port, protocol, targetProtocol, nodePort, certificates, tls, of } = listener;
    const ids = of.map(({ id }) => id);
    const attributes = ofGroups.get(port) ?? {};
    return {
      ids,
      port,
      protocol,
      certificates,
      ...(tls === undefined ? {} : { tls }),
      attributes: ofListeners.get(port) ?? {},
      targetGroup: {
        name: targetGroupName(owner, { loadBalancer: name, port, protocol: targetProtocol, ipAddressType }),
        protocol: targetProtocol,
        port: nodePort,
        ipAddressType,
        healthCheck: healthCheckOf(listener, want.listeners, settings, hasProxyProtocol(attributes), findings),
        attributes,
        targets: targetsOf(instances, nodePort),
        tags: targetGroupTags(tags, ids),
      },
    };
  });
}

function rulesOf(want: LoadBalancerSpec<Settings>, merged: readonly MergedListener[], { ipAddressType }: Place, findings: Findings) {
  const { sourceRanges, origin, owner, settings } = want;
  const rangesSaid = origin.sourceRanges !== undefined;
  const description = `portolan ${owner.services.map((service) => service.name).join(',')}`;
  return frontendRules(merged, { sourceRanges, rangesSaid, ipAddressType, description }, settings, findings);
}

function instancesFor(want: LoadBalancerSpec<Settings>, { unusable }: Surroundings, { notices }: Findings): readonly string[] {
  const { ids, leftOut } = instancesOf(want.members, unusable);
  if (leftOut.length > 0) notices.push({ reason: 'MemberNotUsable', text: `left out: ${textOf(leftOut)}`, kind: 'info' });
  return ids;
}

/** What the old one holds, its successor cannot have at the same time: a name, an address. */
function refuseHeld(
  want: LoadBalancerSpec<Settings>,
  { addresses }: Fixed,
  own: readonly HaveLoadBalancer[],
  replaces: readonly Replaces[],
  { refusals, fieldOf }: Findings,
): void {
  const { name } = want.settings;
  const because = replaces.map(({ field, from, to }) => `${field} (${from} → ${to})`).join(', ');
  const named = name === undefined ? undefined : own.find((one) => one.name === name);
  if (named !== undefined) {
    const field = fieldOf('name');
    const text = `the load balancer ${name} must be replaced because of ${because}, and its successor cannot have its name beside it`;
    const remedy = isLost(named) ? `${deletionOf(named)}, or change ${field}` : `Change ${field} as well, or remove it`;
    refusals.push({ reason: 'ConflictingSettings', text, field, remedy });
  }
  for (const address of addresses) {
    const holder = own.find((one) => hasAddress(addresses, address, one));
    if (holder !== undefined) refusals.push(heldAddress(address, holder, because));
  }
}

const heldAddress = ({ address, field }: StaticAddress, holder: HaveLoadBalancer, because: string): Refusal => ({
  reason: 'AddressInUse',
  text: `the load balancer ${holder.name} must be replaced because of ${because}, and its successor cannot have ${address} beside it`,
  field,
  remedy: isLost(holder) ? `${deletionOf(holder)}, or ask for other addresses` : 'Ask for other addresses, or undo the change',
});

const deletionOf = ({ name }: HaveLoadBalancer): string => `Delete ${name} at Amazon, so that it is made again`;
