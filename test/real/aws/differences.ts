/** How moto is not Amazon: by the title of the request, where the answers differ, and how. */
export interface Difference {
  /** Paths in the answer; `refused` where one refuses and the other does not, or with another code. */
  readonly at: readonly string[];
  /** What Amazon does (so does the Amazon in memory), then what moto does. */
  readonly amazon: string;
  readonly moto: string;
}

const refuses = (moto = 'does it'): Difference => ({ at: ['refused'], amazon: 'refuses', moto });

export const differences: Readonly<Record<string, Difference>> = {
  'rules by IPv4, IPv6, ICMP and UDP': {
    at: ['refused'],
    amazon: 'answers all rules it made, with their ids',
    moto: 'makes all and answers those of the last permission; what is not answered is a bad answer here. The proxy in front of it completes the answer',
  },
  'the groups that let another group in': {
    at: ['0.ingress.0.description'],
    amazon: 'keeps the description of a rule whose source is a group',
    moto: 'does not show it beside the id of the rule. The proxy adds it',
  },
  'a load balancer': {
    at: ['state'],
    amazon: 'takes minutes (in memory, in this list: no time)',
    moto: 'is `provisioning` until it is asked',
  },
  'the same load balancer again': {
    at: ['arn', 'state'],
    amazon: 'answers the one that is there',
    moto: 'makes a second one of the same name',
  },
  'a load balancer of the same name with another scheme': refuses('makes a second one of the same name'),
  'a load balancer with a name that is too long': refuses(),
  'a load balancer with a security group that is not there': refuses(),
  'a load balancer with an Elastic IP': {
    at: ['state', 'zones.0.allocationId', 'zones.0.ipv4'],
    amazon: 'shows the address and whose it is',
    moto: 'forgets the address',
  },
  'a load balancer with an Elastic IP that is not there': refuses(),
  'all load balancers': { at: ['0.zones.0.allocationId', '0.zones.0.ipv4'], amazon: 'shows static addresses', moto: 'has forgotten them' },
  'the attributes of a load balancer': {
    at: [
      'access_logs.s3.enabled',
      'dns_record.client_routing_policy',
      'ipv6.deny_all_igw_traffic',
      'secondary_ips.auto_assigned.per_subnet',
      'zonal_shift.config.enabled',
    ],
    amazon: 'has nine, all shown',
    moto: 'shows those it knows',
  },
  'one zone only for a load balancer': { at: ['refused'], amazon: 'takes one', moto: 'asks for two, as application load balancers do' },
  'the same target group again': { at: ['refused'], amazon: 'answers the one that is there', moto: 'refuses it as a conflict' },
  'the attributes of a target group': {
    at: [
      'deregistration_delay.connection_termination.enabled',
      'load_balancing.algorithm.type',
      'preserve_client_ip.enabled',
      'proxy_protocol_v2.enabled',
      'slow_start.duration_seconds',
      'target_group_health.dns_failover.minimum_healthy_targets.count',
      'target_group_health.dns_failover.minimum_healthy_targets.percentage',
      'target_group_health.unhealthy_state_routing.minimum_healthy_targets.count',
      'target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage',
      'target_health_state.unhealthy.connection_termination.enabled',
      'target_health_state.unhealthy.draining_interval_seconds',
      'waf.fail_open.enabled',
    ],
    amazon: 'has those of network load balancers',
    moto: 'has those of application load balancers',
  },
  'an hour of draining': { at: ['refused'], amazon: 'takes up to 3600 s', moto: 'takes less than that' },
  'the target group after that': { at: ['0.healthCheck.matcher'], amazon: 'has the new codes', moto: 'has not taken the codes' },
  'the same listener again': { at: ['arn'], amazon: 'answers the one that is there', moto: 'makes a second one on the same port' },
  'another listener on the same port': refuses('makes a second one on the same port'),
  'a TCP listener that forwards to a UDP target group': refuses(),
  'a TLS listener without a certificate': refuses(),
  'a TLS listener with a policy that there is not': refuses(),
  'an idle timeout of a second': refuses(),
  'the load balancers of a target group': {
    at: ['answer'],
    amazon: 'names each once',
    moto: 'names one for each listener there ever was',
  },
  'a target that is not there': refuses(),
  'the targets after that': {
    at: ['answer'],
    amazon: 'keeps an instance with each of its ports',
    moto: 'keeps the last port of each instance, and all are healthy. The proxy lets nobody let go of the port before',
  },
  'the targets while one drains': { at: ['answer'], amazon: 'shows what drains', moto: 'has let go at once' },
  'the tags of three things, one of which is not there': {
    at: ['arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/net/nobody/0000000000000000'],
    amazon: 'refuses all for one that is not there; the others are asked for again',
    moto: 'shows empty tags of what is not there',
  },
  'a protected load balancer, deleted': refuses('does it. The proxy refuses it'),
  'deletion protection switched off': { at: ['refused'], amazon: 'still has the load balancer', moto: 'has deleted it' },
  'a group that a rule of another group names, deleted': refuses(),
  'a security group that a load balancer has, deleted': refuses(),
  'the load balancers of a target group without listeners': { at: ['answer'], amazon: 'names none', moto: 'names those there ever were' },
};
