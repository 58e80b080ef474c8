import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LbError } from '../../../src/errors.ts';
import type { Reason, Verdict } from '../../../src/reasons.ts';
import { commonErrors, serviceErrors } from './error-table.ts';
import { ec2Operations, elbOperations, mutates, type Operation, type Service } from './operations.ts';
import { sdkError, type SentRequest } from './sdk-errors.ts';

const raw = 'User: arn:aws:iam::123456789012:user/x is not welcome (Request ID: 6a3)';
/** As the SDK throws what a service answered. */
const answered = (name: string, status = 400, more: object = {}) =>
  Object.assign(
    new Error(raw),
    { name, $fault: status < 500 ? 'client' : 'server', $metadata: { httpStatusCode: status, attempts: 1 } },
    more,
  );
/** As Node throws what the network did. */
const system = (code: string, more: object = {}) => Object.assign(new Error(raw), { code, $metadata: { attempts: 1 } }, more);

const read: Operation = elbOperations.loadBalancers;
const write: Operation = elbOperations.createListener;
const map = (thrown: unknown, operation = write, named?: SentRequest['named']) =>
  sdkError(thrown, named === undefined ? { operation } : { operation, named });

/** What every name of the tables means, said a second time. */
const meanings: readonly (readonly [Reason, Verdict, Service | 'both', string])[] = [
  ['CloudThrottled', 'retry-after', 'both', 'Throttling Throttled EC2Throttled RequestLimitExceeded RequestThrottled TooManyRequests'],
  ['CloudThrottled', 'retry-after', 'both', 'BandwidthLimitExceeded SlowDown'],
  ['PermissionDenied', 'wait-for-user', 'both', 'AccessDenied UnauthorizedOperation NotAuthorized UnauthorizedAccess AuthFailure'],
  ['PermissionDenied', 'wait-for-user', 'both', 'InvalidClientTokenId InvalidAccessKeyId UnrecognizedClient MissingAuthenticationToken'],
  ['PermissionDenied', 'wait-for-user', 'both', 'InvalidIdentityToken OptInRequired Blocked PendingVerification SignatureDoesNotMatch'],
  ['PermissionDenied', 'wait-for-user', 'both', 'IncompleteSignature InvalidSignature RequestExpired RequestTimeTooSkewed'],
  ['CloudUnavailable', 'retry', 'both', 'ExpiredToken IDPCommunicationError'],
  ['OutcomeUnknown', 'in-doubt', 'both', 'InternalFailure InternalError InternalServerError InternalServer InternalService'],
  ['OutcomeUnknown', 'in-doubt', 'both', 'ServiceUnavailable Unavailable RequestTimeout TimeoutError AbortError'],
  [
    'InvalidSetting',
    'wait-for-user',
    'both',
    'ValidationError Validation InvalidParameter InvalidParameterValue InvalidParameterCombination',
  ],
  [
    'ProviderBug',
    'bug',
    'both',
    'InvalidAction InvalidQueryParameter MalformedQueryString MissingAction MissingParameter UnknownParameter',
  ],

  ['NotFound', 'gone', 'elasticloadbalancing', 'LoadBalancerNotFound TargetGroupNotFound ListenerNotFound ResourceNotFound'],
  [
    'Conflict',
    'retry',
    'elasticloadbalancing',
    'DuplicateLoadBalancerName DuplicateTargetGroupName DuplicateListener PriorRequestNotComplete',
  ],
  ['ResourceInUse', 'retry', 'elasticloadbalancing', 'ResourceInUse'],
  ['OutcomeUnknown', 'in-doubt', 'elasticloadbalancing', 'HealthUnavailable'],
  ['MemberNotUsable', 'retry', 'elasticloadbalancing', 'InvalidTarget'],
  [
    'InvalidSetting',
    'wait-for-user',
    'elasticloadbalancing',
    'CertificateNotFound UnsupportedCertificate SSLPolicyNotFound SubnetNotFound',
  ],
  ['InvalidSetting', 'wait-for-user', 'elasticloadbalancing', 'InvalidSubnet InvalidSubnetID.NotFound AvailabilityZoneNotSupported'],
  ['InvalidSetting', 'wait-for-user', 'elasticloadbalancing', 'AllocationIdNotFound ALPNPolicyNotSupported InvalidScheme'],
  ['InvalidSetting', 'wait-for-user', 'elasticloadbalancing', 'InvalidConfigurationRequest IncompatibleProtocols'],
  ['InvalidSetting', 'retry', 'elasticloadbalancing', 'InvalidSecurityGroup InvalidGroup.NotFound InvalidSecurityGroupID.NotFound'],
  ['ProviderBug', 'bug', 'elasticloadbalancing', 'InvalidLoadBalancerAction DuplicateTagKeys'],
  ['UnsupportedProtocol', 'wait-for-user', 'elasticloadbalancing', 'UnsupportedProtocol'],
  ['UnsupportedFeature', 'wait-for-user', 'elasticloadbalancing', 'OperationNotPermitted'],
  ['QuotaExceeded', 'wait-for-user', 'elasticloadbalancing', 'TooManyLoadBalancers TooManyTargetGroups TooManyListeners TooManyTargets'],
  [
    'QuotaExceeded',
    'wait-for-user',
    'elasticloadbalancing',
    'TooManyRegistrationsForTargetId TooManyCertificates TooManyTags TooManyActions',
  ],
  ['QuotaExceeded', 'wait-for-user', 'elasticloadbalancing', 'TooManyRules TooManyUniqueTargetGroupsPerLoadBalancer'],
  ['QuotaExceeded', 'wait-for-user', 'elasticloadbalancing', 'TargetGroupAssociationLimit'],

  ['NotFound', 'gone', 'ec2', 'InvalidGroup.NotFound InvalidSecurityGroupID.NotFound InvalidPermission.NotFound'],
  ['NotFound', 'gone', 'ec2', 'InvalidSecurityGroupRuleId.NotFound InvalidID'],
  ['Conflict', 'retry', 'ec2', 'InvalidGroup.Duplicate InvalidPermission.Duplicate IncorrectState'],
  ['ResourceInUse', 'retry', 'ec2', 'DependencyViolation InvalidGroup.InUse'],
  ['MemberNotUsable', 'retry', 'ec2', 'InvalidInstanceID.NotFound InvalidInstanceID.Malformed'],
  ['InvalidSetting', 'wait-for-user', 'ec2', 'InvalidSubnetID.NotFound InvalidSubnetID.Malformed InvalidAllocationID.NotFound'],
  ['InvalidSetting', 'wait-for-user', 'ec2', 'InvalidAddress.NotFound InvalidVpcID.NotFound InvalidVpcID.Malformed'],
  ['InvalidSetting', 'wait-for-user', 'ec2', 'InvalidPrefixListID.NotFound InvalidPrefixListId.NotFound InvalidPrefixListId.Malformed'],
  ['InvalidSetting', 'wait-for-user', 'ec2', 'InvalidGroupId.Malformed InvalidPermission.Malformed'],
  ['PermissionDenied', 'wait-for-user', 'ec2', 'OperationNotPermitted'],
  ['QuotaExceeded', 'wait-for-user', 'ec2', 'RulesPerSecurityGroupLimitExceeded SecurityGroupLimitExceeded'],
  ['QuotaExceeded', 'wait-for-user', 'ec2', 'SecurityGroupsPerInterfaceLimitExceeded SecurityGroupsPerInstanceLimitExceeded'],
  ['QuotaExceeded', 'wait-for-user', 'ec2', 'NetworkInterfaceLimitExceeded AddressLimitExceeded TagLimitExceeded'],
];
const said = meanings.flatMap(([code, verdict, of, names]) =>
  names
    .split(' ')
    .flatMap((name) =>
      (of === 'both' ? ([`elasticloadbalancing`, `ec2`] as const) : [of]).map((service) => ({ service, name, code, verdict })),
    ),
);

