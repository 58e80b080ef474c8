import type { Reason, Verdict } from '../../../src/reasons.ts';
import type { Service } from './operations.ts';

/** What a request may name and Amazon may find wrong. */
export type Subject = 'certificate' | 'TLS policy' | 'subnet' | 'Elastic IP' | 'security group' | 'prefix list' | 'instance' | 'VPC';

/**
 * What one of Amazon's error names means here. `text` goes on from the name of the action; with `subject` it goes on from the
 * things of that kind that the request named; with `quota` it is the quota that is used up, as Service Quotas calls it.
 */
export type ErrorRow = { readonly verdict?: Verdict; readonly remedy?: string } & (
  | { readonly code: Exclude<Reason, 'QuotaExceeded' | 'PermissionDenied'>; readonly text: string; readonly subject?: Subject }
  | { readonly code: 'QuotaExceeded'; readonly quota: string }
  /** Without a text: the credential lacks the action. */
  | { readonly code: 'PermissionDenied'; readonly text?: string }
  /** Nobody can say whether it was done. */
  | { readonly code: 'unclear' }
);

const quota = (name: string): ErrorRow => ({ code: 'QuotaExceeded', quota: name });
const wrong = (subject: Subject, text: string): ErrorRow => ({ code: 'InvalidSetting', subject, text });
const gone = (what: string): ErrorRow => ({ code: 'NotFound', text: `found that ${what} does not exist (any more)` });
const conflict = (text: string): ErrorRow => ({ code: 'Conflict', text });
const throttled: ErrorRow = { code: 'CloudThrottled', text: 'is slowed down to what Amazon allows' };
const notUsable: ErrorRow = {
  code: 'MemberNotUsable',
  subject: 'instance',
  text: 'does not run, is not known in this VPC, or is of a family that Amazon does not take',
};
const unclear: ErrorRow = { code: 'unclear' };
const invalid: ErrorRow = { code: 'InvalidSetting', text: 'was refused: Amazon does not allow these values, or not together' };
const malformed: ErrorRow = { code: 'ProviderBug', text: 'was not understood by Amazon' };
const denied: ErrorRow = { code: 'PermissionDenied' };
const credential = (text: string, remedy: string): ErrorRow => ({ code: 'PermissionDenied', text, remedy });

const notCredible = credential('was refused: Amazon does not know the credential', 'Give the process a valid credential.');
const notSigned = credential(
  'was refused: its signature or its time is wrong',
  "Check the secret key and the clock of the controller's machine.",
);
const securityGroup: ErrorRow = { ...wrong('security group', 'does not exist in this VPC, or is not visible yet'), verdict: 'retry' };

/** Any service of Amazon's. */
export const commonErrors: Readonly<Record<string, ErrorRow>> = {
  Throttling: throttled,
  Throttled: throttled,
  EC2Throttled: throttled,
  RequestLimitExceeded: throttled,
  RequestThrottled: throttled,
  TooManyRequests: throttled,
  BandwidthLimitExceeded: throttled,
  SlowDown: throttled,

  AccessDenied: denied,
  UnauthorizedOperation: denied,
  NotAuthorized: denied,
  UnauthorizedAccess: denied,
  AuthFailure: notCredible,
  InvalidClientTokenId: notCredible,
  InvalidAccessKeyId: notCredible,
  UnrecognizedClient: notCredible,
  MissingAuthenticationToken: notCredible,
  InvalidIdentityToken: notCredible,
  OptInRequired: credential('was refused: the account is not signed up for this service or region', 'Enable it for the account.'),
  Blocked: credential('was refused: the account is blocked', 'Ask Amazon why.'),
  PendingVerification: credential('was refused: Amazon still verifies the account', 'Wait for it, or ask Amazon.'),
  SignatureDoesNotMatch: notSigned,
  IncompleteSignature: notSigned,
  InvalidSignature: notSigned,
  RequestExpired: notSigned,
  RequestTimeTooSkewed: notSigned,
  // Refused before anything was done; the next request is signed with the credential that took its place.
  ExpiredToken: { code: 'CloudUnavailable', text: 'was refused: the credential had just expired' },
  IDPCommunicationError: { code: 'CloudUnavailable', text: 'was not sent: Amazon could not ask who issued the credential' },

  InternalFailure: unclear,
  InternalError: unclear,
  InternalServerError: unclear,
  InternalServer: unclear,
  InternalService: unclear,
  ServiceUnavailable: unclear,
  Unavailable: unclear,
  RequestTimeout: unclear,
  TimeoutError: unclear,
  AbortError: unclear,

  ValidationError: invalid,
  Validation: invalid,
  InvalidParameter: invalid,
  InvalidParameterValue: invalid,
  InvalidParameterCombination: invalid,
  InvalidAction: malformed,
  InvalidQueryParameter: malformed,
  MalformedQueryString: malformed,
  MissingAction: malformed,
  MissingParameter: malformed,
  UnknownParameter: malformed,
};

