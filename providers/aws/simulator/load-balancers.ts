import { isDeepStrictEqual } from 'node:util';
import type { Arn, Attributes, ElbLoadBalancer, ElbZone, IpAddressType, NewLoadBalancer, SubnetMapping } from '../api/elb.ts';
import { refused } from './amazon-error.ts';
import type { AmazonState, LoadBalancerRecord } from './amazon-state.ts';
import { attributeRules, changedAttributes, shownAttributes } from './attribute-rules.ts';
import { connect, disconnect, placed } from './load-balancer-zones.ts';
import { checkTags } from './tag-store.ts';
import { checkName, listenersOf, loadBalancerOf } from './things.ts';

export function shownLoadBalancer(state: AmazonState, record: LoadBalancerRecord): ElbLoadBalancer {
  const { failed, attributes: _attributes, ...shown } = record;
  if (failed) return { ...shown, state: 'failed' };
  return { ...shown, state: state.clock.now() < record.createdAt + state.times.provisioning ? 'provisioning' : 'active' };
}

/** One of the same name and settings is answered as it stands, whatever its tags. @throws LbError */
export function createLoadBalancer(state: AmazonState, of: NewLoadBalancer): ElbLoadBalancer {
  checkName(of.name);
  if (of.name.startsWith('internal-')) throw refused('ValidationError', `a load balancer cannot be called '${of.name}'`);
  checkTags(state, of.tags, 'elb');
  const same = [...state.loadBalancers.values()].find(({ name }) => name === of.name);
  const { vpcId, zones } = placed(state, of, same?.arn);
  const securityGroups = checkedGroups(state, vpcId, of.securityGroups);
  const { name, scheme, ipAddressType } = of;
  const asked = { name, scheme, ipAddressType, vpcId, zones, securityGroups };
  if (same !== undefined) {
    if (isDeepStrictEqual({ ...same, ...asked }, same)) return shownLoadBalancer(state, same);
    throw refused('DuplicateLoadBalancerName', `load balancer '${of.name}' exists with other settings`);
  }
  const limit = state.quotas.loadBalancers;
  if (state.loadBalancers.size >= limit) throw refused('TooManyLoadBalancers', `there may be ${limit} network load balancers in a region`);

  const end = state.unique();
  const record: LoadBalancerRecord = {
    ...asked,
    arn: `arn:aws:elasticloadbalancing:${state.region}:${state.account}:loadbalancer/net/${name}/${end}`,
    type: 'network',
    dnsName: `${name}-${end}.elb.${state.region}.amazonaws.com`,
    createdAt: state.clock.now(),
    failed: false,
    attributes: {},
  };
  state.loadBalancers.set(record.arn, record);
  state.tags.set(record.arn, of.tags);
  connect(state, record.arn, zones, securityGroups);
  return shownLoadBalancer(state, record);
}

/** Its listeners go with it; its interfaces stay for a while. @throws LbError while it is protected */
export function deleteLoadBalancer(state: AmazonState, arn: Arn): void {
  const record = state.loadBalancers.get(arn);
  if (record === undefined) return;
  if (record.attributes['deletion_protection.enabled'] === 'true')
    throw refused('OperationNotPermitted', `${arn} is protected from deletion`);
  for (const listener of listenersOf(state, arn)) {
    state.listeners.delete(listener.arn);
    state.tags.delete(listener.arn);
  }
  state.loadBalancers.delete(arn);
  state.tags.delete(arn);
  disconnect(state, arn);
}

/** @throws LbError, also for one that was made without security groups: it never gets any */
export function setSecurityGroups(state: AmazonState, arn: Arn, asked: readonly string[]): void {
  const record = loadBalancerOf(state, arn);
  if (record.securityGroups.length === 0) throw refused('InvalidConfigurationRequest', `${arn} was made without security groups`);
  if (asked.length === 0) throw refused('InvalidConfigurationRequest', 'the last security group cannot be taken away');
  const securityGroups = checkedGroups(state, record.vpcId, asked);
  state.loadBalancers.set(arn, { ...record, securityGroups });
  connect(state, arn, record.zones, securityGroups);
}

