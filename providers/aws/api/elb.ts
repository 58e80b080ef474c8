/**
 * Elastic Load Balancing v2 as this provider uses it: network load balancers with instance targets. Answers are parsed where
 * they come in; what is missing or of another form there is `BadAnswer`, never absence. Each method is one request, or
 * one per page where it says so. The three implementations: `sdk-elb.ts`, the simulator's, and the kit's faults around either.
 */
import type { Marks } from '../../../src/model/owner.ts';
import type { Operation } from './operations.ts';

/** Amazon's own identifiers, opaque. */
export type Arn = string;

export interface CallOptions {
  readonly signal: AbortSignal;
  /** Awaited last, when there is room for the request and it is about to go out; where it rejects, nothing is sent. */
  readonly beforeSend?: () => Promise<void>;
  /**
   * Awaited by a method that needs more than one request (further pages; what is asked one by one because Amazon refuses all
   * for one) before each after the first. Where it rejects, nothing more is sent and the method rejects with that.
   */
  readonly beforeNext?: (operation: Operation) => Promise<void>;
}

export type ElbScheme = 'internet-facing' | 'internal';
export type ElbState = 'provisioning' | 'active' | 'active_impaired' | 'failed';
export type IpAddressType = 'ipv4' | 'dualstack';
export type ListenerProtocol = 'TCP' | 'UDP' | 'TCP_UDP' | 'TLS';
export type TargetGroupProtocol = ListenerProtocol;
export type HealthCheckProtocol = 'TCP' | 'HTTP' | 'HTTPS';

export type ElbLoadBalancer = {
  readonly arn: Arn;
  readonly name: string;
  /** `network`, or another kind that is none of ours. */
  readonly type: string;
  readonly scheme: ElbScheme;
  readonly dnsName: string;
  readonly vpcId: string;
  readonly state: ElbState;
  readonly ipAddressType: IpAddressType;
  /** Sorted. */
  readonly securityGroups: readonly string[];
  /** One per Availability Zone, sorted by subnet. */
  readonly zones: readonly ElbZone[];
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
};

export type ElbZone = {
  readonly zone: string;
  readonly subnetId: string;
  /** Static ones only; an internet-facing one without Elastic IP has none to show. */
  readonly ipv4?: string;
  readonly allocationId?: string;
  readonly privateIpv4?: string;
  readonly ipv6?: string;
};

export type ElbListener = {
  readonly arn: Arn;
  readonly port: number;
  readonly protocol: string;
  /** Of the default action; empty where it forwards to nothing or to several. */
  readonly targetGroups: readonly Arn[];
  /** The default certificate; further ones are asked for by themselves. */
  readonly certificate?: Arn;
  readonly sslPolicy?: string;
  readonly alpnPolicy?: string;
};

export type ElbHealthCheck = {
  readonly protocol: HealthCheckProtocol;
  /** `traffic-port` or a number. */
  readonly port: string;
  readonly path?: string;
  readonly matcher?: string;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly healthyThreshold: number;
  readonly unhealthyThreshold: number;
};

export type ElbTargetGroup = {
  readonly arn: Arn;
  readonly name: string;
  readonly protocol: string;
  /** The default port; each target may override it. */
  readonly port: number;
  readonly vpcId: string;
  readonly targetType: string;
  readonly ipAddressType: 'ipv4' | 'ipv6';
  readonly healthCheck: ElbHealthCheck;
  readonly loadBalancers: readonly Arn[];
};

export type ElbTarget = {
  readonly instanceId: string;
  readonly port: number;
};

export type ElbTargetHealth = ElbTarget & {
  readonly state: 'initial' | 'healthy' | 'unhealthy' | 'unused' | 'draining' | 'unavailable';
  /** Amazon's code: `Target.FailedHealthChecks`. */
  readonly reason?: string;
};

export type Attributes = Readonly<Record<string, string>>;

export type SubnetMapping = {
  readonly subnetId: string;
  readonly allocationId?: string;
  readonly privateIpv4?: string;
};

export type NewLoadBalancer = {
  readonly name: string;
  readonly scheme: ElbScheme;
  readonly ipAddressType: IpAddressType;
  readonly subnets: readonly SubnetMapping[];
  readonly securityGroups: readonly string[];
  readonly tags: Marks;
};

export type NewTargetGroup = {
  readonly name: string;
  readonly protocol: TargetGroupProtocol;
  readonly port: number;
  readonly vpcId: string;
  readonly ipAddressType: 'ipv4' | 'ipv6';
  readonly healthCheck: ElbHealthCheck;
  readonly tags: Marks;
};

