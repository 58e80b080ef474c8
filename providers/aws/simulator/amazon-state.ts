import type { Clock } from '../../../src/clock.ts';
import type { Marks } from '../../../src/model/owner.ts';
import type { Ec2Address, Ec2Instance, Ec2RouteTable, Ec2SecurityGroup, Ec2Subnet } from '../api/ec2.ts';
import type { Arn, Attributes, ElbListener, ElbLoadBalancer, ElbTarget, ElbTargetGroup } from '../api/elb.ts';
import type { ApiClass } from '../api/limiter.ts';
import { amazonQuotas, type Quotas } from './quotas.ts';
import { Throttle, type Rate } from './throttle.ts';

/** How long Amazon takes, in milliseconds of the clock it is given. */
export interface Times {
  /** Until a new load balancer is active. */
  readonly provisioning: number;
  /** Until a new target has passed its health checks. */
  readonly initial: number;
  /** How long network interfaces outlive their load balancer, with their security groups and addresses. */
  readonly interfaces: number;
  /** Between a call and the moment it takes effect. */
  readonly call: number;
}

const amazonTimes: Times = { provisioning: 120_000, initial: 30_000, interfaces: 60_000, call: 0 };

/** An instance stands in a subnet, which Amazon's answers to us leave out. */
export interface SeededInstance extends Ec2Instance {
  readonly subnetId: string;
}

/** What stands there before anybody asks for a load balancer. */
export interface Seed {
  readonly vpcs: readonly string[];
  readonly subnets: readonly Ec2Subnet[];
  readonly routeTables: readonly (Ec2RouteTable & { readonly vpcId: string })[];
  readonly instances: readonly SeededInstance[];
  readonly addresses: readonly Omit<Ec2Address, 'associationId' | 'networkInterfaceId'>[];
  readonly securityGroups: readonly Ec2SecurityGroup[];
  readonly certificates: readonly Arn[];
  /** With the greatest number of entries of each, which is what it counts for as a rule. */
  readonly prefixLists: Readonly<Record<string, number>>;
}

export type LoadBalancerRecord = Omit<ElbLoadBalancer, 'state'> & {
  readonly failed: boolean;
  /** Those that were ever set. */
  readonly attributes: Attributes;
};

export interface TargetRecord extends ElbTarget {
  readonly registeredAt: number;
  /** When it is gone; absent while it is registered. */
  readonly goneAt?: number;
}

export type TargetGroupRecord = Omit<ElbTargetGroup, 'loadBalancers'> & {
  readonly attributes: Attributes;
  readonly targets: readonly TargetRecord[];
};

export type ListenerRecord = Omit<ElbListener, 'targetGroups'> & {
  readonly loadBalancer: Arn;
  readonly targetGroup: Arn;
  readonly extraCertificates: readonly Arn[];
  readonly attributes: Attributes;
};

/** One of a load balancer in one subnet. */
export interface InterfaceRecord {
  readonly id: string;
  readonly loadBalancer: Arn;
  readonly subnetId: string;
  readonly securityGroups: readonly string[];
  readonly allocationId?: string;
  readonly privateIpv4?: string;
  /** When it is gone; absent while its load balancer uses it. */
  readonly goneAt?: number;
}

export interface AmazonOptions {
  readonly region?: string;
  readonly account?: string;
  readonly quotas?: Partial<Quotas>;
  readonly times?: Partial<Times>;
  /** Absent: nothing is throttled. */
  readonly rates?: Partial<Readonly<Record<ApiClass, Rate>>>;
}

/**
 * One region of one account. Records are never changed, only replaced, and a call replaces them after it has checked
 * everything: no call is seen half done.
 */