/** A zone keeps its subnet and its address: another one in the same zone is refused. @throws LbError */
export function setSubnets(
  state: AmazonState,
  arn: Arn,
  asked: readonly SubnetMapping[],
  ipAddressType: IpAddressType,
): readonly ElbZone[] {
  const record = loadBalancerOf(state, arn);
  checkDatagrams(state, arn, ipAddressType);
  const kept = asked.map((mapping) => ({ ...staticAddressOf(record, mapping.subnetId), ...mapping }));
  const { vpcId, zones } = placed(state, { scheme: record.scheme, ipAddressType, subnets: kept }, arn);
  if (vpcId !== record.vpcId) throw refused('InvalidSubnet', `the subnets are not of ${record.vpcId}`);
  for (const zone of zones) {
    const before = record.zones.find((it) => it.zone === zone.zone);
    if (before !== undefined && !isDeepStrictEqual(before, zone)) {
      throw refused('InvalidConfigurationRequest', `subnet and address in ${zone.zone} cannot be changed`);
    }
  }
  state.loadBalancers.set(arn, { ...record, zones, ipAddressType });
  connect(state, arn, zones, record.securityGroups);
  return zones;
}

export function setIpAddressType(state: AmazonState, arn: Arn, ipAddressType: IpAddressType): void {
  const { zones } = loadBalancerOf(state, arn);
  setSubnets(
    state,
    arn,
    zones.map(({ subnetId }) => ({ subnetId })),
    ipAddressType,
  );
}

/** @throws LbError */
export function setLoadBalancerAttributes(state: AmazonState, arn: Arn, change: Attributes): void {
  const record = loadBalancerOf(state, arn);
  const rules = attributeRules.ofLoadBalancer(record.scheme);
  const attributes = changedAttributes(rules, record.attributes, change);
  const shown = shownAttributes(rules, attributes);
  if (shown['access_logs.s3.enabled'] === 'true' && shown['access_logs.s3.bucket'] === '') {
    throw refused('InvalidConfigurationRequest', 'access logs need a bucket');
  }
  state.loadBalancers.set(arn, { ...record, attributes });
}

export function loadBalancerAttributes(state: AmazonState, arn: Arn): Attributes {
  const { scheme, attributes } = loadBalancerOf(state, arn);
  return shownAttributes(attributeRules.ofLoadBalancer(scheme), attributes);
}

/** Sorted and each once. */
function checkedGroups(state: AmazonState, vpcId: string, asked: readonly string[]): readonly string[] {
  const ids = [...new Set(asked)].sort();
  for (const id of ids)
    if (state.securityGroups.get(id)?.vpcId !== vpcId) throw refused('InvalidSecurityGroup', `no group ${id} in ${vpcId}`);
  const limit = state.quotas.securityGroupsPerInterface;
  if (ids.length > limit) throw refused('InvalidConfigurationRequest', `an interface has ${limit} security groups at most`);
  return ids;
}

function staticAddressOf(record: LoadBalancerRecord, subnetId: string): Partial<SubnetMapping> {
  const { allocationId, privateIpv4 } = record.zones.find((zone) => zone.subnetId === subnetId) ?? {};
  return { ...(allocationId === undefined ? {} : { allocationId }), ...(privateIpv4 === undefined ? {} : { privateIpv4 }) };
}

/** Without source NAT prefixes, which nobody here asks for, datagrams and dual stack exclude each other; IPv6 members need it. */
function checkDatagrams(state: AmazonState, arn: Arn, ipAddressType: IpAddressType): void {
  for (const { protocol, targetGroup } of listenersOf(state, arn)) {
    if (ipAddressType === 'dualstack' && protocol.includes('UDP')) {
      throw refused('InvalidConfigurationRequest', 'a dual-stack load balancer without source NAT prefixes serves no UDP');
    }
    if (ipAddressType === 'ipv4' && state.targetGroups.get(targetGroup)?.ipAddressType === 'ipv6') {
      throw refused('InvalidConfigurationRequest', 'a listener forwards to IPv6 targets');
    }
  }
}