it.each(said)('$service: $name of a change is $code ($verdict), however the SDK spells it', ({ service, name, code, verdict }) => {
  const operation = service === 'ec2' ? ec2Operations.authorizeIngress : elbOperations.createListener;
  const shapes = [
    answered(name),
    answered(`${name}Exception`),
    answered(`${name}Exception`, 503, { Code: name }),
    answered('Error', 400, { Code: name }),
    answered('SomethingElse', 400, { Code: `${name}Exception` }),
  ];

  for (const thrown of shapes) expect(map(thrown, operation)).toMatchObject({ code, verdict, cause: thrown });
});

it('no row of the tables is left unsaid', () => {
  const known = new Set(said.map(({ service, name }) => `${service} ${name}`));
  const rows = (['elasticloadbalancing', 'ec2'] as const).flatMap((service) =>
    [...Object.keys(serviceErrors[service]), ...Object.keys(commonErrors)].map((name) => `${service} ${name}`),
  );

  expect(rows.filter((row) => !known.has(row))).toEqual([]);
});

describe('texts name the thing', () => {
  const arn = 'arn:aws:acm:eu-west-1:1:certificate/a';

  it.each([
    ['AccessDenied', write, {}, 'the credential may not call elasticloadbalancing:CreateListener'],
    ['UnauthorizedOperation', ec2Operations.createSecurityGroup, {}, 'the credential may not call ec2:CreateSecurityGroup'],
    [
      'TooManyLoadBalancers',
      elbOperations.createLoadBalancer,
      {},
      'CreateLoadBalancer was refused: the quota "Network Load Balancers per Region" is used up',
    ],
    [
      'CertificateNotFound',
      write,
      { certificate: [arn] },
      `CreateListener: the certificate ${arn} does not exist in this region, or is not issued`,
    ],
    ['CertificateNotFound', write, {}, 'CreateListener: a certificate of the request does not exist in this region, or is not issued'],
    ['AllocationIdNotFound', write, {}, 'CreateListener: an Elastic IP of the request does not exist, or is in use'],
    ['SSLPolicyNotFound', write, { 'TLS policy': ['Fancy'] }, 'CreateListener: the TLS policy Fancy does not exist'],
    ['SubnetNotFound', write, { subnet: ['subnet-1', 'subnet-2'] }, 'CreateListener: the subnet subnet-1 or subnet-2 does not exist'],
    ['LoadBalancerNotFound', write, {}, 'CreateListener found that the load balancer does not exist (any more)'],
    [
      'InvalidTarget',
      elbOperations.registerTargets,
      { instance: ['i-1'] },
      'RegisterTargets: the instance i-1 does not run, is not known in this VPC, or is of a family that Amazon does not take',
    ],
  ] as const)('%s', (name, operation, named, text) => {
    expect(map(answered(name), operation, named).text).toBe(text);
  });

  it('names five of many', () => {
    const instance = Array.from({ length: 7 }, (_, index) => `i-${index}`);

    expect(map(answered('InvalidTarget'), elbOperations.registerTargets, { instance }).text).toBe(
      'RegisterTargets: the instance i-0 or i-1 or i-2 or i-3 or i-4 or one of 2 more does not run, is not known in this VPC, or is of a family that Amazon does not take',
    );
  });

  it('in use has another meaning for addresses and under deletion protection', () => {
    expect(map(answered('ResourceInUse'), elbOperations.createLoadBalancer, { 'Elastic IP': ['eipalloc-1'] })).toMatchObject({
      code: 'AddressInUse',
      verdict: 'retry',
      text: 'CreateLoadBalancer: the Elastic IP eipalloc-1 is in use, or not visible yet',
    });
    expect(map(answered('ResourceInUse'), elbOperations.setSubnets)).toMatchObject({ code: 'AddressInUse' });
    expect(map(answered('OperationNotPermitted'), elbOperations.deleteLoadBalancer)).toMatchObject({
      code: 'ResourceInUse',
      verdict: 'wait-for-user',
      remedy: expect.stringMatching(/deletion_protection.enabled=false in the annotation .* or switch it off at Amazon/) as string,
    });
  });
});