const elbErrors: Readonly<Record<string, ErrorRow>> = {
  LoadBalancerNotFound: gone('the load balancer'),
  TargetGroupNotFound: gone('the target group'),
  ListenerNotFound: gone('the listener'),
  ResourceNotFound: gone('the thing'),

  DuplicateLoadBalancerName: conflict('found the name taken by a load balancer with other settings'),
  DuplicateTargetGroupName: conflict('found the name taken by a target group with other settings'),
  DuplicateListener: conflict('found a listener on this port'),
  PriorRequestNotComplete: conflict('was refused: an earlier change is not finished'),
  ResourceInUse: { code: 'ResourceInUse', text: 'was refused: something still uses it' },
  HealthUnavailable: unclear,
  InvalidTarget: notUsable,

  CertificateNotFound: wrong('certificate', 'does not exist in this region, or is not issued'),
  UnsupportedCertificate: wrong('certificate', 'has a key or an algorithm that load balancers do not support'),
  SSLPolicyNotFound: wrong('TLS policy', 'does not exist'),
  SubnetNotFound: wrong('subnet', 'does not exist'),
  InvalidSubnet: wrong('subnet', 'cannot be used: it has too few free addresses, or lies in another VPC or a zone that was named twice'),
  'InvalidSubnetID.NotFound': wrong('subnet', 'does not exist'),
  AvailabilityZoneNotSupported: wrong('subnet', 'lies in a zone that network load balancers do not support'),
  AllocationIdNotFound: wrong('Elastic IP', 'does not exist, or is in use'),
  // One that was made a moment ago need not be visible everywhere.
  InvalidSecurityGroup: securityGroup,
  'InvalidGroup.NotFound': securityGroup,
  'InvalidSecurityGroupID.NotFound': securityGroup,
  ALPNPolicyNotSupported: { code: 'InvalidSetting', text: 'was refused: Amazon does not support this ALPN policy' },
  InvalidScheme: { code: 'InvalidSetting', text: 'was refused: this is not possible with this scheme' },
  InvalidConfigurationRequest: invalid,
  IncompatibleProtocols: { code: 'InvalidSetting', text: 'was refused: this is not possible with this protocol' },
  InvalidLoadBalancerAction: malformed,
  DuplicateTagKeys: malformed,
  UnsupportedProtocol: { code: 'UnsupportedProtocol', text: 'was refused: Amazon does not support the protocol' },
  OperationNotPermitted: { code: 'UnsupportedFeature', text: 'was refused: Amazon does not allow it on this load balancer' },

  TooManyLoadBalancers: quota('Network Load Balancers per Region'),
  TooManyTargetGroups: quota('Target Groups per Region'),
  TooManyListeners: quota('Listeners per Network Load Balancer'),
  TooManyTargets: quota('Targets per Target Group, per Availability Zone or per Network Load Balancer'),
  TooManyRegistrationsForTargetId: quota('Registrations per target'),
  TooManyCertificates: quota('Certificates per Network Load Balancer'),
  TooManyTags: quota('Tags per resource'),
  TooManyActions: quota('Actions per listener'),
  TooManyRules: quota('Rules per load balancer'),
  TooManyUniqueTargetGroupsPerLoadBalancer: quota('Target Groups per load balancer'),
  TargetGroupAssociationLimit: quota('Load balancers per target group'),
};

