/**
 * Names of what is made at Amazon. A name is never proof of ownership: marks are. Each holds a digest of all that it stands
 * for, so that two things that may exist at one time never ask for one name.
 */
import { digestOf } from '../../src/model/digest.ts';
import type { ClusterId, ProviderName } from '../../src/model/ids.ts';
import type { Owner } from '../../src/model/owner.ts';
import type { Arn, ElbScheme, TargetGroupProtocol } from './api/elb.ts';

const maximumLength = 32;

/**
 * Of a load balancer that the user does not name. A scheme or a static address that changes gives another name: the new one
 * is made beside the old one.
 * @param lost those of the owner's that Amazon could not make, in whose place it comes
 */
export function loadBalancerName(owner: Owner, scheme: ElbScheme, staticAddresses: readonly string[], lost: readonly Arn[] = []): string {
  const instead = lost.length === 0 ? [] : [lost.toSorted()];
  return shortName(owner, ['load-balancer', owner.clusterId, owner.key, scheme, [...staticAddresses].sort(), ...instead]);
}

/**
 * Of the target group of one listener. It hangs on the load balancer's name: a target group serves one load balancer only, so
 * one that replaces another needs its own.
 */
export function targetGroupName(
  owner: Owner,
  of: {
    readonly loadBalancer: string;
    readonly port: number;
    readonly protocol: TargetGroupProtocol;
    readonly ipAddressType: 'ipv4' | 'ipv6';
  },
): string {
  // The owner, too: a name that the user chose may have been another Service's, whose target groups are still on their way out.
  return shortName(owner, ['target-group', owner.clusterId, owner.key, of.loadBalancer, of.port, of.protocol, of.ipAddressType]);
}

/** Of the security group in front of an owner's load balancers: one, also while one replaces another. */
export function frontendGroupName(owner: Owner): string {
  const { namespace, name } = partsOf(owner);
  return ['portolan', namespace, name, shortDigest(['frontend-group', owner.clusterId, owner.key])].filter((part) => part !== '').join('-');
}

/** Of the security group that a cluster's nodes let in. */
export function backendGroupName(cluster: ClusterId, provider: ProviderName): string {
  return `portolan-backend-${shortDigest(['backend-group', cluster, provider])}`;
}

/** Why Amazon would not take this as the name of a load balancer; undefined where it would. */
export function whyNoLoadBalancerName(name: string): string | undefined {
  if (name.length > maximumLength) return `it has ${name.length} characters, and ${maximumLength} are the most`;
  if (!/^[A-Za-z0-9-]+$/.test(name)) return 'it may only have letters, digits and -';
  if (name.startsWith('-') || name.endsWith('-')) return 'it may not begin or end with -';
  return name.startsWith('internal-') ? 'it may not begin with internal-' : undefined;
}

/** Whether a name is one that is made here, whatever it stands for: nobody chose it. */
export const isMadeName = (name: string): boolean => /^p(-[A-Za-z0-9]+){0,2}-[0-9a-f]{10}$/.test(name);

/** With what the names of all load balancers and target groups begin that are made for an owner; others may share it. */
export function nameBeginning(owner: Owner): string {
  const { namespace, name } = partsOf(owner);
  const said = ['p', alphanumeric(namespace).slice(0, 7), alphanumeric(name).slice(0, 8)];
  return `${said.filter((part) => part !== '').join('-')}-`;
}

/** `p-<namespace>-<name>-<digest>`: people see whose it is, the digest tells them apart. 29 characters at most. */
const shortName = (owner: Owner, standsFor: readonly unknown[]): string => `${nameBeginning(owner)}${shortDigest(standsFor)}`;

function partsOf(owner: Owner): { namespace: string; name: string } {
  const [namespace = '', name = ''] = owner.services[0]?.name.split('/') ?? [];
  return { namespace, name };
}

const alphanumeric = (text: string): string => text.replaceAll(/[^A-Za-z0-9]/g, '');
const shortDigest = (standsFor: readonly unknown[]): string => digestOf(standsFor).slice(0, 10);
