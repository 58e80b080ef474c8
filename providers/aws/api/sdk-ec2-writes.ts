import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateTagsCommand,
  DeleteSecurityGroupCommand,
  DeleteTagsCommand,
  RevokeSecurityGroupIngressCommand,
  type EC2Client,
  type IpPermission,
  type ResourceType,
} from '@aws-sdk/client-ec2';
import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { LbError } from '../../../src/errors.ts';
import type { Marks } from '../../../src/model/owner.ts';
import type { Ec2Rule, Ec2Writes } from './ec2.ts';
import type { CallOptions } from './elb.ts';
import { ec2Operations as does, type Operation } from './operations.ts';
import { parseRules } from './parse-security-groups.ts';
import { parsedAnswer, word } from './parsed-answer.ts';
import type { SentRequest } from './sdk-errors.ts';
import { isNotFound, type SdkRequests, type Within } from './sdk-requests.ts';

/** The changes of EC2 by Amazon's SDK. */
export function sdkEc2Writes(requests: SdkRequests<EC2Client>): Ec2Writes {
  const change = async (
    operation: Operation,
    options: CallOptions,
    send: (client: EC2Client, within: Within) => Promise<unknown>,
    named: SentRequest['named'] = {},
  ): Promise<readonly never[]> => {
    await requests.one({ operation, named }, options, send);
    return [];
  };

  return {
    createSecurityGroup: (of, options) =>
      requests.one({ operation: does.createSecurityGroup, named: { VPC: [of.vpcId] } }, options, async (client, within) => {
        const command = new CreateSecurityGroupCommand({
          GroupName: of.name,
          Description: of.description,
          VpcId: of.vpcId,
          TagSpecifications: marked('security-group', of.tags),
        });
        const { GroupId } = parsedAnswer(made, await client.send(command, within), does.createSecurityGroup.action);
        return { id: GroupId, name: of.name, vpcId: of.vpcId, ingress: [], tags: of.tags };
      }),

    async deleteSecurityGroup(GroupId, options) {
      try {
        await change(does.deleteSecurityGroup, options, (client, within) =>
          client.send(new DeleteSecurityGroupCommand({ GroupId }), within),
        );
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    },

    authorizeIngress: (GroupId, rules, tags, options) =>
      requests.one({ operation: does.authorizeIngress, named: namedBy(GroupId, rules) }, options, async (client, within) => {
        const asked = { GroupId, IpPermissions: rules.map(permissionOf), TagSpecifications: marked('security-group-rule', tags) };
        const sent = await client.send(new AuthorizeSecurityGroupIngressCommand(asked), within);
        const shown = parseRules(sent, does.authorizeIngress.action);
        return rules.map((rule) => ({ ...rule, id: idOf(rule, shown) }));
      }),

    async revokeIngress(GroupId, ruleIds, options) {
      await change(does.revokeIngress, options, (client, within) =>
        client.send(new RevokeSecurityGroupIngressCommand({ GroupId, SecurityGroupRuleIds: [...ruleIds] }), within),
      );
    },

    async addTags(ids, tags, options) {
      await change(does.addTags, options, (client, within) =>
        client.send(new CreateTagsCommand({ Resources: [...ids], Tags: tagList(tags) }), within),
      );
    },

    async removeTags(ids, keys, options) {
      await change(does.removeTags, options, (client, within) =>
        client.send(new DeleteTagsCommand({ Resources: [...ids], Tags: keys.map((Key) => ({ Key })) }), within),
      );
    },
  };
}

const made = z.object({ GroupId: word });
const tagList = (tags: Marks) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
const marked = (ResourceType: ResourceType, tags: Marks) =>
  Object.keys(tags).length === 0 ? undefined : [{ ResourceType, Tags: tagList(tags) }];

function permissionOf({ protocol, fromPort, toPort, source, description: Description }: Ec2Rule): IpPermission {
  const ports = { IpProtocol: protocol, FromPort: fromPort, ToPort: toPort };
  if ('group' in source) return { ...ports, UserIdGroupPairs: [{ GroupId: source.group, Description }] };
  if ('prefixList' in source) return { ...ports, PrefixListIds: [{ PrefixListId: source.prefixList, Description }] };
  const { cidr } = source;
  return cidr.includes(':')
    ? { ...ports, Ipv6Ranges: [{ CidrIpv6: cidr, Description }] }
    : { ...ports, IpRanges: [{ CidrIp: cidr, Description }] };
}

function namedBy(group: string, rules: readonly Ec2Rule[]): NonNullable<SentRequest['named']> {
  const sources = rules.map(({ source }) => source);
  return {
    'security group': [group, ...sources.flatMap((source) => ('group' in source ? [source.group] : []))],
    'prefix list': sources.flatMap((source) => ('prefixList' in source ? [source.prefixList] : [])),
  };
}

/** @throws LbError `BadAnswer` */
function idOf(rule: Ec2Rule, shown: readonly { readonly rule: Ec2Rule }[]): string {
  const same = shown.find((one) => isDeepStrictEqual(meaningOf(one.rule), meaningOf(rule)));
  if (same?.rule.id === undefined) throw new LbError('BadAnswer', `${does.authorizeIngress.action} did not answer all it was asked for`);
  return same.rule.id;
}

const meaningOf = ({ id: _id, description: _description, ...meaning }: Ec2Rule) => meaning;
