/** The names of Amazon's errors that the simulator uses, without the `Exception` that the SDK appends to some. */
export type AmazonCode =
  | 'AccessDenied'
  | 'AllocationIdNotFound'
  | 'CertificateNotFound'
  | 'DependencyViolation'
  | 'DuplicateListener'
  | 'DuplicateLoadBalancerName'
  | 'DuplicateTargetGroupName'
  | 'IncompatibleProtocols'
  | 'InvalidConfigurationRequest'
  | 'InvalidGroup.Duplicate'
  | 'InvalidPermission.Duplicate'
  | 'InvalidSecurityGroupRuleId.NotFound'
  | 'InvalidGroup.NotFound'
  | 'InvalidID'
  | 'InvalidParameterValue'
  | 'InvalidPrefixListID.NotFound'
  | 'InvalidSecurityGroup'
  | 'InvalidSubnet'
  | 'InvalidTarget'
  | 'InvalidVpcID.NotFound'
  | 'ListenerNotFound'
  | 'LoadBalancerNotFound'
  | 'OperationNotPermitted'
  | 'RequestLimitExceeded'
  | 'ResourceInUse'
  | 'RulesPerSecurityGroupLimitExceeded'
  | 'SSLPolicyNotFound'
  | 'SecurityGroupLimitExceeded'
  | 'SubnetNotFound'
  | 'TagLimitExceeded'
  | 'TargetGroupAssociationLimit'
  | 'TargetGroupNotFound'
  | 'Throttling'
  | 'TooManyCertificates'
  | 'TooManyListeners'
  | 'TooManyLoadBalancers'
  | 'TooManyTags'
  | 'TooManyTargetGroups'
  | 'TooManyTargets'
  | 'ValidationError';

/** A refusal as the SDK throws it. What it is to us, the table says by which answers of the real Amazon are read. */
export class AmazonRefusal extends Error {
  readonly $fault = 'client';
  readonly $metadata = { httpStatusCode: 400, attempts: 1 };

  constructor(code: AmazonCode, text: string) {
    super(text);
    this.name = code;
  }
}

export const refused = (code: AmazonCode, text: string): AmazonRefusal => new AmazonRefusal(code, text);