export type NewListener = {
  readonly loadBalancer: Arn;
  readonly port: number;
  readonly protocol: ListenerProtocol;
  readonly targetGroup: Arn;
  readonly certificate?: Arn;
  readonly sslPolicy?: string;
  readonly alpnPolicy?: string;
  readonly tags: Marks;
};

export interface ElbReads {
  /** All of the region, page by page (400 a page). */
  loadBalancers(options: CallOptions): Promise<readonly ElbLoadBalancer[]>;
  /** Those of these (20 at most); one that is not there is left out. */
  loadBalancersByArn(arns: readonly Arn[], options: CallOptions): Promise<readonly ElbLoadBalancer[]>;
  /** All of the region, page by page (400 a page). */
  targetGroups(options: CallOptions): Promise<readonly ElbTargetGroup[]>;
  /** Of one load balancer; empty where that is not there. */
  listeners(loadBalancer: Arn, options: CallOptions): Promise<readonly ElbListener[]>;
  /** All certificates of a TLS listener but the default one. */
  extraCertificates(listener: Arn, options: CallOptions): Promise<readonly Arn[]>;
  /** Of 20 things at most; one that is not there is left out. */
  tags(arns: readonly Arn[], options: CallOptions): Promise<ReadonlyMap<Arn, Marks>>;
  /** Everything registered, also what drains. @throws LbError `NotFound` */
  targetHealth(targetGroup: Arn, options: CallOptions): Promise<readonly ElbTargetHealth[]>;
  loadBalancerAttributes(loadBalancer: Arn, options: CallOptions): Promise<Attributes>;
  targetGroupAttributes(targetGroup: Arn, options: CallOptions): Promise<Attributes>;
  listenerAttributes(listener: Arn, options: CallOptions): Promise<Attributes>;
}

/**
 * None is repeated in here. Deleting what is not there is success; so is deregistering a target that is not registered.
 * A create whose name is taken by a thing with the same settings answers that thing: whose it is, its tags say.
 * @throws LbError `Conflict` where a name or a port is taken by a thing with other settings
 */
export interface ElbWrites {
  createLoadBalancer(of: NewLoadBalancer, options: CallOptions): Promise<ElbLoadBalancer>;
  deleteLoadBalancer(loadBalancer: Arn, options: CallOptions): Promise<void>;
  setSecurityGroups(loadBalancer: Arn, securityGroups: readonly string[], options: CallOptions): Promise<void>;
  /** Answers the zones as they are then, sorted by subnet. */
  setSubnets(
    loadBalancer: Arn,
    subnets: readonly SubnetMapping[],
    ipAddressType: IpAddressType,
    options: CallOptions,
  ): Promise<readonly ElbZone[]>;
  setIpAddressType(loadBalancer: Arn, ipAddressType: IpAddressType, options: CallOptions): Promise<void>;
  setLoadBalancerAttributes(loadBalancer: Arn, attributes: Attributes, options: CallOptions): Promise<void>;
  createTargetGroup(of: NewTargetGroup, options: CallOptions): Promise<ElbTargetGroup>;
  setHealthCheck(targetGroup: Arn, healthCheck: ElbHealthCheck, options: CallOptions): Promise<void>;
  setTargetGroupAttributes(targetGroup: Arn, attributes: Attributes, options: CallOptions): Promise<void>;
  /** @throws LbError `ResourceInUse` while a listener forwards to it */
  deleteTargetGroup(targetGroup: Arn, options: CallOptions): Promise<void>;
  /** 200 at most. One that is not running, or not there, fails them all. @throws LbError `MemberNotUsable` */
  registerTargets(targetGroup: Arn, targets: readonly ElbTarget[], options: CallOptions): Promise<void>;
  deregisterTargets(targetGroup: Arn, targets: readonly ElbTarget[], options: CallOptions): Promise<void>;
  createListener(of: NewListener, options: CallOptions): Promise<ElbListener>;
  /** Only what is named changes. */
  setListener(listener: Arn, change: Partial<Omit<NewListener, 'loadBalancer' | 'tags'>>, options: CallOptions): Promise<void>;
  addCertificates(listener: Arn, certificates: readonly Arn[], options: CallOptions): Promise<void>;
  removeCertificates(listener: Arn, certificates: readonly Arn[], options: CallOptions): Promise<void>;
  setListenerAttributes(listener: Arn, attributes: Attributes, options: CallOptions): Promise<void>;
  deleteListener(listener: Arn, options: CallOptions): Promise<void>;
  addTags(arns: readonly Arn[], tags: Marks, options: CallOptions): Promise<void>;
  removeTags(arns: readonly Arn[], keys: readonly string[], options: CallOptions): Promise<void>;
}

export interface ElbApi extends ElbReads, ElbWrites {}
