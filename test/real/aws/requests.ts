import type { Ec2Api, Ec2Rule } from '../../../providers/aws/api/ec2.ts';
import type { ElbApi, ElbHealthCheck, NewListener, NewLoadBalancer, NewTargetGroup } from '../../../providers/aws/api/elb.ts';
import { parseCidr } from '../../../src/net/ip.ts';
import type { SeededCloud } from './seed.ts';

/** One Amazon that is asked. What it made is known by the names these requests give it, whatever it calls it itself. */
export interface Asked {
  readonly elb: ElbApi;
  readonly ec2: Ec2Api;
  readonly seeded: SeededCloud;
  /** Its own id or ARN of what was kept under this name; of what never was, one that nothing has. */
  readonly id: (name: string) => string;
  readonly keep: (name: string, id: string) => void;
}

export interface Request {
  readonly title: string;
  readonly ask: (on: Asked) => Promise<unknown>;
}

const options = { signal: new AbortController().signal };
const figures = { intervalSeconds: 10, timeoutSeconds: 10, healthyThreshold: 3, unhealthyThreshold: 3 };
const byTcp: ElbHealthCheck = { protocol: 'TCP', port: 'traffic-port', ...figures };
const byHttp: ElbHealthCheck = { protocol: 'HTTP', port: '31000', path: '/healthz', matcher: '200-399', ...figures, timeoutSeconds: 6 };
const marks = { 'portolan.dev/cluster': 'one', 'portolan.dev/key': 'default/web' };

const balancer = ({ seeded, id }: Asked, change: Partial<NewLoadBalancer> = {}): NewLoadBalancer => ({
  name: 'p-default-web-0123456789',
  scheme: 'internet-facing',
  ipAddressType: 'ipv4',
  subnets: [{ subnetId: seeded.subnets[0]?.id ?? '' }, { subnetId: seeded.subnets[1]?.id ?? '' }],
  securityGroups: [id('front')],
  tags: marks,
  ...change,
});
const group = ({ seeded }: Asked, change: Partial<NewTargetGroup> = {}): NewTargetGroup => ({
  name: 'p-default-web-80',
  protocol: 'TCP',
  port: 30_080,
  vpcId: seeded.vpcId,
  ipAddressType: 'ipv4',
  healthCheck: byTcp,
  tags: marks,
  ...change,
});
const rule = (source: Ec2Rule['source'], change: Partial<Ec2Rule> = {}): Ec2Rule => ({
  protocol: 'tcp',
  fromPort: 80,
  toPort: 80,
  source,
  description: 'of a test',
  ...change,
});
const cidr = (text: string): Ec2Rule['source'] => {
  const parsed = parseCidr(text);
  if (parsed === undefined) throw new Error(`${text} is no network`);
  return { cidr: parsed };
};
const targets = ({ seeded }: Asked, ...at: readonly number[]) =>
  at.map((index) => ({ instanceId: seeded.instances[index] ?? 'i-0000000000000000f', port: 30_080 }));
const rulesOf = async ({ ec2, seeded, id }: Asked, name: string) => await ec2.securityGroups(seeded.vpcId, { ids: [id(name)] }, options);
const ruleIds = async (on: Asked, name: string) => (await rulesOf(on, name)).flatMap(({ ingress }) => ingress.map((one) => one.id ?? ''));

async function make(on: Asked, name: string, making: Promise<{ readonly arn: string } | { readonly id: string }>): Promise<unknown> {
  const made = await making;
  on.keep(name, 'arn' in made ? made.arn : made.id);
  return made;
}

/** What only one of them made is taken away again, so that the requests after it find the same on both. */
async function balancerOnce({ elb, id }: Asked, of: NewLoadBalancer): Promise<unknown> {
  const made = await elb.createLoadBalancer(of, options);
  if (made.arn !== id('web')) await elb.deleteLoadBalancer(made.arn, options);
  return made;
}