describe('where no answer of use came', () => {
  const timeout = Object.assign(new Error(raw), { name: 'TimeoutError' });
  const abort = new DOMException(raw, 'AbortError');
  const lost: readonly (readonly [string, unknown])[] = [
    ['HTTP 500', answered('WhoKnows', 500)],
    ['HTTP 503', answered('ServiceUnavailable', 503)],
    ['a timeout', timeout],
    ['an abort', abort],
    ['a connection that broke', system('ECONNRESET')],
    ['one that broke inside', Object.assign(new Error(raw, { cause: system('EPIPE') }), { $metadata: {} })],
    ['an answer that cannot be read', Object.assign(new SyntaxError(raw), { $metadata: { httpStatusCode: 200 } })],
  ];

  it.each(lost)('%s: a read failed, a change is in doubt', (_what, thrown) => {
    expect(map(thrown, read)).toMatchObject({ code: 'CloudUnavailable', verdict: 'retry' });
    expect(map(thrown, write)).toMatchObject({
      code: 'OutcomeUnknown',
      verdict: 'in-doubt',
      text: 'whether CreateListener was carried out is not known',
    });
  });

  it.each(['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED'])('%s: it never left', (code) => {
    for (const operation of [read, write]) {
      expect(map(system(code), operation)).toMatchObject({ code: 'CloudUnavailable', verdict: 'retry' });
      expect(map(system(code, { name: 'TimeoutError' }), operation)).toMatchObject({ code: 'CloudUnavailable' });
    }
  });

  it('a repeated change may have left before', () => {
    expect(map(system('ECONNREFUSED', { $metadata: { attempts: 2 } }), write)).toMatchObject({ code: 'OutcomeUnknown' });
  });

  it('tells the status of a failed read', () => {
    expect(map(answered('WhoKnows', 502), read).text).toBe('DescribeLoadBalancers failed: HTTP status 502');
    expect(map(timeout, read).text).toBe('DescribeLoadBalancers failed: no answer came');
  });
});

