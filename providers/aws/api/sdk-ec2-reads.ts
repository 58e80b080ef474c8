import {
  DescribeAddressesCommand,
  DescribeInstancesCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  type EC2Client,
  type Filter,
} from '@aws-sdk/client-ec2';
import type { Ec2Reads, Ec2Rule, Ec2SecurityGroup, SecurityGroupFilter } from './ec2.ts';
import type { CallOptions } from './elb.ts';
import { ec2Operations as does, securityGroupRules, type Operation } from './operations.ts';
import { parseAddresses, parseInstances, parseRouteTables, parseSubnets } from './parse-network.ts';
import { parseRules, parseSecurityGroups } from './parse-security-groups.ts';
import type { SdkRequests } from './sdk-requests.ts';

/** One filter takes so many values. */
const valuesAtOnce = 200;

/**
 * The reads of EC2 by Amazon's SDK. All ask by filters, never by ids: what is not there is then left out, where by id it would
 * make Amazon refuse the whole request.
 */
export function sdkEc2Reads(requests: SdkRequests<EC2Client>): Ec2Reads {
  const rulesOf = (groups: readonly string[], options: CallOptions) =>
    inBatches(groups, securityGroupRules, options, (ids) =>
      requests.pages(securityGroupRules, options, async (client, within, NextToken) => {
        const command = new DescribeSecurityGroupRulesCommand({ Filters: [filter('group-id', ids)], MaxResults: 1_000, NextToken });
        const sent = await client.send(command, within);
        return { items: parseRules(sent, securityGroupRules.action), next: sent.NextToken };
      }),
    );

  const groupsBy = (filters: readonly Filter[], options: CallOptions) =>
    requests.pages(does.securityGroups, options, async (client, within, NextToken) => {
      const command = new DescribeSecurityGroupsCommand({ Filters: [...filters], MaxResults: 1_000, NextToken });
      const sent = await client.send(command, within);
      return { items: parseSecurityGroups(sent, does.securityGroups.action), next: sent.NextToken };
    });

  const addressesBy = (name: string, values: readonly string[], options: CallOptions) =>
    inBatches(values, does.addresses, options, (some) =>
      requests.one({ operation: does.addresses }, options, async (client, within) =>
        parseAddresses(await client.send(new DescribeAddressesCommand({ Filters: [filter(name, some)] }), within), does.addresses.action),
      ),
    );

  return {
    subnets: (vpcId, options) =>
      requests.pages(does.subnets, options, async (client, within, NextToken) => {
        const command = new DescribeSubnetsCommand({ Filters: [filter('vpc-id', [vpcId])], MaxResults: 1_000, NextToken });
        const sent = await client.send(command, within);
        return { items: parseSubnets(sent, does.subnets.action), next: sent.NextToken };
      }),

    routeTables: (vpcId, options) =>
      requests.pages(does.routeTables, options, async (client, within, NextToken) => {
        const command = new DescribeRouteTablesCommand({ Filters: [filter('vpc-id', [vpcId])], MaxResults: 100, NextToken });
        const sent = await client.send(command, within);
        return { items: parseRouteTables(sent, does.routeTables.action), next: sent.NextToken };
      }),

    // The answer about groups holds their rules without ids, by which alone they can be taken away.
    async securityGroups(vpcId, asked, options) {
      const { by, values, isMeant } = askedFor(asked);
      const found = await inBatches(values, does.securityGroups, options, (some) =>
        groupsBy([...(vpcId === undefined ? [] : [filter('vpc-id', [vpcId])]), filter(by, some)], options),
      );
      const groups = found.filter(({ group }) => isMeant(group));
      const withRules = groups.filter(({ hasRules }) => hasRules).map(({ group }) => group.id);
      if (withRules.length > 0) await options.beforeNext?.(securityGroupRules);
      const rules = await rulesOf(withRules, options);
      return groups.map(({ group }) => ({ ...group, ingress: rulesIn(rules, group.id) }));
    },

    async addresses(publicIps, allocationIds, options) {
      const byIp = await addressesBy('public-ip', publicIps, options);
      if (publicIps.length > 0 && allocationIds.length > 0) await options.beforeNext?.(does.addresses);
      const byId = await addressesBy('allocation-id', allocationIds, options);
      return [...byIp, ...byId.filter((one) => byIp.every((other) => other.allocationId !== one.allocationId))];
    },

    instances: (ids, options) =>
      inBatches(ids, does.instances, options, (some) =>
        requests.pages(does.instances, options, async (client, within, NextToken) => {
          const command = new DescribeInstancesCommand({ Filters: [filter('instance-id', some)], MaxResults: 1_000, NextToken });
          const sent = await client.send(command, within);
          return { items: parseInstances(sent, does.instances.action), next: sent.NextToken };
        }),
      ),
  };
}

const filter = (Name: string, Values: readonly string[]): Filter => ({ Name, Values: [...Values] });

const rulesIn = (rules: readonly { readonly group: string; readonly rule: Ec2Rule }[], id: string): readonly Ec2Rule[] =>
  rules.filter(({ group }) => group === id).map(({ rule }) => rule);

/** As EC2 is asked, and which of its answers are meant: it takes `*` and `?` in values for wildcards. */
function askedFor(asked: SecurityGroupFilter): {
  readonly by: string;
  readonly values: readonly string[];
  readonly isMeant: (group: Ec2SecurityGroup) => boolean;
} {
  if ('ids' in asked) return { by: 'group-id', values: asked.ids, isMeant: ({ id }) => asked.ids.includes(id) };
  if ('nameTags' in asked) {
    return { by: 'tag:Name', values: asked.nameTags, isMeant: ({ tags }) => asked.nameTags.includes(tags['Name'] ?? '') };
  }
  if ('named' in asked) return { by: 'group-name', values: [asked.named], isMeant: ({ name }) => name === asked.named };
  if ('lettingIn' in asked) return { by: 'ip-permission.group-id', values: [asked.lettingIn], isMeant: () => true };
  const { tag, value } = asked;
  if (value === undefined) return { by: 'tag-key', values: [tag], isMeant: ({ tags }) => tag in tags };
  return { by: `tag:${tag}`, values: [value], isMeant: ({ tags }) => tags[tag] === value };
}

async function inBatches<T>(
  values: readonly string[],
  operation: Operation,
  options: CallOptions,
  ask: (some: readonly string[]) => Promise<readonly T[]>,
): Promise<readonly T[]> {
  const all: T[] = [];
  for (let first = 0; first < values.length; first += valuesAtOnce) {
    if (first > 0) await options.beforeNext?.(operation);
    all.push(...(await ask(values.slice(first, first + valuesAtOnce))));
  }
  return all;
}
