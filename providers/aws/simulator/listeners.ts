import { isDeepStrictEqual } from 'node:util';
import type { Arn, Attributes, ElbListener, ListenerProtocol, NewListener } from '../api/elb.ts';
import { refused } from './amazon-error.ts';
import type { AmazonState, ListenerRecord } from './amazon-state.ts';
import { attributeRules, changedAttributes, shownAttributes } from './attribute-rules.ts';
import { checkTags } from './tag-store.ts';
import { checkQuotas } from './targets.ts';
import { checkPort, listenerOf, listenersOf, loadBalancerOf, targetGroupOf, usersOf } from './things.ts';

const groupProtocols: Readonly<Record<string, readonly string[]>> = {
  TCP: ['TCP', 'TCP_UDP'],
  UDP: ['UDP', 'TCP_UDP'],
  TCP_UDP: ['TCP_UDP'],
  TLS: ['TCP', 'TLS'],
} satisfies Record<ListenerProtocol, readonly string[]>;

const sslPolicies = [
  'ELBSecurityPolicy-2016-08',
  'ELBSecurityPolicy-TLS-1-1-2017-01',
  'ELBSecurityPolicy-TLS-1-2-2017-01',
  'ELBSecurityPolicy-TLS-1-2-Ext-2018-06',
  'ELBSecurityPolicy-FS-1-2-Res-2020-10',
  'ELBSecurityPolicy-TLS13-1-2-2021-06',
  'ELBSecurityPolicy-TLS13-1-2-Res-2021-06',
  'ELBSecurityPolicy-TLS13-1-3-2021-06',
];
const alpnPolicies = ['HTTP1Only', 'HTTP2Only', 'HTTP2Optional', 'HTTP2Preferred', 'None'];

export function shownListener({
  loadBalancer: _loadBalancer,
  extraCertificates: _extra,
  attributes: _attributes,
  ...shown
}: ListenerRecord): ElbListener {
  const { targetGroup, ...rest } = shown;
  return { ...rest, targetGroups: [targetGroup] };
}

/** One on this port with the same settings is answered as it stands, whatever its tags. @throws LbError */
export function createListener(state: AmazonState, of: NewListener): ElbListener {
  loadBalancerOf(state, of.loadBalancer);
  checkTags(state, of.tags, 'elb');
  const { tags, ...settings } = of;
  const asked = checked(state, settings);
  const there = listenersOf(state, of.loadBalancer);
  const same = there.find(({ port }) => port === of.port);
  if (same !== undefined) {
    const { arn, extraCertificates, attributes } = same;
    if (isDeepStrictEqual({ ...asked, arn, extraCertificates, attributes }, same)) return shownListener(same);
    throw refused('DuplicateListener', `${of.loadBalancer} listens on port ${of.port}`);
  }
  const limit = state.quotas.listenersPerLoadBalancer;
  if (there.length >= limit) throw refused('TooManyListeners', `a load balancer has ${limit} listeners at most`);

  const arn = `${of.loadBalancer.replace(':loadbalancer/', ':listener/')}/${state.unique()}`;
  const record: ListenerRecord = { ...asked, arn, extraCertificates: [], attributes: {} };
  state.listeners.set(arn, record);
  state.tags.set(arn, tags);
  return shownListener(record);
}

/** What only TLS has goes when it becomes something else. @throws LbError */
export function setListener(state: AmazonState, arn: Arn, change: Partial<Omit<NewListener, 'loadBalancer' | 'tags'>>): void {
  const { extraCertificates, attributes, arn: _arn, ...before } = listenerOf(state, arn);
  const staysTls = before.protocol === 'TLS' && (change.protocol ?? 'TLS') === 'TLS';
  const { certificate: _certificate, sslPolicy: _sslPolicy, alpnPolicy: _alpnPolicy, ...plain } = before;
  const asked = checked(state, { ...(staysTls ? before : plain), ...change });
  if (listenersOf(state, before.loadBalancer).some((other) => other.arn !== arn && other.port === asked.port)) {
    throw refused('DuplicateListener', `${before.loadBalancer} listens on port ${asked.port}`);
  }
  const known = Object.keys(attributeRules.ofListener(asked.protocol));
  state.listeners.set(arn, {
    ...asked,
    arn,
    extraCertificates: staysTls ? extraCertificates.filter((certificate) => certificate !== asked.certificate) : [],
    attributes: Object.fromEntries(Object.entries(attributes).filter(([key]) => known.includes(key))),
  });
}

export function deleteListener(state: AmazonState, arn: Arn): void {
  state.listeners.delete(arn);
  state.tags.delete(arn);
}

