import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Attributes } from '../../../providers/aws/api/elb.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { missingForControlPlane } from '../control-plane.ts';
import { realSuite } from '../real-suite.ts';
import { annotated, AwsBed, eventually } from './aws-bed.ts';
import { missingForMoto } from './moto.ts';
import { region } from './seed.ts';

const options = { signal: new AbortController().signal };

/** What an edit must show in the cloud, and what must be there again when it is taken back. */
interface Edit {
  readonly of: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly spec?: JsonObject;
  readonly look: (bed: AwsBed) => Promise<unknown>;
  readonly after: unknown;
  /** What it is before, and after the edit is taken back. */
  readonly before: unknown;
  readonly back?: JsonObject;
}

const name = 'web';
const listener = async (bed: AwsBed) => (await bed.balancer(name)).listeners[0] ?? expect.fail('it listens on nothing');
const groupAttributes = async (bed: AwsBed): Promise<Attributes> =>
  await bed.cloud.elb.targetGroupAttributes((await listener(bed)).targetGroup, options);
const balancerAttributes = async (bed: AwsBed): Promise<Attributes> =>
  await bed.cloud.elb.loadBalancerAttributes((await bed.balancer(name)).shown.arn, options);
/** One that moto does not know until it is set is what it is by default. */
const attribute = (all: Promise<Attributes>, key: string, of: string) => all.then((known) => known[key] ?? of);
const sources = async (bed: AwsBed) =>
  (await bed.standing()).securityGroups
    .filter(({ tags }) => tags['portolan.dev/service'] === `shop/${name}`)
    .flatMap(({ ingress }) => ingress.map(({ protocol, source }) => [protocol, ...Object.values(source)].join(' ')))
    .sort();

const edits: readonly Edit[] = [
  {
    of: 'source ranges',
    spec: { loadBalancerSourceRanges: ['192.0.2.0/24', '198.51.100.0/24'] },
    back: { loadBalancerSourceRanges: null },
    look: sources,
    before: ['tcp 0.0.0.0/0'],
    after: ['tcp 192.0.2.0/24', 'tcp 198.51.100.0/24'],
  },
  {
    of: 'figures of the health check',
    annotations: { 'healthcheck-interval': '20', 'healthcheck-healthy-threshold': '2' },
    look: async (bed) => {
      const { intervalSeconds, healthyThreshold } = (await listener(bed)).healthCheck;
      return { intervalSeconds, healthyThreshold };
    },
    before: { intervalSeconds: 10, healthyThreshold: 3 },
    after: { intervalSeconds: 20, healthyThreshold: 2 },
  },
  {
    of: 'the health check by HTTP',
    annotations: { 'healthcheck-protocol': 'HTTP', 'healthcheck-path': '/ready', 'healthcheck-port': '8080' },
    look: async (bed) => {
      const { protocol, port, path } = (await listener(bed)).healthCheck;
      return { protocol, port, path };
    },
    before: { protocol: 'TCP', port: 'traffic-port', path: undefined },
    after: { protocol: 'HTTP', port: '8080', path: '/ready' },
  },
  {
    of: 'an attribute of the target group',
    annotations: { 'target-group-attributes': 'deregistration_delay.timeout_seconds=30' },
    look: (bed) => attribute(groupAttributes(bed), 'deregistration_delay.timeout_seconds', '300'),
    before: '300',
    after: '30',
  },
  {
    of: 'an attribute of one port',
    annotations: { 'target-group-attributes.80': 'preserve_client_ip.enabled=false' },
    look: (bed) => attribute(groupAttributes(bed), 'preserve_client_ip.enabled', 'true'),
    before: 'true',
    after: 'false',
  },
  {
    of: 'the PROXY protocol',
    annotations: { 'proxy-protocol': '*' },
    look: (bed) => attribute(groupAttributes(bed), 'proxy_protocol_v2.enabled', 'false'),
    before: 'false',
    after: 'true',
  },
  {
    of: 'an attribute of the load balancer',
    annotations: { attributes: 'load_balancing.cross_zone.enabled=true' },
    look: (bed) => attribute(balancerAttributes(bed), 'load_balancing.cross_zone.enabled', 'false'),
    before: 'false',
    after: 'true',
  },
  {
    of: 'the older spelling of an attribute',
    annotations: { 'cross-zone-load-balancing-enabled': 'true' },
    look: (bed) => attribute(balancerAttributes(bed), 'load_balancing.cross_zone.enabled', 'false'),
    before: 'false',
    after: 'true',
  },
  {
    of: 'an attribute of the listener',
    annotations: { 'listener-attributes.TCP-80': 'tcp.idle_timeout.seconds=600' },
    look: async (bed) => (await bed.cloud.elb.listenerAttributes((await listener(bed)).arn, options))['tcp.idle_timeout.seconds'],
    before: '350',
    after: '600',
  },
  {
    of: 'further tags',
    annotations: { 'additional-resource-tags': 'team=web,stage=prod' },
    look: async (bed) => {
      const { team, stage } = (await bed.balancer(name)).tags;
      return { team, stage };
    },
    before: { team: undefined, stage: undefined },
    after: { team: 'web', stage: 'prod' },
  },
  {
    of: 'a choice of nodes',
    annotations: { 'target-node-labels': `topology.kubernetes.io/zone=${region}a` },
    look: async (bed) => {
      const targets = new Set((await bed.balancer(name)).listeners[0]?.targets);
      return bed.seeded.instances.map((instance) => targets.has(instance));
    },
    before: [true, true],
    after: [true, false],
  },
  {
    of: 'a port more',
    spec: {
      ports: [
        { name: 'http', port: 80 },
        { name: 'more', port: 8443 },
      ],
    },
    back: { ports: [{ name: 'http', port: 80 }] },
    look: async (bed) => (await bed.balancer(name)).listeners.map(({ port }) => port),
    before: [80],
    after: [80, 8443],
  },
  {
    of: 'affinity',
    spec: { sessionAffinity: 'ClientIP' },
    back: { sessionAffinity: 'None', sessionAffinityConfig: null },
    look: (bed) => attribute(groupAttributes(bed), 'stickiness.enabled', 'false'),
    before: 'false',
    after: 'true',
  },
];

