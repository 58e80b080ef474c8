import { LbError } from '../../../src/errors.ts';
import type { Reason } from '../../../src/reasons.ts';

/** Amazon's codes that the simulator uses, without the `Exception` that the SDK appends to some names, and what each is to us. */
const reasonsByCode = {
  AccessDenied: 'PermissionDenied',
  AllocationIdNotFound: 'InvalidSetting',
  CertificateNotFound: 'InvalidSetting',
  DependencyViolation: 'ResourceInUse',
  DuplicateListener: 'Conflict',
  DuplicateLoadBalancerName: 'Conflict',
  DuplicateTargetGroupName: 'Conflict',
  IncompatibleProtocols: 'InvalidSetting',
  InvalidConfigurationRequest: 'InvalidSetting',
  'InvalidGroup.Duplicate': 'Conflict',
  'InvalidGroup.NotFound': 'NotFound',
  'InvalidID.NotFound': 'NotFound',
  InvalidParameterValue: 'InvalidSetting',
  'InvalidPrefixListID.NotFound': 'InvalidSetting',
  InvalidSecurityGroup: 'NotFound',
  InvalidSubnet: 'InvalidSetting',
  InvalidTarget: 'MemberNotUsable',
  'InvalidVpcID.NotFound': 'NotFound',
  ListenerNotFound: 'NotFound',
  LoadBalancerNotFound: 'NotFound',
  OperationNotPermitted: 'PermissionDenied',
  ResourceInUse: 'ResourceInUse',
  RulesPerSecurityGroupLimitExceeded: 'QuotaExceeded',
  SSLPolicyNotFound: 'InvalidSetting',
  SecurityGroupLimitExceeded: 'QuotaExceeded',
  SubnetNotFound: 'NotFound',
  TagLimitExceeded: 'QuotaExceeded',
  TargetGroupAssociationLimit: 'ResourceInUse',
  TargetGroupNotFound: 'NotFound',
  TooManyCertificates: 'QuotaExceeded',
  TooManyListeners: 'QuotaExceeded',
  TooManyLoadBalancers: 'QuotaExceeded',
  TooManyTags: 'QuotaExceeded',
  TooManyTargetGroups: 'QuotaExceeded',
  TooManyTargets: 'QuotaExceeded',
  ValidationError: 'InvalidSetting',
} as const satisfies Record<string, Reason>;

export type AmazonCode = keyof typeof reasonsByCode;

/** A refusal as Amazon gives it: its code stands in the text, for people. */
export function refused(code: AmazonCode, text: string): LbError {
  return new LbError(reasonsByCode[code], `${code}: ${text}`);
}