/** Those that are there already are left as they are. @throws LbError */
export function addCertificates(state: AmazonState, arn: Arn, added: readonly Arn[]): void {
  const record = listenerOf(state, arn);
  if (record.protocol !== 'TLS') throw refused('InvalidConfigurationRequest', `${arn} does not speak TLS`);
  for (const certificate of added) checkCertificate(state, certificate);
  const extra = [...new Set([...record.extraCertificates, ...added])].filter((certificate) => certificate !== record.certificate);
  const others = listenersOf(state, record.loadBalancer).filter((other) => other.arn !== arn);
  const count = others.reduce((sum, other) => sum + other.extraCertificates.length, extra.length);
  const limit = state.quotas.certificatesPerLoadBalancer;
  if (count > limit) throw refused('TooManyCertificates', `a load balancer has ${limit} certificates at most`);
  state.listeners.set(arn, { ...record, extraCertificates: extra });
}

/** @throws LbError for the default one, which is replaced and never removed */
export function removeCertificates(state: AmazonState, arn: Arn, removed: readonly Arn[]): void {
  const record = listenerOf(state, arn);
  if (record.certificate !== undefined && removed.includes(record.certificate)) {
    throw refused('OperationNotPermitted', `${record.certificate} is the default certificate of ${arn}`);
  }
  state.listeners.set(arn, { ...record, extraCertificates: record.extraCertificates.filter((it) => !removed.includes(it)) });
}

export function setListenerAttributes(state: AmazonState, arn: Arn, change: Attributes): void {
  const record = listenerOf(state, arn);
  const rules = attributeRules.ofListener(record.protocol);
  state.listeners.set(arn, { ...record, attributes: changedAttributes(rules, record.attributes, change) });
}

export function listenerAttributes(state: AmazonState, arn: Arn): Attributes {
  const record = listenerOf(state, arn);
  return shownAttributes(attributeRules.ofListener(record.protocol), record.attributes);
}

type Settings = Omit<ListenerRecord, 'arn' | 'extraCertificates' | 'attributes'>;

/** As Amazon keeps it. @throws LbError */
function checked(state: AmazonState, asked: Settings): Settings {
  checkPort(asked.port);
  checkForward(state, asked);
  const { certificate, sslPolicy, alpnPolicy } = asked;
  if (asked.protocol !== 'TLS') {
    if (certificate === undefined && sslPolicy === undefined && alpnPolicy === undefined) return asked;
    throw refused('ValidationError', `${asked.protocol} has neither certificate nor policies`);
  }
  if (certificate === undefined) throw refused('ValidationError', 'a TLS listener needs a certificate');
  checkCertificate(state, certificate);
  const policy = sslPolicy ?? 'ELBSecurityPolicy-2016-08';
  if (!sslPolicies.includes(policy)) throw refused('SSLPolicyNotFound', `no policy '${policy}'`);
  if (alpnPolicy !== undefined && !alpnPolicies.includes(alpnPolicy)) throw refused('ValidationError', `no ALPN policy '${alpnPolicy}'`);
  return { ...asked, sslPolicy: policy };
}

function checkForward(state: AmazonState, { loadBalancer, protocol, targetGroup }: Settings): void {
  const [balancer, group] = [loadBalancerOf(state, loadBalancer), targetGroupOf(state, targetGroup)];
  if (groupProtocols[protocol]?.includes(group.protocol) !== true) {
    throw refused('IncompatibleProtocols', `a ${protocol} listener does not forward to a ${group.protocol} target group`);
  }
  if (group.vpcId !== balancer.vpcId) throw refused('InvalidConfigurationRequest', `${targetGroup} is not in ${balancer.vpcId}`);
  if (group.ipAddressType === 'ipv6' && balancer.ipAddressType !== 'dualstack') {
    throw refused('InvalidConfigurationRequest', 'only a dual-stack load balancer forwards to IPv6 targets');
  }
  if (balancer.ipAddressType === 'dualstack' && protocol.includes('UDP')) {
    throw refused('InvalidConfigurationRequest', 'a dual-stack load balancer without source NAT prefixes serves no UDP');
  }
  if (usersOf(state, targetGroup).some((user) => user !== loadBalancer)) {
    throw refused('TargetGroupAssociationLimit', `${targetGroup} serves another load balancer`);
  }
  checkQuotas(state, group, [loadBalancer]);
}

function checkCertificate(state: AmazonState, certificate: Arn): void {
  if (!state.certificates.has(certificate)) throw refused('CertificateNotFound', `no certificate ${certificate}`);
}