it('a refusal nobody knows is no doubt', () => {
  expect(map(answered('NewFangledException', 409))).toMatchObject({
    code: 'BadAnswer',
    verdict: 'retry',
    text: 'CreateListener was refused with NewFangled, which this version does not know',
  });
  expect(map(answered('<html>no</html>', 403)).text).toBe('CreateListener was refused with an error without a name');
  expect(map(answered('WhoKnows', 429))).toMatchObject({ code: 'CloudThrottled', verdict: 'retry-after' });
  expect(map(answered('toString', 400))).toMatchObject({ code: 'BadAnswer' });
});

it('a credential that cannot be had was never used', () => {
  const none = Object.assign(new Error(raw), { name: 'CredentialsProviderError', tryNextLink: true });
  const unreachable = Object.assign(new Error(raw, { cause: system('ECONNRESET') }), { name: 'CredentialsProviderError' });
  const slow = Object.assign(new Error(raw, { cause: Object.assign(new Error(raw), { name: 'TimeoutError' }) }), {
    name: 'TokenProviderError',
  });

  expect(map(none)).toMatchObject({
    code: 'PermissionDenied',
    verdict: 'retry',
    text: 'CreateListener was not sent: no credential was found',
  });
  for (const thrown of [unreachable, slow]) expect(map(thrown)).toMatchObject({ code: 'CloudUnavailable', verdict: 'retry' });
});

it('our own errors pass, but a change whose answer was bad is in doubt', () => {
  const [lease, bad] = [new LbError('LeaseLost', 'gone'), new LbError('BadAnswer', 'CreateListener answered no listener')];

  expect(map(lease)).toBe(lease);
  expect(map(bad, read)).toBe(bad);
  expect(map(bad, write)).toMatchObject({ code: 'BadAnswer', verdict: 'in-doubt', text: bad.text, cause: bad });
});

it('what is no error of the cloud is a bug of ours; a change is in doubt all the same', () => {
  expect(map(new TypeError('x is not a function'), read)).toMatchObject({ code: 'InternalError', verdict: 'bug' });
  expect(map(new TypeError('x is not a function'), write)).toMatchObject({ code: 'InternalError', verdict: 'in-doubt' });
  expect(map('thrown text', read).text).toBe('DescribeLoadBalancers failed in this process');
});

const operations: readonly Operation[] = [...Object.values(elbOperations), ...Object.values(ec2Operations)];
const anyName = fc.oneof(fc.constantFrom(...said.map(({ name }) => name), 'CredentialsProviderError', 'constructor', ''), fc.string());
const anyError = fc.record({
  name: anyName,
  Code: fc.option(anyName, { nil: undefined }),
  code: fc.constantFrom(undefined, 'ECONNRESET', 'ENOTFOUND', 7),
  $fault: fc.constantFrom(undefined, 'client', 'server'),
  $metadata: fc.oneof(
    fc.constantFrom(undefined, null, 'none'),
    fc.record({ httpStatusCode: fc.oneof(fc.integer(), fc.constantFrom(200, 400, 429, 500, undefined)), attempts: fc.nat(3) }),
  ),
});

it('every error becomes an LbError without a word of the cloud; only a change is ever in doubt (property)', () => {
  const marked = fc.string().map((text) => `≺${text}≻`);
  const thrown = fc.oneof(
    fc.anything(),
    fc.tuple(anyError, marked, fc.anything()).map(([fields, text, cause]) => Object.assign(new Error(text, { cause }), fields)),
  );
  fc.assert(
    fc.property(thrown, fc.constantFrom(...operations), (error, operation) => {
      const mapped = sdkError(error, { operation });

      expect(mapped).toBeInstanceOf(LbError);
      expect(mapped.message).not.toMatch(/[≺≻\n]/);
      expect(mapped.text).toContain(operation.action);
      if (!mutates(operation)) expect(mapped.verdict).not.toBe('in-doubt');
    }),
    { numRuns: 2_000 },
  );
});