const missing = missingForControlPlane() ?? missingForMoto();

realSuite('on a real kube-apiserver and moto: edits', missing, () => {
  let bed: AwsBed;
  beforeAll(async () => {
    bed = await AwsBed.start(1);
    bed.run();
    await bed.create(name);
    await bed.ready(name);
  });
  afterAll(() => bed.close());

  test.each(edits)('$of comes and goes, in place', async ({ of, annotations = {}, spec, back, look, before, after }) => {
    const arn = (await bed.balancer(name)).shown.arn;
    expect(await look(bed)).toEqual(before);
    bed.proxy.phase(`edit: ${of}`);
    await bed.edit(name, { metadata: { annotations: annotated(annotations) }, ...(spec === undefined ? {} : { spec }) });
    await eventually(async () => expect(await look(bed), bed.log).toEqual(after), 30_000);

    bed.proxy.phase(`taken back: ${of}`);
    const none = annotated(Object.fromEntries(Object.keys(annotations).map((key) => [key, null])));
    await bed.edit(name, { metadata: { annotations: none }, ...(back === undefined ? {} : { spec: back }) });
    await eventually(async () => expect(await look(bed), bed.log).toEqual(before), 30_000);

    expect((await bed.balancer(name)).shown.arn).toBe(arn);
    expect(bed.proxy.calls.filter(({ action }) => /^(Create|Delete)LoadBalancer$/.test(action))).toHaveLength(1);
    await bed.quiet(500);
  });

  test('what is not understood is refused, and the load balancer stays as it is', async () => {
    const { shown } = await bed.balancer(name);
    await bed.annotate(name, annotated({ 'healthcheck-interval': 'often' }));
    await eventually(async () => {
      const accepted = (await bed.service(name)).conditions.find(({ type }) => type === 'portolan.dev/Accepted');
      expect(accepted).toMatchObject({ status: 'False', message: expect.stringContaining('healthcheck-interval') as unknown });
    });
    expect((await bed.service(name)).ingress[0]?.hostname).toBe(shown.dnsName.toLowerCase());
    await bed.annotate(name, annotated({ 'healthcheck-interval': null }));
    await bed.ready(name);
  });

  test('another scheme waits for approval, then the new one stands before the old one goes, and no dead address is shown', {
    timeout: 240_000,
  }, async () => {
    const old = (await bed.balancer(name)).shown;
    bed.proxy.phase('scheme, held');
    await bed.annotate(name, annotated({ scheme: 'internal' }));
    const code = await eventually(async () => {
      const held = (await bed.service(name)).conditions.map(({ message }) => /portolan\.dev\/approve: "([0-9a-f]+)"/.exec(message)?.[1]);
      return held.find((one) => one !== undefined) ?? expect.fail('nothing is held');
    });
    await bed.quiet();
    expect(bed.proxy.calls.filter((call) => call.phase === 'scheme, held' && call.mutates)).toEqual([]);

    bed.proxy.phase('scheme, approved');
    const shownDead: string[] = [];
    bed.proxy.onChange = async (when, call) => {
      if (when === 'after' || call.action !== 'DeleteLoadBalancer') return;
      // In the moment before the old one goes, nobody is sent to it any more.
      const address = (await bed.service(name)).ingress[0]?.hostname ?? 'none';
      const names = (await bed.standing()).balancers.filter(({ shown }) => shown.arn !== call.fields['LoadBalancerArn']);
      if (!names.some(({ shown }) => shown.dnsName.toLowerCase() === address)) shownDead.push(address);
    };
    await bed.annotate(name, { 'portolan.dev/approve': code });
    await eventually(async () => {
      const { shown } = await bed.balancer(name);
      expect([shown.scheme, (await bed.service(name)).ingress[0]?.hostname], bed.log).toEqual(['internal', shown.dnsName.toLowerCase()]);
    }, 200_000);
    bed.proxy.onChange = () => {};

    const changes = bed.proxy.calls.filter((call) => call.phase === 'scheme, approved' && call.mutates).map(({ action }) => action);
    expect(changes.indexOf('CreateLoadBalancer')).toBeLessThan(changes.indexOf('DeleteLoadBalancer'));
    expect([shownDead, (await bed.balancer(name)).shown.arn === old.arn]).toEqual([[], false]);
  });

  test('in the end nothing is left but what the cluster shares', async () => {
    await bed.remove(name);
    await bed.gone(name);
    const { balancers, idleTargetGroups, securityGroups } = await bed.standing();

    expect([balancers, idleTargetGroups]).toEqual([[], []]);
    expect(securityGroups.map(({ tags }) => tags['portolan.dev/key'])).toEqual(['cluster/amazon']);
  });
});
