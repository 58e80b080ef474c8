/**
 * The part of EC2 that a load balancer stands on: subnets, security groups, addresses, instances. One request a method, or
 * one per page.
 */
import type { Marks } from '../../../src/model/owner.ts';
import type { CallOptions } from './elb.ts';

export type Ec2Subnet = {
  readonly id: string;
  readonly vpcId: string;
  readonly zone: string;
  /** `availability-zone`, `local-zone`, `wavelength-zone`; absent where EC2 does not say. */
  readonly zoneKind?: string;
  readonly cidr: string;
  /** Associated ones. */
  readonly ipv6Cidrs: readonly string[];
  readonly freeAddresses: number;
  readonly tags: Marks;
};

export type Ec2RouteTable = {
  readonly id: string;
  /** The one of every subnet that names no other. */
  readonly isMain: boolean;
  readonly subnetIds: readonly string[];
  /** Has a route to an internet gateway. */
  readonly reachesInternet: boolean;
};

/** One permission of a security group: a protocol, a port range, one source. */
export type Ec2Rule = {
  /** `sgr-…`; absent in a rule that is to be made. */
  readonly id?: string;
  readonly protocol: 'tcp' | 'udp' | 'icmp' | 'icmpv6';
  /** For icmp: type and code. */
  readonly fromPort: number;
  readonly toPort: number;
  readonly source: { readonly cidr: string } | { readonly prefixList: string } | { readonly group: string };
  readonly description: string;
};

export type Ec2SecurityGroup = {
  readonly id: string;
  readonly name: string;
  readonly vpcId: string;
  readonly ingress: readonly Ec2Rule[];
  readonly tags: Marks;
};

export type Ec2Address = {
  readonly allocationId: string;
  readonly publicIp: string;
  /** What it is bound to; absent = free. */
  readonly associationId?: string;
  readonly networkInterfaceId?: string;
  readonly tags: Marks;
};

export type Ec2Instance = {
  readonly id: string;
  readonly state: 'pending' | 'running' | 'shutting-down' | 'terminated' | 'stopping' | 'stopped';
  readonly vpcId: string;
  /** Of the primary network interface first. */
  readonly securityGroups: readonly string[];
};

export type SecurityGroupFilter =
  | { readonly ids: readonly string[] }
  /** By the tag `Name`: groups have a name of their own as well, which people seldom know. */
  | { readonly nameTags: readonly string[] }
  /** By that name of its own, which no other group of the VPC has. */
  | { readonly named: string }
  /** Those with a rule whose source is this group. */
  | { readonly lettingIn: string }
  /** With this tag, whatever its value where none is named. */
  | { readonly tag: string; readonly value?: string };

export interface Ec2Reads {
  subnets(vpcId: string, options: CallOptions): Promise<readonly Ec2Subnet[]>;
  routeTables(vpcId: string, options: CallOptions): Promise<readonly Ec2RouteTable[]>;
  /** In this VPC, or in any. Ids that are not there are left out. */
  securityGroups(vpcId: string | undefined, filter: SecurityGroupFilter, options: CallOptions): Promise<readonly Ec2SecurityGroup[]>;
  addresses(publicIps: readonly string[], allocationIds: readonly string[], options: CallOptions): Promise<readonly Ec2Address[]>;
  /** Those that are known; others are left out. */
  instances(ids: readonly string[], options: CallOptions): Promise<readonly Ec2Instance[]>;
}

export type NewSecurityGroup = {
  readonly name: string;
  readonly description: string;
  readonly vpcId: string;
  readonly tags: Marks;
};

/** As of `ElbWrites`: one request each; deleting what is gone is success. */
export interface Ec2Writes {
  /** @throws LbError `Conflict` where the name is taken in this VPC */
  createSecurityGroup(of: NewSecurityGroup, options: CallOptions): Promise<Ec2SecurityGroup>;
  /** @throws LbError `ResourceInUse` while a network interface or another group's rule has it */
  deleteSecurityGroup(id: string, options: CallOptions): Promise<void>;
  /**
   * Those that were made, with their ids, in the order that was asked.
   * @throws LbError `Conflict` where one of them is there already: then none was made
   */
  authorizeIngress(id: string, rules: readonly Ec2Rule[], tags: Marks, options: CallOptions): Promise<readonly Ec2Rule[]>;
  /** By the ids of rules. @throws LbError `NotFound` where one of them is gone: then none was taken away */
  revokeIngress(id: string, ruleIds: readonly string[], options: CallOptions): Promise<void>;
  addTags(ids: readonly string[], tags: Marks, options: CallOptions): Promise<void>;
  removeTags(ids: readonly string[], keys: readonly string[], options: CallOptions): Promise<void>;
}

export interface Ec2Api extends Ec2Reads, Ec2Writes {}