async function listenerOnce({ elb, id }: Asked, of: NewListener): Promise<unknown> {
  const made = await elb.createListener(of, options);
  if (made.arn !== id('listener')) await elb.deleteListener(made.arn, options);
  return made;
}

/** In this order: each finds what those before it left. */
export const requests: readonly Request[] = [
  // --- the network
  { title: 'the subnets of the VPC', ask: ({ ec2, seeded }) => ec2.subnets(seeded.vpcId, options) },
  { title: 'the subnets of a VPC that is not there', ask: ({ ec2 }) => ec2.subnets('vpc-0000000000000000f', options) },
  { title: 'the route tables of the VPC', ask: ({ ec2, seeded }) => ec2.routeTables(seeded.vpcId, options) },
  {
    title: 'two instances, and one that is not there',
    ask: (on) => on.ec2.instances([...targets(on, 0, 1).map(({ instanceId }) => instanceId), 'i-0000000000000000f'], options),
  },
  {
    title: 'an Elastic IP by its address and by its id, and one that is not there',
    ask: ({ ec2, seeded: { addresses } }) =>
      ec2.addresses([addresses[0]?.publicIp ?? ''], [addresses[0]?.allocationId ?? '', 'eipalloc-0000000000000000f'], options),
  },

  // --- security groups
  {
    title: 'a security group with marks',
    ask: (on) => {
      const asked = { name: 'portolan-web', description: 'of a test', vpcId: on.seeded.vpcId, tags: marks };
      return make(on, 'front', on.ec2.createSecurityGroup(asked, options));
    },
  },
  {
    title: 'a security group whose name is taken',
    ask: ({ ec2, seeded }) => ec2.createSecurityGroup({ name: 'portolan-web', description: 'x', vpcId: seeded.vpcId, tags: {} }, options),
  },
  {
    title: 'another security group',
    ask: (on) => {
      const asked = { name: 'portolan-backend', description: 'of a test', vpcId: on.seeded.vpcId, tags: { ...marks, Name: 'backend' } };
      return make(on, 'backend', on.ec2.createSecurityGroup(asked, options));
    },
  },
  {
    title: 'rules by IPv4, IPv6, ICMP and UDP',
    ask: ({ ec2, id }) =>
      ec2.authorizeIngress(
        id('front'),
        [
          rule(cidr('10.0.0.0/8')),
          rule(cidr('::/0')),
          rule(cidr('10.0.0.0/8'), { protocol: 'icmp', fromPort: 3, toPort: 4 }),
          rule(cidr('192.0.2.0/24'), { protocol: 'udp', fromPort: 53, toPort: 53 }),
        ],
        marks,
        options,
      ),
  },
  {
    title: 'a rule that is there, and a new one',
    ask: ({ ec2, id }) => ec2.authorizeIngress(id('front'), [rule(cidr('10.0.0.0/8')), rule(cidr('10.0.0.0/9'))], {}, options),
  },
  { title: 'the group after that', ask: (on) => rulesOf(on, 'front') },
  {
    title: 'a rule for whoever is in another group',
    ask: ({ ec2, id, seeded }) => ec2.authorizeIngress(seeded.nodeGroup, [rule({ group: id('backend') })], marks, options),
  },
  {
    title: 'the groups that let another group in',
    ask: ({ ec2, seeded, id }) => ec2.securityGroups(seeded.vpcId, { lettingIn: id('backend') }, options),
  },
  {
    title: 'the groups with a mark',
    ask: ({ ec2, seeded }) => ec2.securityGroups(seeded.vpcId, { tag: 'portolan.dev/cluster', value: 'one' }, options),
  },
  {
    title: 'the groups with a Name tag',
    ask: ({ ec2, seeded }) => ec2.securityGroups(seeded.vpcId, { nameTags: ['backend', 'nobody'] }, options),
  },
  {
    title: 'the group of a name',
    ask: ({ ec2, seeded }) => ec2.securityGroups(seeded.vpcId, { named: 'backend' }, options),
  },
  {
    title: 'a group that is not there among those asked for',
    ask: ({ ec2, seeded, id }) => ec2.securityGroups(seeded.vpcId, { ids: [id('backend'), 'sg-0000000000000000f'] }, options),
  },
  {
    title: 'one rule taken away by its id',
    ask: async (on) => await on.ec2.revokeIngress(on.id('front'), (await ruleIds(on, 'front')).slice(0, 1), options),
  },
  {
    title: 'a rule taken away that is not there',
    ask: ({ ec2, id }) => ec2.revokeIngress(id('front'), ['sgr-0000000000000000f'], options),
  },
  { title: 'a security group that is not there, deleted', ask: ({ ec2 }) => ec2.deleteSecurityGroup('sg-0000000000000000f', options) },

  // --- load balancers
  { title: 'a load balancer', ask: (on) => make(on, 'web', on.elb.createLoadBalancer(balancer(on), options)) },
  { title: 'the same load balancer again', ask: (on) => balancerOnce(on, balancer(on)) },
  { title: 'a load balancer of the same name with another scheme', ask: (on) => balancerOnce(on, balancer(on, { scheme: 'internal' })) },
  { title: 'a load balancer with a name that is too long', ask: (on) => balancerOnce(on, balancer(on, { name: 'p'.repeat(33) })) },
  {
    title: 'a load balancer in a subnet that is not there',
    ask: (on) => balancerOnce(on, balancer(on, { name: 'p-1', subnets: [{ subnetId: 'subnet-0000000000000000f' }] })),
  },
  {
    title: 'a load balancer with a security group that is not there',
    ask: (on) => balancerOnce(on, balancer(on, { name: 'p-2', securityGroups: ['sg-0000000000000000f'] })),
  },
  {
    title: 'a load balancer with an Elastic IP',
    ask: (on) => {
      const [subnet, address] = [on.seeded.subnets[0], on.seeded.addresses[0]];
      const subnets = [{ subnetId: subnet?.id ?? '', allocationId: address?.allocationId ?? '' }];
      return make(on, 'static', on.elb.createLoadBalancer(balancer(on, { name: 'p-static', subnets }), options));
    },
  },
  {
    title: 'a load balancer with an Elastic IP that is not there',
    ask: (on) =>
      balancerOnce(
        on,
        balancer(on, { name: 'p-3', subnets: [{ subnetId: on.seeded.subnets[0]?.id ?? '', allocationId: 'eipalloc-0000000000000000f' }] }),
      ),
  },
  { title: 'all load balancers', ask: ({ elb }) => elb.loadBalancers(options) },
  {
    title: 'a load balancer by its ARN, and one that is not there',
    ask: ({ elb, id }) => elb.loadBalancersByArn([id('web'), id('nobody')], options),
  },
  { title: 'the attributes of a load balancer', ask: ({ elb, id }) => elb.loadBalancerAttributes(id('web'), options) },
  {
    title: 'cross-zone switched on',
    ask: ({ elb, id }) => elb.setLoadBalancerAttributes(id('web'), { 'load_balancing.cross_zone.enabled': 'true' }, options),
  },
  {
    title: 'an attribute of a load balancer that there is not',
    ask: ({ elb, id }) => elb.setLoadBalancerAttributes(id('web'), { 'portolan.enabled': 'true' }, options),
  },
  {
    title: 'the attributes of a load balancer after that',
    ask: async ({ elb, id }) => (await elb.loadBalancerAttributes(id('web'), options))['load_balancing.cross_zone.enabled'],
  },
  {
    title: 'another security group for a load balancer',
    ask: ({ elb, id }) => elb.setSecurityGroups(id('web'), [id('front'), id('backend')], options),
  },
  {
    title: 'a third zone for a load balancer',
    ask: ({ elb, id, seeded }) =>
      elb.setSubnets(
        id('web'),
        seeded.subnets.map((subnet) => ({ subnetId: subnet.id })),
        'ipv4',
        options,
      ),
  },
  {
    title: 'one zone only for a load balancer',
    ask: ({ elb, id, seeded }) => elb.setSubnets(id('static'), [{ subnetId: seeded.subnets[0]?.id ?? '' }], 'ipv4', options),
  },
  { title: 'the load balancer after that', ask: ({ elb, id }) => elb.loadBalancersByArn([id('web')], options) },

  // --- target groups
  { title: 'a target group', ask: (on) => make(on, 'group', on.elb.createTargetGroup(group(on), options)) },
  { title: 'the same target group again', ask: (on) => on.elb.createTargetGroup(group(on), options) },
  {
    title: 'a target group of the same name with another port',
    ask: (on) => on.elb.createTargetGroup(group(on, { port: 30_081 }), options),
  },
  {
    title: 'a target group that is checked by HTTP',
    ask: (on) => make(on, 'local', on.elb.createTargetGroup(group(on, { name: 'p-local', healthCheck: byHttp }), options)),
  },
  {
    title: 'a target group for UDP',
    ask: (on) => make(on, 'udp', on.elb.createTargetGroup(group(on, { name: 'p-udp', protocol: 'UDP', healthCheck: byHttp }), options)),
  },
  { title: 'all target groups', ask: ({ elb }) => elb.targetGroups(options) },
  { title: 'the attributes of a target group', ask: ({ elb, id }) => elb.targetGroupAttributes(id('group'), options) },
  {
    title: 'the PROXY protocol switched on',
    ask: ({ elb, id }) => elb.setTargetGroupAttributes(id('group'), { 'proxy_protocol_v2.enabled': 'true' }, options),
  },
  {
    title: 'the PROXY protocol after that',
    ask: async ({ elb, id }) => (await elb.targetGroupAttributes(id('group'), options))['proxy_protocol_v2.enabled'],
  },
  {
    title: 'an hour of draining',
    ask: ({ elb, id }) => elb.setTargetGroupAttributes(id('local'), { 'deregistration_delay.timeout_seconds': '3600' }, options),
  },
  {
    title: 'another health check by TCP',
    ask: ({ elb, id }) => elb.setHealthCheck(id('group'), { ...byTcp, intervalSeconds: 30, timeoutSeconds: 6 }, options),
  },
  { title: 'a health check by HTTP in place of TCP', ask: ({ elb, id }) => elb.setHealthCheck(id('group'), byHttp, options) },
  {
    title: 'the target group after that',
    ask: async ({ elb, id }) => (await elb.targetGroups(options)).filter(({ arn }) => arn === id('group')),
  },

  // --- listeners
  {
    title: 'a listener',
    ask: (on) =>
      make(
        on,
        'listener',
        on.elb.createListener({ loadBalancer: on.id('web'), port: 80, protocol: 'TCP', targetGroup: on.id('group'), tags: marks }, options),
      ),
  },
  {
    title: 'the same listener again',
    ask: (on) => listenerOnce(on, { loadBalancer: on.id('web'), port: 80, protocol: 'TCP', targetGroup: on.id('group'), tags: marks }),
  },
  {
    title: 'another listener on the same port',
    ask: (on) => listenerOnce(on, { loadBalancer: on.id('web'), port: 80, protocol: 'TCP', targetGroup: on.id('local'), tags: {} }),
  },
  {
    title: 'a TCP listener that forwards to a UDP target group',
    ask: (on) => listenerOnce(on, { loadBalancer: on.id('web'), port: 81, protocol: 'TCP', targetGroup: on.id('udp'), tags: {} }),
  },
  {
    title: 'a TLS listener',
    ask: (on) => {
      const tls = {
        certificate: on.seeded.certificates[0] ?? '',
        sslPolicy: 'ELBSecurityPolicy-TLS13-1-2-2021-06',
        alpnPolicy: 'HTTP2Preferred',
      };
      return make(
        on,
        'tls',
        on.elb.createListener(
          { loadBalancer: on.id('static'), port: 443, protocol: 'TLS', targetGroup: on.id('local'), ...tls, tags: marks },
          options,
        ),
      );
    },
  },
  {
    title: 'a TLS listener without a certificate',
    ask: (on) => listenerOnce(on, { loadBalancer: on.id('static'), port: 444, protocol: 'TLS', targetGroup: on.id('local'), tags: {} }),
  },
  {
    title: 'a TLS listener with a policy that there is not',
    ask: (on) =>
      listenerOnce(on, {
        loadBalancer: on.id('static'),
        port: 445,
        protocol: 'TLS',
        targetGroup: on.id('local'),
        certificate: on.seeded.certificates[0] ?? '',
        sslPolicy: 'Fancy',
        tags: {},
      }),
  },
  { title: 'a second certificate', ask: ({ elb, id, seeded }) => elb.addCertificates(id('tls'), seeded.certificates.slice(1, 2), options) },
  { title: 'the further certificates', ask: ({ elb, id }) => elb.extraCertificates(id('tls'), options) },
  {
    title: 'the second certificate taken away',
    ask: ({ elb, id, seeded }) => elb.removeCertificates(id('tls'), seeded.certificates.slice(1, 2), options),
  },
  {
    title: 'another certificate for a listener',
    ask: ({ elb, id, seeded }) => elb.setListener(id('tls'), { certificate: seeded.certificates[1] ?? '' }, options),
  },
  { title: 'a listener that speaks TCP in place of TLS', ask: ({ elb, id }) => elb.setListener(id('tls'), { protocol: 'TCP' }, options) },
  { title: 'the listeners after that', ask: ({ elb, id }) => elb.listeners(id('static'), options) },
  { title: 'the listeners of a load balancer that is not there', ask: ({ elb, id }) => elb.listeners(id('nobody'), options) },
  { title: 'the attributes of a listener', ask: ({ elb, id }) => elb.listenerAttributes(id('listener'), options) },
  {
    title: 'another idle timeout',
    ask: ({ elb, id }) => elb.setListenerAttributes(id('listener'), { 'tcp.idle_timeout.seconds': '600' }, options),
  },
  {
    title: 'an idle timeout of a second',
    ask: ({ elb, id }) => elb.setListenerAttributes(id('listener'), { 'tcp.idle_timeout.seconds': '1' }, options),
  },
  {
    title: 'the load balancers of a target group',
    ask: async ({ elb, id }) =>
      (await elb.targetGroups(options)).filter(({ arn }) => arn === id('group')).flatMap((one) => one.loadBalancers),
  },

  // --- targets
  { title: 'two targets', ask: (on) => on.elb.registerTargets(on.id('group'), targets(on, 0, 1), options) },
  { title: 'the same targets again', ask: (on) => on.elb.registerTargets(on.id('group'), targets(on, 0, 1), options) },
  { title: 'the health of targets', ask: ({ elb, id }) => elb.targetHealth(id('group'), options) },
  { title: 'the health of targets of a group that is not there', ask: ({ elb, id }) => elb.targetHealth(id('group nobody made'), options) },
  {
    title: 'a target that is not there',
    ask: async (on) => {
      await on.elb.registerTargets(on.id('group'), targets(on, 99), options);
      await on.elb.deregisterTargets(on.id('group'), targets(on, 99), options);
    },
  },
  {
    title: 'a second port of the same target',
    ask: (on) =>
      on.elb.registerTargets(
        on.id('local'),
        [...targets(on, 2), ...targets(on, 2).map((target) => ({ ...target, port: 30_081 }))],
        options,
      ),
  },
  { title: 'the targets after that', ask: ({ elb, id }) => elb.targetHealth(id('local'), options) },
  { title: 'a target that was never registered, let go', ask: (on) => on.elb.deregisterTargets(on.id('group'), targets(on, 2), options) },
  { title: 'a target let go', ask: (on) => on.elb.deregisterTargets(on.id('group'), targets(on, 1), options) },
  { title: 'the targets while one drains', ask: ({ elb, id }) => elb.targetHealth(id('group'), options) },

  // --- tags
  {
    title: 'the tags of three things, one of which is not there',
    ask: ({ elb, id }) => elb.tags([id('web'), id('group'), id('nobody')], options),
  },
  { title: 'a further tag', ask: ({ elb, id }) => elb.addTags([id('web'), id('listener')], { more: '1' }, options) },
  { title: 'a tag taken away', ask: ({ elb, id }) => elb.removeTags([id('web')], ['more'], options) },
  { title: 'the tags after that', ask: ({ elb, id }) => elb.tags([id('web'), id('listener')], options) },
  {
    title: 'eleven tags',
    ask: ({ elb, id }) =>
      elb.addTags([id('group')], Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`k${index}`, 'v'])), options),
  },
  { title: 'a further tag of a security group', ask: ({ ec2, id }) => ec2.addTags([id('front')], { more: '1' }, options) },
  { title: 'a tag of a security group taken away', ask: ({ ec2, id }) => ec2.removeTags([id('front')], ['more'], options) },

  // --- the end
  { title: 'a target group in use, deleted', ask: ({ elb, id }) => elb.deleteTargetGroup(id('group'), options) },
  {
    title: 'deletion protection switched on',
    ask: ({ elb, id }) => elb.setLoadBalancerAttributes(id('web'), { 'deletion_protection.enabled': 'true' }, options),
  },
  { title: 'a protected load balancer, deleted', ask: ({ elb, id }) => elb.deleteLoadBalancer(id('web'), options) },
  {
    title: 'deletion protection switched off',
    ask: ({ elb, id }) => elb.setLoadBalancerAttributes(id('web'), { 'deletion_protection.enabled': 'false' }, options),
  },
  { title: 'a group that a rule of another group names, deleted', ask: ({ ec2, id }) => ec2.deleteSecurityGroup(id('backend'), options) },
  { title: 'a security group that a load balancer has, deleted', ask: ({ ec2, id }) => ec2.deleteSecurityGroup(id('front'), options) },
  { title: 'a listener, deleted', ask: ({ elb, id }) => elb.deleteListener(id('listener'), options) },
  { title: 'a listener that is not there, deleted', ask: ({ elb, id }) => elb.deleteListener(id('listener'), options) },
  { title: 'a load balancer, deleted', ask: ({ elb, id }) => elb.deleteLoadBalancer(id('web'), options) },
  { title: 'a load balancer that is not there, deleted', ask: ({ elb, id }) => elb.deleteLoadBalancer(id('web'), options) },
  { title: 'a target group, deleted', ask: ({ elb, id }) => elb.deleteTargetGroup(id('group'), options) },
  { title: 'a target group that is not there, deleted', ask: ({ elb, id }) => elb.deleteTargetGroup(id('group'), options) },
  { title: 'a load balancer with a listener, deleted', ask: ({ elb, id }) => elb.deleteLoadBalancer(id('static'), options) },
  {
    title: 'the load balancers of a target group without listeners',
    ask: async ({ elb, id }) =>
      (await elb.targetGroups(options)).filter(({ arn }) => arn === id('local')).flatMap((one) => one.loadBalancers),
  },
  { title: 'what is left of load balancers', ask: ({ elb }) => elb.loadBalancers(options) },
  { title: 'what is left of target groups', ask: async ({ elb }) => (await elb.targetGroups(options)).map(({ name }) => ({ name })) },
];
