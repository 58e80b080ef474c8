import type { ClusterId } from '../../../src/model/ids.ts';
import { clusterMark } from '../../../src/model/owner.ts';
import { permissions } from './permissions.ts';

export interface IamStatement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** As IAM takes it. */
export interface IamPolicy {
  readonly Version: '2012-10-17';
  readonly Statement: readonly IamStatement[];
}

export interface IamPolicyOptions {
  /** `aws`, `aws-cn`, `aws-us-gov`. */
  readonly partition?: string;
  /** Ids of the nodes' security groups, whose rules may be changed. Absent: those of any group may. */
  readonly nodeSecurityGroups?: readonly string[];
}

/**
 * The least a credential needs for one cluster: reads are open, for Amazon scopes none of these; what is made must carry the
 * cluster's mark in the call that makes it, and only what carries it may be changed. The nodes' security groups are the
 * exception: they are somebody else's, only their rules are touched.
 * Source: the Service Authorization Reference of Elastic Load Balancing V2 and EC2 (aws:RequestTag, aws:ResourceTag,
 * elasticloadbalancing:CreateAction, ec2:CreateAction).
 */
export function iamPolicy(cluster: ClusterId, { partition = 'aws', nodeSecurityGroups }: IamPolicyOptions = {}): IamPolicy {
  const requested = { [`aws:RequestTag/${clusterMark}`]: cluster };
  const owned = { StringEquals: { [`aws:ResourceTag/${clusterMark}`]: cluster } };
  const elb = (things: string) => `arn:${partition}:elasticloadbalancing:*:*:${things}`;
  const ec2 = (things: string) => `arn:${partition}:ec2:*:*:${things}`;
  const [loadBalancers, targetGroups, listeners] = [elb('loadbalancer/net/*/*'), elb('targetgroup/*/*'), elb('listener/net/*/*/*')];
  const [groups, rules] = [ec2('security-group/*'), ec2('security-group-rule/*')];
  const nodeGroups = nodeSecurityGroups?.map((id) => ec2(`security-group/${id}`)) ?? [groups];
  return {
    Version: '2012-10-17',
    Statement: [
      allow('Read', readActions, ['*']),
      allow('MakeLoadBalancers', ['elasticloadbalancing:CreateLoadBalancer'], [loadBalancers], { StringEquals: requested }),
      allow('MakeTargetGroups', ['elasticloadbalancing:CreateTargetGroup'], [targetGroups], { StringEquals: requested }),
      allow('MarkWhatIsMade', ['elasticloadbalancing:AddTags'], [loadBalancers, targetGroups, listeners], {
        StringEquals: { ...requested, 'elasticloadbalancing:CreateAction': ['CreateLoadBalancer', 'CreateTargetGroup', 'CreateListener'] },
      }),
      allow('ChangeOwn', ownActions, [loadBalancers, targetGroups, listeners], owned),
      allow('MakeSecurityGroups', ['ec2:CreateSecurityGroup'], [groups], { StringEquals: requested }),
      allow('MakeSecurityGroupsInVpc', ['ec2:CreateSecurityGroup'], [ec2('vpc/*')]),
      allow('MarkSecurityGroups', ['ec2:CreateTags'], [groups, rules], {
        StringEquals: { ...requested, 'ec2:CreateAction': ['CreateSecurityGroup', 'AuthorizeSecurityGroupIngress'] },
      }),
      allow('ChangeOwnSecurityGroups', ['ec2:DeleteSecurityGroup', ...ruleActions, 'ec2:CreateTags', 'ec2:DeleteTags'], [groups], owned),
      allow('MakeRules', ['ec2:AuthorizeSecurityGroupIngress'], [rules], { StringEquals: requested }),
      allow('TakeOwnRules', ['ec2:RevokeSecurityGroupIngress'], [rules], owned),
      allow('LetLoadBalancersReachNodes', ruleActions, nodeGroups),
      allow('FirstLoadBalancer', ['iam:CreateServiceLinkedRole'], ['*'], {
        StringEquals: { 'iam:AWSServiceName': 'elasticloadbalancing.amazonaws.com' },
      }),
    ],
  };
}

const readActions = permissions.filter(({ mutates }) => !mutates).map(({ action }) => action);
const ruleActions = ['ec2:AuthorizeSecurityGroupIngress', 'ec2:RevokeSecurityGroupIngress'];
/** A listener is made on a load balancer, which is ours by then. */
const ownActions = permissions
  .filter(({ action, mutates }) => mutates && action.startsWith('elasticloadbalancing:'))
  .map(({ action }) => action)
  .filter((action) => !['elasticloadbalancing:CreateLoadBalancer', 'elasticloadbalancing:CreateTargetGroup'].includes(action));

function allow(
  Sid: string,
  Action: readonly string[],
  Resource: readonly string[],
  Condition?: NonNullable<IamStatement['Condition']>,
): IamStatement {
  return { Sid, Effect: 'Allow', Action, Resource, ...(Condition === undefined ? {} : { Condition }) };
}
