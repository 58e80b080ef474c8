import type { Amazon } from '../../../providers/aws/api/amazon.ts';
import type { Ec2Rule, Ec2SecurityGroup } from '../../../providers/aws/api/ec2.ts';
import type { ElbHealthCheck, ElbLoadBalancer } from '../../../providers/aws/api/elb.ts';
import type { Marks } from '../../../src/model/owner.ts';
import type { SeededCloud } from './seed.ts';

const options = { signal: new AbortController().signal };

/** One load balancer as it stands in the cloud, with all that serves it. */
export interface StandingBalancer {
  readonly shown: ElbLoadBalancer;
  /** `namespace/name` of its Service. */
  readonly service: string;
  readonly tags: Marks;
  readonly listeners: readonly StandingListener[];
}

export interface StandingListener {
  readonly arn: string;
  readonly port: number;
  readonly protocol: string;
  readonly targetGroup: string;
  readonly healthCheck: ElbHealthCheck;
  /** Of their instances, sorted. */
  readonly targets: readonly string[];
  readonly targetPorts: readonly number[];
}

/** All that stands in the cloud beside the seed. */
export interface Standing {
  readonly balancers: readonly StandingBalancer[];
  /** Names of those that no listener forwards to. */
  readonly idleTargetGroups: readonly string[];
  /** All but the seed's and the one every VPC is born with. */
  readonly securityGroups: readonly Ec2SecurityGroup[];
  /** Of the seed's group of nodes. */
  readonly nodeRules: readonly Ec2Rule[];
}

/** Reads it live, past any proxy. */
export async function standingIn({ elb, ec2 }: Pick<Amazon, 'elb' | 'ec2'>, { vpcId, nodeGroup }: SeededCloud): Promise<Standing> {
  const groups = new Map((await elb.targetGroups(options)).map((group) => [group.arn, group]));
  const used = new Set<string>();
  const balancers: StandingBalancer[] = [];
  for (const shown of await elb.loadBalancers(options)) {
    const tags = (await elb.tags([shown.arn], options)).get(shown.arn) ?? {};
    const listeners: StandingListener[] = [];
    for (const { arn, port, protocol, targetGroups } of await elb.listeners(shown.arn, options)) {
      const [targetGroup = ''] = targetGroups;
      const group = groups.get(targetGroup);
      if (group === undefined) throw new Error(`${arn} forwards to nothing`);
      used.add(targetGroup);
      const targets = await elb.targetHealth(targetGroup, options);
      listeners.push({
        arn,
        port,
        protocol,
        targetGroup,
        healthCheck: group.healthCheck,
        targets: targets.map(({ instanceId }) => instanceId).sort(),
        targetPorts: [...new Set(targets.map((target) => target.port))],
      });
    }
    balancers.push({
      shown,
      tags,
      service: tags['portolan.dev/service'] ?? '',
      listeners: listeners.sort((a, b) => a.port - b.port),
    });
  }
  const all = await ec2.securityGroups(vpcId, { tag: 'portolan.dev/cluster' }, options);
  const [nodes] = await ec2.securityGroups(vpcId, { ids: [nodeGroup] }, options);
  return {
    balancers: balancers.sort((a, b) => (a.shown.name < b.shown.name ? -1 : 1)),
    idleTargetGroups: [...groups.values()].filter(({ arn }) => !used.has(arn)).map(({ name }) => name),
    securityGroups: all,
    nodeRules: nodes?.ingress ?? [],
  };
}
