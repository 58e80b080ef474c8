import type { Member, MemberSet } from '../../src/model/spec.ts';
import type { ElbTarget } from './api/elb.ts';

export interface LeftOut {
  readonly node: string;
  readonly why: string;
}

/** Nodes as instances; those that are none are left out, each with the reason, and hinder nobody. */
export interface Instances {
  /** Sorted, each once. */
  readonly ids: readonly string[];
  readonly leftOut: readonly LeftOut[];
}

/** `aws:///eu-central-1a/i-0123456789abcdef0`; the zone may be missing. */
const instanceOfProviderId = /^aws:\/\/\/(?:[^/]*\/)?(i-[0-9a-f]{8,17})$/;

/** @param unusable instances that cannot be registered now: not running, or unknown to EC2 */
export function instancesOf(members: MemberSet, unusable: readonly string[]): Instances {
  const ids = new Set<string>();
  const leftOut: LeftOut[] = [];
  for (const member of members) {
    const id = instanceOf(member);
    if (id === undefined) leftOut.push({ node: member.node, why: whyNot(member) });
    else if (unusable.includes(id)) leftOut.push({ node: member.node, why: `its instance ${id} does not run` });
    else ids.add(id);
  }
  return { ids: [...ids].sort(), leftOut };
}

/** The instance a node is; undefined where its provider id names none. */
export const instanceOf = ({ providerId }: Pick<Member, 'providerId'>): string | undefined =>
  providerId === undefined ? undefined : instanceOfProviderId.exec(providerId)?.[1];

/** How many nodes that are left out are named: there may be thousands. */
const named = 5;

export function textOf(leftOut: readonly LeftOut[]): string {
  const each = leftOut.slice(0, named).map(({ node, why }) => `${node} (${why})`);
  const more = leftOut.length > named ? [`and ${leftOut.length - named} more`] : [];
  return [...each, ...more].join(', ');
}

const whyNot = ({ providerId }: Member): string =>
  providerId === undefined || providerId === ''
    ? 'it has no provider id yet'
    : `its provider id names no instance: ${providerId.slice(0, 100)}`;

export const targetsOf = (instances: readonly string[], nodePort: number): readonly ElbTarget[] =>
  instances.map((instanceId) => ({ instanceId, port: nodePort }));
