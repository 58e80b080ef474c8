import { afterAll, beforeAll, expect, test } from 'vitest';
import { missingForControlPlane } from '../control-plane.ts';
import { realSuite } from '../real-suite.ts';
import { AwsBed, eventually } from './aws-bed.ts';
import { writeCallsPage } from './calls-page.ts';
import { missingForMoto } from './moto.ts';

const total = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((sum, count) => sum + count, 0);
const changing = (counts: Readonly<Record<string, number>>): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(counts).filter(([action]) => !action.startsWith('Describe')));

/**
 * Without what is asked for all Services together: one poll each 15 seconds for what the cloud still makes, and now and then a look
 * at the security groups that the cluster shares, three questions with their rules.
 */
function ofOne(counts: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  const { DescribeLoadBalancers = 0, DescribeSecurityGroups = 0, DescribeSecurityGroupRules = 0, ...others } = counts;
  return {
    ...others,
    DescribeLoadBalancers: Math.min(DescribeLoadBalancers, 1),
    ...(DescribeSecurityGroups > 3 ? { DescribeSecurityGroups } : {}),
    ...(DescribeSecurityGroupRules > 3 ? { DescribeSecurityGroupRules } : {}),
  };
}

const missing = missingForControlPlane() ?? missingForMoto();

realSuite('on a real kube-apiserver and moto: the life of Services', missing, () => {
  let bed: AwsBed;
  beforeAll(async () => {
    bed = await AwsBed.start(0);
    bed.proxy.phase('first of a cluster');
    bed.run();
    await bed.create('first');
    await bed.ready('first');
    await bed.quiet();
    bed.proxy.phase('between');
  });
  afterAll(() => bed.close());

  /** What the phase has cost; what comes now is of none. */
  function taken(): Readonly<Record<string, number>> {
    const counts = bed.proxy.counts();
    bed.proxy.phase('between');
    return counts;
  }

  test('the first of a cluster lets load balancers reach the nodes', async () => {
    const { nodeRules, securityGroups, balancers } = await bed.standing();
    const backend = securityGroups.find(({ name }) => name.startsWith('portolan-backend-')) ?? expect.fail('there is none');

    expect(nodeRules.map(({ protocol, fromPort, toPort, source }) => ({ protocol, fromPort, toPort, source }))).toEqual(
      expect.arrayContaining([
        { protocol: 'tcp', fromPort: 30_000, toPort: 32_767, source: { group: backend.id } },
        { protocol: 'udp', fromPort: 30_000, toPort: 32_767, source: { group: backend.id } },
        { protocol: 'tcp', fromPort: 10_256, toPort: 10_256, source: { group: backend.id } },
      ]),
    );
    expect(balancers[0]?.shown.securityGroups).toContain(backend.id);
  });

  test('one with a port gets an address', async () => {
    bed.proxy.phase('create, 1 port');
    await bed.create('one');
    const address = await bed.published('one');
    const counts = taken();

    const { shown, listeners } = await bed.balancer('one');
    expect(address).toBe(shown.dnsName.toLowerCase());
    expect(shown).toMatchObject({ type: 'network', scheme: 'internet-facing', ipAddressType: 'ipv4' });
    expect(shown.zones.map(({ zone }) => zone).sort()).toEqual(bed.seeded.subnets.map(({ zone }) => zone));
    expect(listeners).toMatchObject([{ port: 80, protocol: 'TCP', healthCheck: { protocol: 'TCP', port: 'traffic-port' } }]);
    expect(listeners[0]?.targets).toEqual([...bed.seeded.instances].sort());
    expect(total(ofOne(counts)), JSON.stringify(counts)).toBeLessThanOrEqual(9);
    expect((await bed.service('one')).finalizers).toEqual(['portolan.dev/lb.aws']);
  });

  test('one with three ports is six calls more', async () => {
    const ports = [
      { name: 'http', port: 80 },
      { name: 'https', port: 443 },
      { name: 'dns', port: 53, protocol: 'UDP' },
    ];
    bed.proxy.phase('create, 3 ports');
    await bed.create('three', { ports });
    await bed.published('three');
    const counts = taken();

    const { listeners } = await bed.balancer('three');
    expect(listeners.map(({ port, protocol }) => `${protocol}/${port}`)).toEqual(['UDP/53', 'TCP/80', 'TCP/443']);
    // Datagrams cannot be probed: kube-proxy is asked.
    expect(listeners[0]?.healthCheck).toMatchObject({ protocol: 'HTTP', port: '10256', path: '/healthz' });
    expect(total(ofOne(counts)), JSON.stringify(counts)).toBeLessThanOrEqual(15);
  });

  test('TCP and UDP of one number are one listener', async () => {
    const ports = [
      { name: 'tcp', port: 53, protocol: 'TCP' },
      { name: 'udp', port: 53, protocol: 'UDP' },
    ];
    bed.proxy.phase('create, TCP and UDP of one port');
    await bed.create('both', { ports });
    await bed.published('both');
    taken();

    expect((await bed.balancer('both')).listeners).toMatchObject([{ port: 53, protocol: 'TCP_UDP' }]);
  });

  test('local traffic is checked where the API server says', async () => {
    bed.proxy.phase('create, Local');
    await bed.create('local', { externalTrafficPolicy: 'Local' });
    await bed.published('local');
    taken();
    const { healthCheckNodePort } = await bed.service('local');

    expect((await bed.balancer('local')).listeners[0]?.healthCheck).toMatchObject({
      protocol: 'HTTP',
      port: String(healthCheckNodePort),
      path: '/healthz',
      timeoutSeconds: 6,
      healthyThreshold: 2,
    });
  });

  test('an edit that says nothing costs nothing', async () => {
    for (const name of ['first', 'one', 'three', 'both', 'local']) await bed.ready(name);
    await bed.quiet();
    bed.proxy.phase('unchanged');
    await bed.edit('one', { metadata: { labels: { nothing: 'new' }, annotations: { 'example.com/note': 'x' } } });
    await bed.quiet(3_000);

    expect(bed.proxy.counts()).toEqual({});
  });

  test('a node that joins, and one that leaves, is one call for each target group', async () => {
    const { balancers } = await bed.standing();
    const groups = balancers.flatMap(({ listeners }) => listeners).length;
    const instance = await bed.machine();
    bed.proxy.phase('node joins');
    const node = await bed.addNode(instance);
    const targets = async () => (await bed.standing()).balancers.flatMap(({ listeners }) => listeners.map((one) => one.targets));
    await eventually(async () =>
      expect(
        (await targets()).every((list) => list.includes(instance)),
        bed.log,
      ).toBe(true),
    );
    await bed.quiet();
    const joined = taken();
    bed.proxy.phase('node leaves');
    await bed.removeNode(node);
    await eventually(async () =>
      expect(
        (await targets()).some((list) => list.includes(instance)),
        bed.log,
      ).toBe(false),
    );
    await bed.quiet();
    const left = taken();

    expect([changing(joined), changing(left)]).toEqual([{ RegisterTargets: groups }, { DeregisterTargets: groups }]);
    // What all load balancers share is looked at once, whatever their number: who is in which security group.
    const reads = ['DescribeInstances', 'DescribeSecurityGroups', 'DescribeSecurityGroupRules'];
    for (const counts of [joined, left]) {
      expect(Object.keys(counts).filter((action) => action.startsWith('Describe') && !reads.includes(action))).toEqual([]);
      expect(
        reads.map((action) => counts[action] ?? 0).every((count) => count <= 3),
        JSON.stringify(counts),
      ).toBe(true);
    }
  });

  test('a node port that changes is changed inside of the target group', async () => {
    const [before] = (await bed.balancer('one')).listeners;
    bed.proxy.phase('node port changes');
    await bed.edit('one', { spec: { ports: [{ name: 'http', port: 80, nodePort: 31_999 }] } });
    await eventually(async () => expect((await bed.balancer('one')).listeners[0]?.targetPorts).toEqual([31_999]));
    await bed.quiet(500);
    const counts = taken();
    const [after] = (await bed.balancer('one')).listeners;

    expect([after?.arn, after?.targetGroup]).toEqual([before?.arn, before?.targetGroup]);
    expect(changing(counts)).toEqual({ RegisterTargets: 1, DeregisterTargets: 1 });
  });

  test('of another type it has nothing any more, and as a load balancer again everything', async () => {
    bed.proxy.phase('type ClusterIP');
    await bed.edit('one', { spec: { type: 'ClusterIP' } });
    await eventually(async () => {
      const { finalizers, ingress } = await bed.service('one');
      expect([finalizers, ingress], bed.log).toEqual([[], []]);
    });
    const counts = taken();
    expect((await bed.standing()).balancers.map(({ service }) => service)).not.toContain('shop/one');
    expect(total(ofOne(counts)), JSON.stringify(counts)).toBeLessThanOrEqual(6);

    bed.proxy.phase('type LoadBalancer');
    await bed.edit('one', { spec: { type: 'LoadBalancer' } });
    await bed.published('one');
    taken();
    await bed.balancer('one');
  });

  test('a restart with 50 only reads, in pages and by twenties', { timeout: 300_000 }, async () => {
    const names = Array.from({ length: 45 }, (_, index) => `many-${index}`);
    bed.proxy.phase('create, 45 at once');
    await Promise.all(names.map((name) => bed.create(name)));
    for (const name of names) await bed.published(name, 240_000);
    taken();
    for (const name of names) await bed.ready(name, 240_000);
    await bed.quiet();
    expect(await bed.stop(), bed.log).toBe(0);
    bed.proxy.phase('restart with 50');
    bed.run();
    await eventually(() => Promise.resolve(expect(bed.proxy.counts()['DescribeTags'], bed.log).toBeGreaterThan(0)));
    await bed.quiet(4_000);
    const counts = taken();

    const { balancers } = await bed.standing();
    const things = balancers.length + balancers.flatMap(({ listeners }) => listeners).length;
    expect(balancers).toHaveLength(50);
    expect(changing(counts)).toEqual({});
    expect(counts).toMatchObject({ DescribeLoadBalancers: 1, DescribeTargetGroups: 1, DescribeTags: Math.ceil(things / 20) });
    const { DescribeSecurityGroups = 0, DescribeSecurityGroupRules = 0, ...others } = counts;
    expect(total(others), JSON.stringify(counts)).toBeLessThanOrEqual(Math.ceil(things / 20) + 5);
    // What the cluster shares is looked at a few times, whatever the number of Services.
    expect(DescribeSecurityGroups + DescribeSecurityGroupRules).toBeLessThanOrEqual(14);
  });

  test('deletion takes six calls, and two more for each further port', async () => {
    bed.proxy.phase('delete, 3 ports');
    await bed.remove('three');
    await bed.gone('three');
    const counts = taken();

    expect(total(ofOne(counts)), JSON.stringify(counts)).toBeLessThanOrEqual(10);
  });

  test('in the end nothing is left but what the cluster shares', { timeout: 300_000 }, async () => {
    const left = (await bed.standing()).balancers.map(({ service }) => service.replace('shop/', ''));
    bed.proxy.phase('delete, all at once');
    await Promise.all(left.map((name) => bed.remove(name)));
    for (const name of left) await bed.gone(name, 240_000);

    const { balancers, idleTargetGroups, securityGroups } = await bed.standing();
    expect([balancers, idleTargetGroups]).toEqual([[], []]);
    expect(securityGroups.map(({ tags }) => tags['portolan.dev/key'])).toEqual(['cluster/amazon']);
    await writeCallsPage(bed.proxy);
  });
});
