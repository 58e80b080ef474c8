import type { Ec2Api } from './ec2.ts';
import type { ElbApi } from './elb.ts';
import { apiClasses, type ApiClass } from './limiter.ts';

/** As IAM spells them in front of an action. */
export type Service = 'elasticloadbalancing' | 'ec2';

/** What a method of the narrow interfaces asks of Amazon. */
export interface Operation {
  readonly service: Service;
  /** Amazon's name: metrics, texts and permissions show it. */
  readonly action: string;
  readonly counts: ApiClass;
}

const elb = (action: string, counts: ApiClass): Operation => ({ service: 'elasticloadbalancing', action, counts });
const ec2 = (action: string, counts: ApiClass): Operation => ({ service: 'ec2', action, counts });

export const elbOperations = {
  loadBalancers: elb('DescribeLoadBalancers', 'elb-read'),
  loadBalancersByArn: elb('DescribeLoadBalancers', 'elb-read'),
  targetGroups: elb('DescribeTargetGroups', 'elb-read'),
  listeners: elb('DescribeListeners', 'elb-read'),
  extraCertificates: elb('DescribeListenerCertificates', 'elb-read'),
  tags: elb('DescribeTags', 'elb-read'),
  targetHealth: elb('DescribeTargetHealth', 'elb-read'),
  loadBalancerAttributes: elb('DescribeLoadBalancerAttributes', 'elb-read'),
  targetGroupAttributes: elb('DescribeTargetGroupAttributes', 'elb-read'),
  listenerAttributes: elb('DescribeListenerAttributes', 'elb-read'),
  createLoadBalancer: elb('CreateLoadBalancer', 'elb-write'),
  deleteLoadBalancer: elb('DeleteLoadBalancer', 'elb-write'),
  setSecurityGroups: elb('SetSecurityGroups', 'elb-write'),
  setSubnets: elb('SetSubnets', 'elb-write'),
  setIpAddressType: elb('SetIpAddressType', 'elb-write'),
  setLoadBalancerAttributes: elb('ModifyLoadBalancerAttributes', 'elb-write'),
  createTargetGroup: elb('CreateTargetGroup', 'elb-write'),
  setHealthCheck: elb('ModifyTargetGroup', 'elb-write'),
  setTargetGroupAttributes: elb('ModifyTargetGroupAttributes', 'elb-write'),
  deleteTargetGroup: elb('DeleteTargetGroup', 'elb-write'),
  registerTargets: elb('RegisterTargets', 'targets'),
  deregisterTargets: elb('DeregisterTargets', 'targets'),
  createListener: elb('CreateListener', 'elb-write'),
  setListener: elb('ModifyListener', 'elb-write'),
  addCertificates: elb('AddListenerCertificates', 'elb-write'),
  removeCertificates: elb('RemoveListenerCertificates', 'elb-write'),
  setListenerAttributes: elb('ModifyListenerAttributes', 'elb-write'),
  deleteListener: elb('DeleteListener', 'elb-write'),
  addTags: elb('AddTags', 'elb-write'),
  removeTags: elb('RemoveTags', 'elb-write'),
} as const satisfies Record<keyof ElbApi, Operation>;

export const ec2Operations = {
  subnets: ec2('DescribeSubnets', 'ec2-read'),
  routeTables: ec2('DescribeRouteTables', 'ec2-read'),
  securityGroups: ec2('DescribeSecurityGroups', 'ec2-read'),
  addresses: ec2('DescribeAddresses', 'ec2-read'),
  instances: ec2('DescribeInstances', 'ec2-read'),
  createSecurityGroup: ec2('CreateSecurityGroup', 'ec2-write'),
  deleteSecurityGroup: ec2('DeleteSecurityGroup', 'ec2-write'),
  authorizeIngress: ec2('AuthorizeSecurityGroupIngress', 'ec2-write'),
  revokeIngress: ec2('RevokeSecurityGroupIngress', 'ec2-write'),
  addTags: ec2('CreateTags', 'ec2-write'),
  removeTags: ec2('DeleteTags', 'ec2-write'),
} as const satisfies Record<keyof Ec2Api, Operation>;

/** The rules of groups with their ids: the second half of reading security groups. */
export const securityGroupRules = ec2('DescribeSecurityGroupRules', 'ec2-read');

export const mutates = (operation: Operation): boolean => apiClasses[operation.counts].mutates;
