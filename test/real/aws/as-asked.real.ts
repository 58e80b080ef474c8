import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/model/json.ts';
import { missingForControlPlane } from '../control-plane.ts';
import { realSuite } from '../real-suite.ts';
import { annotated, AwsBed, eventually } from './aws-bed.ts';
import { missingForMoto } from './moto.ts';
import type { StandingBalancer } from './standing.ts';

const options = { signal: new AbortController().signal };

/** A Service, and what it must come to. */
interface Asked {
  readonly name: string;
  readonly annotations: (bed: AwsBed) => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>;
  readonly spec?: JsonObject;
  readonly look: (made: StandingBalancer, bed: AwsBed) => unknown;
  readonly shows: (bed: AwsBed) => unknown;
}

const groupsOf = async (bed: AwsBed, name: string) =>
  (await bed.standing()).securityGroups.filter(({ tags }) => tags['portolan.dev/service'] === `shop/${name}`);
let ownGroup = '';

const served: readonly Asked[] = [
  {
    name: 'tls',
    annotations: ({ seeded: { certificates } }) => ({
      'ssl-cert': certificates.join(','),
      'ssl-ports': 'https',
      'ssl-negotiation-policy': 'ELBSecurityPolicy-TLS13-1-2-2021-06',
      'alpn-policy': 'HTTP2Preferred',
    }),
    spec: {
      ports: [
        { name: 'http', port: 80 },
        { name: 'https', port: 443 },
      ],
    },
    look: async ({ shown }, bed) => {
      const listeners = (await bed.cloud.elb.listeners(shown.arn, options)).toSorted((a, b) => a.port - b.port);
      const [plain, tls] = listeners.map(({ arn: _arn, targetGroups: _groups, ...rest }) => rest);
      return { plain, tls, further: await bed.cloud.elb.extraCertificates(listeners[1]?.arn ?? '', options) };
    },
    shows: ({ seeded: { certificates } }) => ({
      plain: { port: 80, protocol: 'TCP' },
      tls: {
        port: 443,
        protocol: 'TLS',
        certificate: certificates[0],
        sslPolicy: 'ELBSecurityPolicy-TLS13-1-2-2021-06',
        alpnPolicy: 'HTTP2Preferred',
      },
      further: certificates.slice(1),
    }),
  },
  {
    name: 'inside',
    annotations: () => ({ internal: '0.0.0.0/0' }),
    look: ({ shown }) => shown.scheme,
    shows: () => 'internal',
  },
  {
    name: 'two-zones',
    annotations: ({ seeded }) => ({ subnets: `public-a,${seeded.subnets[2]?.id ?? ''}` }),
    look: ({ shown }) => shown.zones.map(({ subnetId }) => subnetId).sort(),
    shows: ({ seeded }) => [0, 2].map((index) => seeded.subnets[index]?.id ?? '').sort(),
  },
  {
    name: 'own-groups',
    annotations: async (bed) => {
      const of = { name: 'mine', description: 'of the user', vpcId: bed.seeded.vpcId, tags: { Name: 'mine' } };
      ownGroup = (await bed.cloud.ec2.createSecurityGroup(of, options)).id;
      return { 'security-groups': 'mine' };
    },
    look: async ({ shown }, bed) => [shown.securityGroups, await groupsOf(bed, 'own-groups')],
    shows: () => [[ownGroup], []],
  },
  {
    name: 'named',
    annotations: () => ({ name: 'a-name-of-my-own' }),
    look: ({ shown }) => shown.name,
    shows: () => 'a-name-of-my-own',
  },
  {
    name: 'path-mtu',
    annotations: () => ({ 'enable-icmp-for-path-mtu-discovery': 'on' }),
    look: async (_made, bed) =>
      (await groupsOf(bed, 'path-mtu'))[0]?.ingress.map(({ protocol, fromPort }) => `${protocol} ${fromPort}`).sort(),
    shows: () => ['icmp 3', 'tcp 80'],
  },
  {
    name: 'proxied',
    annotations: () => ({ 'proxy-protocol': '*' }),
    spec: { externalTrafficPolicy: 'Local' },
    // kube-proxy does not understand the header.
    look: ({ listeners }) => listeners[0]?.healthCheck,
    shows: () => expect.objectContaining({ protocol: 'TCP', port: 'traffic-port' }) as unknown,
  },
  {
    name: 'as-the-peers',
    annotations: () => ({ type: 'external', 'nlb-target-type': 'instance', scheme: 'internet-facing' }),
    look: ({ shown }) => shown.scheme,
    shows: () => 'internet-facing',
  },
];