export class AmazonState {
  readonly clock: Clock;
  readonly region: string;
  readonly account: string;
  readonly quotas: Quotas;
  readonly times: Times;
  readonly throttle: Throttle;
  readonly vpcs: ReadonlySet<string>;
  readonly prefixLists: ReadonlyMap<string, number>;
  readonly routeTables: readonly (Ec2RouteTable & { readonly vpcId: string })[];
  readonly certificates: Set<Arn>;
  readonly subnets: Map<string, Ec2Subnet>;
  readonly instances: Map<string, SeededInstance>;
  readonly addresses: Map<string, Omit<Ec2Address, 'associationId' | 'networkInterfaceId'>>;
  readonly securityGroups: Map<string, Ec2SecurityGroup>;
  readonly interfaces = new Map<string, InterfaceRecord>();
  readonly loadBalancers = new Map<Arn, LoadBalancerRecord>();
  readonly targetGroups = new Map<Arn, TargetGroupRecord>();
  readonly listeners = new Map<Arn, ListenerRecord>();
  /** Of everything, by id or ARN. Whatever can be tagged has an entry while it stands. */
  readonly tags = new Map<string, Marks>();
  /** Instances that fail every health check. */
  readonly unhealthy = new Set<string>();
  /** Instances that run, and cannot be targets: of an old family. */
  readonly unfit = new Set<string>();
  #made = 0;

  constructor(clock: Clock, seed: Partial<Seed>, options: AmazonOptions = {}) {
    this.clock = clock;
    this.region = options.region ?? 'eu-west-1';
    this.account = options.account ?? '123456789012';
    this.quotas = { ...amazonQuotas, ...options.quotas };
    this.throttle = new Throttle(clock, options.rates ?? {});
    this.times = { ...amazonTimes, ...options.times };
    this.vpcs = new Set(seed.vpcs);
    this.prefixLists = new Map(Object.entries(seed.prefixLists ?? {}));
    this.routeTables = seed.routeTables ?? [];
    this.certificates = new Set(seed.certificates);
    this.subnets = new Map(seed.subnets?.map((subnet) => [subnet.id, subnet]));
    this.instances = new Map(seed.instances?.map((instance) => [instance.id, instance]));
    this.addresses = new Map(seed.addresses?.map((address) => [address.allocationId, address]));
    this.securityGroups = new Map(seed.securityGroups?.map((group) => [group.id, group]));
    for (const [id, { tags }] of [...this.subnets, ...this.addresses, ...this.securityGroups]) this.tags.set(id, tags);
    for (const id of this.instances.keys()) this.tags.set(id, {});
  }

  /** The end of a new id or ARN: 16 hex digits that no other has. */
  unique(): string {
    return (++this.#made).toString(16).padStart(16, '0');
  }

  /** Lets go of what has had its time: interfaces of deleted load balancers, targets that have drained. */
  pass(): void {
    const now = this.clock.now();
    for (const [id, { goneAt }] of this.interfaces) if (goneAt !== undefined && goneAt <= now) this.interfaces.delete(id);
    for (const [arn, group] of this.targetGroups) {
      const targets = group.targets.filter(({ goneAt }) => goneAt === undefined || goneAt > now);
      if (targets.length < group.targets.length) this.targetGroups.set(arn, { ...group, targets });
    }
  }

  // --- what happens outside of the two APIs

  /** @throws Error where there is no such instance */
  setInstanceState(id: string, state: Ec2Instance['state']): void {
    const instance = this.instances.get(id);
    if (instance === undefined) throw new Error(`the test knows no instance ${id}`);
    this.instances.set(id, { ...instance, state });
    if (state !== 'terminated') return;
    // Amazon takes a terminated instance out of its target groups by itself.
    for (const [arn, group] of this.targetGroups) {
      this.targetGroups.set(arn, { ...group, targets: group.targets.filter(({ instanceId }) => instanceId !== id) });
    }
  }

  /** Provisioning of this load balancer has failed, for good. @throws Error where there is none */
  failLoadBalancer(arn: Arn): void {
    const record = this.loadBalancers.get(arn);
    if (record === undefined) throw new Error(`the test knows no load balancer ${arn}`);
    this.loadBalancers.set(arn, { ...record, failed: true });
  }
}
