import type { Permission } from '../../../src/model/capabilities.ts';

const reads = (action: string, why: string): Permission => ({ action, why, mutates: false });
const changes = (action: string, why: string): Permission => ({ action, why, mutates: true });

/**
 * What Elastic Load Balancing asks of EC2 with the caller's credential while it makes things; nothing here asks for it. Source:
 * "Elastic Load Balancing API permissions" of its user guide.
 */
const askedByAmazon: readonly Permission[] = [
  reads('ec2:DescribeAccountAttributes', 'Amazon asks for it with this credential where a load balancer is made'),
  reads(
    'ec2:DescribeInternetGateways',
    'Amazon asks for it with this credential where a load balancer is made, and where targets are registered',
  ),
  reads('ec2:DescribeVpcs', 'Amazon asks for it with this credential where a load balancer is made, and where targets are registered'),
];

/** Nobody here can try these. */
export const isAskedByAmazon = (action: string): boolean => askedByAmazon.some((permission) => permission.action === action);

/** Every action that the interfaces of this folder ask for, as IAM spells it, and what Amazon asks for on top. */
export const permissions: readonly Permission[] = [
  reads('elasticloadbalancing:DescribeLoadBalancers', 'to find what is there and whether it is ready'),
  reads('elasticloadbalancing:DescribeTargetGroups', 'to find what is there'),
  reads('elasticloadbalancing:DescribeListeners', 'to compare the ports with those of the Service'),
  reads('elasticloadbalancing:DescribeListenerCertificates', 'to compare further certificates of TLS ports'),
  reads('elasticloadbalancing:DescribeTags', 'marks prove what is ours'),
  reads('elasticloadbalancing:DescribeTargetHealth', 'to know the members and whether one is healthy'),
  reads('elasticloadbalancing:DescribeLoadBalancerAttributes', 'to compare attributes that annotations set'),
  reads('elasticloadbalancing:DescribeTargetGroupAttributes', 'to compare attributes that annotations set'),
  reads('elasticloadbalancing:DescribeListenerAttributes', 'to compare attributes that annotations set'),
  reads('ec2:DescribeSubnets', 'a load balancer stands in subnets'),
  reads('ec2:DescribeRouteTables', 'routes tell public subnets from others'),
  reads('ec2:DescribeSecurityGroups', 'to find the groups of load balancers and nodes, and their rules'),
  reads('ec2:DescribeSecurityGroupRules', 'to know the ids of rules, by which they are taken away'),
  reads('ec2:DescribeAddresses', 'to find the Elastic IP of a requested address'),
  reads('ec2:DescribeInstances', 'only instances that run can be members'),

  ...askedByAmazon,

  changes('elasticloadbalancing:CreateLoadBalancer', 'a Service without a load balancer gets one'),
  changes('elasticloadbalancing:CreateTargetGroup', 'each port has one'),
  changes('elasticloadbalancing:CreateListener', 'each port has one'),
  changes('elasticloadbalancing:AddTags', 'everything is marked in the call that makes it; tags follow the annotations'),
  changes('elasticloadbalancing:RemoveTags', 'tags follow the annotations'),
  changes('elasticloadbalancing:DeleteLoadBalancer', 'it goes with its Service'),
  changes('elasticloadbalancing:DeleteTargetGroup', 'it goes with its port'),
  changes('elasticloadbalancing:DeleteListener', 'it goes with its port'),
  changes('elasticloadbalancing:SetSecurityGroups', 'groups follow the annotations'),
  changes('elasticloadbalancing:SetSubnets', 'new zones are added'),
  changes('elasticloadbalancing:SetIpAddressType', 'families follow the Service'),
  changes('elasticloadbalancing:ModifyLoadBalancerAttributes', 'attributes follow the annotations'),
  changes('elasticloadbalancing:ModifyTargetGroup', 'health checks follow the Service'),
  changes('elasticloadbalancing:ModifyTargetGroupAttributes', 'attributes follow the annotations'),
  changes('elasticloadbalancing:ModifyListener', 'protocol, certificate and policy follow the Service'),
  changes('elasticloadbalancing:ModifyListenerAttributes', 'attributes follow the annotations'),
  changes('elasticloadbalancing:AddListenerCertificates', 'a TLS port may have several certificates'),
  changes('elasticloadbalancing:RemoveListenerCertificates', 'a TLS port may have several certificates'),
  changes('elasticloadbalancing:RegisterTargets', 'nodes that join become members'),
  changes('elasticloadbalancing:DeregisterTargets', 'nodes that leave do not get traffic any more'),
  changes('ec2:CreateSecurityGroup', 'each load balancer has a group that lets clients in, and all share one that nodes trust'),
  changes('ec2:DeleteSecurityGroup', 'it goes with its load balancer'),
  changes('ec2:AuthorizeSecurityGroupIngress', 'ports and source ranges follow the Service; nodes let the load balancers in'),
  changes('ec2:RevokeSecurityGroupIngress', 'ports and source ranges follow the Service'),
  changes('ec2:CreateTags', 'everything is marked in the call that makes it; tags follow the annotations'),
  changes('ec2:DeleteTags', 'tags follow the annotations'),
  changes('iam:CreateServiceLinkedRole', "an account's first load balancer makes the role of Elastic Load Balancing"),
];