const ec2Errors: Readonly<Record<string, ErrorRow>> = {
  'InvalidGroup.NotFound': gone('the security group'),
  'InvalidSecurityGroupID.NotFound': gone('the security group'),
  'InvalidPermission.NotFound': gone('the rule'),
  'InvalidSecurityGroupRuleId.NotFound': gone('the rule'),
  InvalidID: gone('the thing'),

  'InvalidGroup.Duplicate': conflict('found the name taken in this VPC'),
  'InvalidPermission.Duplicate': conflict('found the rule there already'),
  IncorrectState: conflict('was refused: the thing changes just now'),
  DependencyViolation: { code: 'ResourceInUse', text: 'was refused: a network interface or a rule of another group still uses it' },
  'InvalidGroup.InUse': { code: 'ResourceInUse', text: 'was refused: a network interface or a rule of another group still uses it' },
  'InvalidInstanceID.NotFound': notUsable,
  'InvalidInstanceID.Malformed': notUsable,

  'InvalidSubnetID.NotFound': wrong('subnet', 'does not exist'),
  'InvalidSubnetID.Malformed': wrong('subnet', 'does not exist'),
  'InvalidAllocationID.NotFound': wrong('Elastic IP', 'does not exist'),
  'InvalidAddress.NotFound': wrong('Elastic IP', 'does not exist'),
  'InvalidVpcID.NotFound': wrong('VPC', 'does not exist in this region'),
  'InvalidVpcID.Malformed': wrong('VPC', 'does not exist in this region'),
  'InvalidPrefixListID.NotFound': wrong('prefix list', 'does not exist'),
  'InvalidPrefixListId.NotFound': wrong('prefix list', 'does not exist'),
  'InvalidPrefixListId.Malformed': wrong('prefix list', 'does not exist'),
  'InvalidGroupId.Malformed': wrong('security group', 'does not exist'),
  'InvalidPermission.Malformed': invalid,
  OperationNotPermitted: denied,

  RulesPerSecurityGroupLimitExceeded: quota('Inbound or outbound rules per security group'),
  SecurityGroupLimitExceeded: quota('VPC security groups per Region'),
  SecurityGroupsPerInterfaceLimitExceeded: quota('Security groups per network interface'),
  SecurityGroupsPerInstanceLimitExceeded: quota('Security groups per network interface'),
  NetworkInterfaceLimitExceeded: quota('Network interfaces per Region'),
  AddressLimitExceeded: quota('EC2-VPC Elastic IPs'),
  TagLimitExceeded: quota('Tags per resource'),
};

/** What one and the same name means for one action only. */
const actionErrors: Readonly<Record<string, ErrorRow>> = {
  'CreateLoadBalancer ResourceInUse': {
    code: 'AddressInUse',
    subject: 'Elastic IP',
    text: 'is in use, or not visible yet',
    verdict: 'retry',
  },
  'SetSubnets ResourceInUse': { code: 'AddressInUse', subject: 'Elastic IP', text: 'is in use, or not visible yet', verdict: 'retry' },
  'DeleteLoadBalancer OperationNotPermitted': {
    code: 'ResourceInUse',
    text: 'was refused: deletion protection is on',
    verdict: 'wait-for-user',
    remedy:
      'Set deletion_protection.enabled=false in the annotation service.beta.kubernetes.io/aws-load-balancer-attributes of its Service, or switch it off at Amazon.',
  },
};

export const serviceErrors: Readonly<Record<Service, Readonly<Record<string, ErrorRow>>>> = {
  elasticloadbalancing: elbErrors,
  ec2: ec2Errors,
};

/** The row of a name (without `Exception`), for the action first, then for the service, then for all. */
export function rowOf(service: Service, action: string, name: string): ErrorRow | undefined {
  const tables = [
    [actionErrors, `${action} ${name}`],
    [serviceErrors[service], name],
    [commonErrors, name],
  ] as const;
  for (const [table, key] of tables) if (Object.hasOwn(table, key)) return table[key];
  return undefined;
}
