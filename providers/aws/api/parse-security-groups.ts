import * as z from 'zod';
import type { Ec2Rule, Ec2SecurityGroup } from './ec2.ts';
import { optionalWord, parsedAnswer, tags, word } from './parsed-answer.ts';

const group = z
  .object({ GroupId: word, GroupName: word, VpcId: word, IpPermissions: z.array(z.unknown()).default([]), Tags: tags })
  .transform((of) => ({
    group: { id: of.GroupId, name: of.GroupName, vpcId: of.VpcId, ingress: [], tags: of.Tags } satisfies Ec2SecurityGroup,
    hasRules: of.IpPermissions.length > 0,
  }));

/** Without their rules, which this answer holds without ids. @throws LbError `BadAnswer` */
export const parseSecurityGroups = (sent: unknown, action: string) =>
  parsedAnswer(z.object({ SecurityGroups: z.array(group) }), sent, action).SecurityGroups;

const protocols = ['tcp', 'udp', 'icmp', 'icmpv6'] as const;
const isOurs = (protocol: string): protocol is Ec2Rule['protocol'] => protocols.some((known) => known === protocol);

const rule = z
  .object({
    SecurityGroupRuleId: word,
    GroupId: word,
    IsEgress: z.boolean(),
    IpProtocol: word,
    FromPort: z.int().optional(),
    ToPort: z.int().optional(),
    CidrIpv4: optionalWord,
    CidrIpv6: optionalWord,
    PrefixListId: optionalWord,
    ReferencedGroupInfo: z.object({ GroupId: word }).optional(),
    Description: z.string().default(''),
  })
  .transform((of, ctx): { readonly group: string; readonly rule?: Ec2Rule } => {
    // Rules of other protocols, or of all, are somebody else's and nobody here compares them.
    if (of.IsEgress || !isOurs(of.IpProtocol)) return { group: of.GroupId };
    const source = sourceOf(of);
    if (source === undefined || of.FromPort === undefined || of.ToPort === undefined) {
      ctx.addIssue('a rule without ports or source');
      return z.NEVER;
    }
    const { SecurityGroupRuleId: id, FromPort: fromPort, ToPort: toPort, Description: description } = of;
    return { group: of.GroupId, rule: { id, protocol: of.IpProtocol, fromPort, toPort, source, description } };
  });

function sourceOf(of: {
  readonly CidrIpv4?: string | undefined;
  readonly CidrIpv6?: string | undefined;
  readonly PrefixListId?: string | undefined;
  readonly ReferencedGroupInfo?: { readonly GroupId: string } | undefined;
}): Ec2Rule['source'] | undefined {
  const cidr = of.CidrIpv4 ?? of.CidrIpv6;
  if (cidr !== undefined) return { cidr };
  if (of.PrefixListId !== undefined) return { prefixList: of.PrefixListId };
  return of.ReferencedGroupInfo === undefined ? undefined : { group: of.ReferencedGroupInfo.GroupId };
}

/** What lets in, by group. @throws LbError `BadAnswer` */
export function parseRules(sent: unknown, action: string): readonly { readonly group: string; readonly rule: Ec2Rule }[] {
  return parsedAnswer(z.object({ SecurityGroupRules: z.array(rule) }), sent, action).SecurityGroupRules.flatMap((one) =>
    one.rule === undefined ? [] : [{ group: one.group, rule: one.rule }],
  );
}