/** Refused, with this in the text; nothing is made. */
const refused: readonly (readonly [name: string, annotations: Readonly<Record<string, string>>, text: RegExp])[] = [
  ['pods', { 'nlb-target-type': 'ip' }, /nlb-target-type/],
  ['quic', { 'quic-enabled-ports': '443' }, /quic-enabled-ports/],
  ['misspelt', { 'target-group-attributes': 'deregistration_delay.timeout_second=30' }, /deregistration_delay\.timeout_seconds/],
  ['two-words', { scheme: 'internal', internal: 'false' }, /scheme[\s\S]*internal|internal[\s\S]*scheme/],
];

const missing = missingForControlPlane() ?? missingForMoto();

realSuite('on a real kube-apiserver and moto: Services as they are asked for', missing, () => {
  let bed: AwsBed;
  beforeAll(async () => {
    bed = await AwsBed.start(1);
    // One that is no machine of the cloud hurts nobody.
    await bed.addNode('', { providerID: 'elsewhere://1' });
    bed.run();
    for (const { name, annotations, spec } of served) await bed.create(name, spec, annotated(await annotations(bed)));
    for (const [name, annotations] of refused) await bed.create(name, {}, annotated(annotations));
    await bed.create('of-another', { loadBalancerClass: 'service.k8s.aws/nlb' });
  });
  afterAll(() => bed.close());

  test.each(served)('$name', async ({ name, look, shows }) => {
    await bed.published(name);
    const made = await bed.balancer(name);

    expect(await look(made, bed)).toEqual(shows(bed));
  });

  test.each(refused)('%s is refused', async (name, _annotations, text) => {
    await eventually(async () => {
      const accepted = (await bed.service(name)).conditions.find(({ type }) => type === 'portolan.dev/Accepted');
      expect(accepted, bed.log).toMatchObject({ status: 'False', message: expect.stringMatching(text) as unknown });
    });
    expect((await bed.standing()).balancers.map(({ service }) => service)).not.toContain(`shop/${name}`);
  });

  test('that of another controller is left alone', async () => {
    const { conditions, finalizers, ingress } = await bed.service('of-another');

    expect([conditions, finalizers, ingress]).toEqual([[], [], []]);
  });

  test('protected from deletion it stays until its Service asks for that no more', { timeout: 120_000 }, async () => {
    await bed.annotate('as-the-peers', annotated({ attributes: 'deletion_protection.enabled=true' }));
    await eventually(async () => {
      const { shown } = await bed.balancer('as-the-peers');
      const attributes = await bed.cloud.elb.loadBalancerAttributes(shown.arn, options);
      expect(attributes['deletion_protection.enabled']).toBe('true');
    });
    bed.proxy.phase('protected');
    await bed.remove('as-the-peers');
    await eventually(async () => {
      const { conditions } = await bed.service('as-the-peers');
      expect(conditions.map(({ message }) => message).join(' '), bed.log).toMatch(/deletion.protection/i);
    });
    await bed.annotate('as-the-peers', annotated({ attributes: null }));
    await bed.gone('as-the-peers');
  });

  test("in the end nothing is left but what the cluster shares and what is the user's", { timeout: 180_000 }, async () => {
    const names = [...served.map(({ name }) => name), ...refused.map(([name]) => name)].filter((name) => name !== 'as-the-peers');
    await Promise.all(names.map((name) => bed.remove(name)));
    for (const name of names) await bed.gone(name, 120_000);
    const { balancers, idleTargetGroups, securityGroups } = await bed.standing();

    expect([balancers, idleTargetGroups]).toEqual([[], []]);
    expect(securityGroups.map(({ tags }) => tags['portolan.dev/key'])).toEqual(['cluster/amazon']);
    expect(await bed.cloud.ec2.securityGroups(bed.seeded.vpcId, { ids: [ownGroup] }, options)).toHaveLength(1);
  });
});
