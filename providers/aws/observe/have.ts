/** What the provider sees before it plans: the owner's things at Amazon, what stands in their way, and the network around. Plain JSON. */
import type { Marks } from '../../../src/model/owner.ts';
import type { Ec2Address, Ec2RouteTable, Ec2SecurityGroup, Ec2Subnet } from '../api/ec2.ts';
import type { Arn, Attributes, ElbListener, ElbLoadBalancer, ElbTargetGroup, ElbTargetHealth } from '../api/elb.ts';
import type { Refused } from './refused-targets.ts';

export type Have = {
  /** Those whose tags prove that they are this owner's, oldest first: one, or two while an address changes. */
  readonly loadBalancers: readonly HaveLoadBalancer[];
  /** The owner's, also those that no listener forwards to. */
  readonly targetGroups: readonly HaveTargetGroup[];
  /** The owner's: the one in front of its load balancers; of the unit of the cluster, the one that nodes let in. */
  readonly securityGroups: readonly Ec2SecurityGroup[];
  /** For how many milliseconds more Amazon is left alone to take a load balancer of the owner's apart, which holds what belonged to it. */
  readonly apartMs?: number;
  /** Only where all stays as it is and members follow: those that cannot be registered now. */
  readonly unusable?: readonly string[];
  /** Instances that some target group of the provider does not take: asked for apart from the others. Not for what is to go. */
  readonly odd?: readonly string[];
  /** What stands under a name that a new thing could want, and is not the owner's. */
  readonly inTheWay: readonly { readonly name: string; readonly arn: Arn; readonly marks: Marks }[];
  /** Only for a spec. */
  readonly surroundings?: Surroundings;
  /** Only for the unit of the cluster: the groups of the nodes, and those that still let ours in. */
  readonly nodeGroups?: NodeGroups;
};

/** `unread`: nobody has asked since the start, and nothing that is to be done now hangs on it. */
export type Unread = 'unread';

export type HaveLoadBalancer = ElbLoadBalancer & {
  readonly tags: Marks;
  readonly listeners: readonly HaveListener[] | Unread;
  readonly attributes: Attributes | Unread;
  /** Only of one that Amazon could not make: for how many milliseconds more it is left alone. */
  readonly restMs?: number;
};

export type HaveListener = ElbListener & {
  readonly extraCertificates: readonly Arn[] | Unread;
  readonly attributes: Attributes | Unread;
};

export type HaveTargetGroup = ElbTargetGroup & {
  readonly tags: Marks;
  readonly targets: readonly ElbTargetHealth[];
  readonly attributes: Attributes | Unread;
  readonly refused: Refused;
};

/** What a plan for a Service needs to know of the network. */
export type Surroundings = {
  readonly vpcId: string;
  /** All of the VPC. */
  readonly subnets: readonly Ec2Subnet[];
  /** All of the VPC; empty where the tags of subnets say enough. */
  readonly routeTables: readonly Ec2RouteTable[];
  /** Of the Elastic IPs the Service names, by address or allocation, those that are there. */
  readonly addresses: readonly Ec2Address[];
  /** Of the security groups the Service names, by id or Name tag, those that are there. */
  readonly groups: readonly Ec2SecurityGroup[];
  /** The one that nodes let in; absent until the unit of the cluster has made it. */
  readonly backendGroup?: string;
  /** Instances that cannot be registered now: not running, or unknown to EC2. */
  readonly unusable: readonly string[];
};

export type NodeGroups = {
  /** Of each instance that is a node, the group that lets load balancers in; each once, sorted. */
  readonly wanted: readonly Ec2SecurityGroup[];
  /** All groups with a rule that names ours, wanted or not. */
  readonly letIn: readonly Ec2SecurityGroup[];
  /** Names of load balancers, whoever's, that have ours. */
  readonly usedBy: readonly string[];
  /** Nodes whose group could not be told, each with the reason. */
  readonly unclear: readonly { readonly node: string; readonly why: string }[];
};
