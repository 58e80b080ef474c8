import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateTagsCommand,
  DeleteSecurityGroupCommand,
  DeleteTagsCommand,
  RevokeSecurityGroupIngressCommand,
  type EC2Client,
} from '@aws-sdk/client-ec2';
import type { Ec2DryRuns, Rehearsal } from './dry-runs.ts';
import type { Ec2Writes } from './ec2.ts';
import { ec2Operations } from './operations.ts';
import type { SdkRequests, Within } from './sdk-requests.ts';

type Send = (client: EC2Client, on: Rehearsal, within: Within) => Promise<unknown>;

const DryRun = true;
const tagList = ({ tags }: Rehearsal) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
/** A rule that no group has. */
const nothing = { IpProtocol: 'tcp', FromPort: 1, ToPort: 1, IpRanges: [{ CidrIp: '192.0.2.1/32' }] };

const sends: Readonly<Record<keyof Ec2Writes, Send>> = {
  createSecurityGroup: (client, on, within) =>
    client.send(
      new CreateSecurityGroupCommand({
        DryRun,
        GroupName: 'portolan-preflight',
        Description: 'portolan preflight',
        VpcId: on.vpcId,
        TagSpecifications: [{ ResourceType: 'security-group', Tags: tagList(on) }],
      }),
      within,
    ),
  deleteSecurityGroup: (client, { group: GroupId }, within) => client.send(new DeleteSecurityGroupCommand({ DryRun, GroupId }), within),
  authorizeIngress: (client, on, within) => {
    const TagSpecifications = [{ ResourceType: 'security-group-rule' as const, Tags: tagList(on) }];
    return client.send(
      new AuthorizeSecurityGroupIngressCommand({ DryRun, GroupId: on.group, IpPermissions: [nothing], TagSpecifications }),
      within,
    );
  },
  revokeIngress: (client, { group: GroupId, rule }, within) =>
    client.send(new RevokeSecurityGroupIngressCommand({ DryRun, GroupId, SecurityGroupRuleIds: [rule] }), within),
  addTags: (client, on, within) => client.send(new CreateTagsCommand({ DryRun, Resources: [on.group], Tags: tagList(on) }), within),
  removeTags: (client, { group }, within) =>
    client.send(new DeleteTagsCommand({ DryRun, Resources: [group], Tags: [{ Key: 'portolan-preflight' }] }), within),
};

/** Dry runs by Amazon's SDK: Amazon answers one that would have been allowed with an error of its own name. */
export function sdkDryRuns(requests: SdkRequests<EC2Client>): Ec2DryRuns {
  return {
    dryRun: (what, on, options) =>
      requests.one({ operation: ec2Operations[what] }, options, async (client, within) => {
        try {
          await sends[what](client, on, within);
        } catch (thrown) {
          if (!(thrown instanceof Error && thrown.name === 'DryRunOperation')) throw thrown;
        }
      }),
  };
}
