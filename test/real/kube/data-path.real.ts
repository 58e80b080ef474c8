import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFailed, onTestFinished, test } from 'vitest';
import type { JsonObject } from '../../../src/model/json.ts';
import { missingForBed, startBed, type Bed } from '../bed/bed.ts';
import { spareVip, startLoadBalancer, type LoadBalancer } from '../bed/load-balancer.ts';
import { eventually, Services, servicesPath, web } from '../bed/services.ts';
import { tracesOf } from '../bed/traces.ts';
import { valueAt } from '../bed/value-at.ts';
import { nodesOf, outside, outside6, Visitor } from '../bed/visitor.ts';
import { portBase } from '../control-plane.ts';
import { realSuite } from '../real-suite.ts';

const signal = new AbortController().signal;
const pods = '/api/v1/namespaces/default/pods';
const kubeProxyPort = 10_256;
const loadBalancerAddress = '172.30.0.2';

realSuite('the way of traffic, through real kube-proxies', missingForBed(), () => {
  let bed: Bed;
  let lb: LoadBalancer;
  let visitor: Visitor;
  let services: Services;

  beforeAll(async () => {
    bed = await startBed(portBase(0), 3);
    lb = await startLoadBalancer(bed);
    visitor = new Visitor(bed);
    services = new Services(lb.client);
  });

  beforeEach(() => {
    onTestFailed(() => void process.stderr.write(lb.controller.log()));
  });

  afterEach(() => services.clear());

  afterAll(async () => {
    try {
      expect(await lb.close()).toBe(0);
    } finally {
      await bed.wipe();
    }
    expect(tracesOf(bed.folder, portBase(0))).toEqual([]);
  });

  const change = (path: string, patch: JsonObject) => lb.client.patch(path, 'merge', patch, signal);

  /** Until all of thirty requests are answered, and only by these Pods. */
  const onlyPods = (vip: string, expected: readonly string[]) =>
    eventually(async () => {
      const answers = await visitor.ask(vip, { count: 30 });
      expect([...new Set(answers.map(({ pod }) => pod))].sort()).toEqual(expected);
    });

  const onlyNodes = (vip: string, expected: readonly number[]) =>
    eventually(async () => expect(nodesOf(await visitor.ask(vip, { count: 30 }))).toEqual(expected));

  /** One that is answered so, for the length of the test. */
  const conversation = (vip: string, answer: RegExp) =>
    eventually(async () => {
      const opened = visitor.converse(vip);
      onTestFinished(() => opened.end());
      expect(await opened.say('hello')).toMatch(answer);
      return opened;
    });

  /** That nobody answers, for the reason that curl gives by number. */
  const silent = (vip: string, from = outside) =>
    eventually(() => expect(visitor.ask(vip, { from })).rejects.toThrow(/curl: \((7|52|56)\)/));

  test('a Pod sees the load balancer, or under Cluster a node, in the place of the client', async () => {
    const local = await services.serve({ externalTrafficPolicy: 'Local' });
    const cluster = await services.serve();

    await onlyPods(local.vip, ['echo-1', 'echo-2', 'echo-3']);
    for (const { peer, proxy } of await visitor.ask(local.vip, { count: 6 })) {
      expect(peer).toMatch(`${loadBalancerAddress}:`);
      expect(proxy).toBeNull();
    }
    await onlyNodes(cluster.vip, [1, 2, 3]);
  });

  test('PROXY v2 tells a Pod who the client is, also where the client is a Pod', async () => {
    const { vip, object } = await services.serve({}, { 'portolan.dev/proxy-protocol': 'v2' });

    await eventually(async () => {
      const [answer] = await visitor.ask(vip);
      expect(answer?.proxy).toMatch(new RegExp(`^v2 172\\.30\\.0\\.3 ${vip} \\d+ 80$`));
    });
    // ipMode Proxy: kube-proxy leaves the address alone, so a Pod's connection goes out and comes back with a header.
    expect(valueAt(object, 'status', 'loadBalancer', 'ingress', 0, 'ipMode')).toBe('Proxy');
    const [answer] = await visitor.ask(vip, { from: { pod: 2 } });
    expect(answer?.proxy).toMatch(new RegExp(`^v2 10\\.244\\.2\\.2 ${vip} `));
  });

  test('ipMode VIP would be answered by the node itself; Proxy is not', async () => {
    const name = await services.create({ loadBalancerClass: 'example.com/of-another-controller' });
    const say = (ipMode: string) =>
      change(`${servicesPath}/${name}/status`, { status: { loadBalancer: { ingress: [{ ip: spareVip, ipMode }] } } });
    const fromPod = { pod: 1 } as const;

    await say('VIP');
    // Nobody listens on that address.
    await eventually(async () => expect(await visitor.ask(spareVip, { from: fromPod })).toHaveLength(1));
    await say('Proxy');
    await silent(spareVip, fromPod);
  });

  test('under Local, health check node ports say where to go', async () => {
    const { vip, name, healthCheckNodePort } = await services.serve({
      externalTrafficPolicy: 'Local',
      selector: { app: 'echo', node: 'node-1' },
    });
    const answered = () => Promise.all([1, 2, 3].map((node) => visitor.healthz(node, healthCheckNodePort)));

    await eventually(async () => expect(await answered()).toEqual([200, 503, 503]));
    await onlyPods(vip, ['echo-1']);
    await change(`${servicesPath}/${name}`, { spec: { selector: { node: 'node-3' } } });
    await onlyPods(vip, ['echo-3']);
    expect(await answered()).toEqual([503, 503, 200]);
    await change(`${servicesPath}/${name}`, { spec: { selector: { node: 'nowhere' } } });
    await silent(vip);
  });

  test('an endpoint that terminates gets nothing new and keeps what it has', async () => {
    onTestFinished(async () => void (await bed.command('nodes', '3')));
    const { vip, healthCheckNodePort } = await services.serve({ externalTrafficPolicy: 'Local' });
    await onlyPods(vip, ['echo-1', 'echo-2', 'echo-3']);
    const old = await conversation(vip, /^echo-1 /);

    // Without a kubelet nobody confirms its end: it terminates until the bed puts it right.
    await lb.client.delete(`${pods}/echo-1`, signal);

    await eventually(async () => expect(await visitor.healthz(1, healthCheckNodePort)).toBe(503));
    await onlyPods(vip, ['echo-2', 'echo-3']);
    expect(await old.say('still there?')).toMatch(/^echo-1 .*still there\?$/);
  });

  test('a node that the autoscaler is about to delete gets nothing new and keeps what it has', async () => {
    onTestFinished(async () => void (await change('/api/v1/nodes/node-3', { spec: { taints: null } })));
    const { vip } = await services.serve();
    await onlyNodes(vip, [1, 2, 3]);
    const old = await conversation(vip, / (172\.30\.0\.13|10\.244\.3\.1):/);

    await change('/api/v1/nodes/node-3', { spec: { taints: [{ key: 'ToBeDeletedByClusterAutoscaler', effect: 'NoSchedule' }] } });

    await eventually(async () => expect(await visitor.healthz(3, kubeProxyPort)).toBe(503));
    await onlyNodes(vip, [1, 2]);
    expect(await old.say('still there?')).toMatch(/still there\?$/);
    await change('/api/v1/nodes/node-3', { spec: { taints: null } });
    await onlyNodes(vip, [1, 2, 3]);
  });

  test('a node that is excluded by its label is no backend, whatever its kube-proxy says', async () => {
    const label = (value: string | null) =>
      change('/api/v1/nodes/node-2', { metadata: { labels: { 'node.kubernetes.io/exclude-from-external-load-balancers': value } } });
    onTestFinished(async () => void (await label(null)));
    const { vip } = await services.serve();
    await onlyNodes(vip, [1, 2, 3]);

    await label('');
    await onlyNodes(vip, [1, 3]);
    expect(await visitor.healthz(2, kubeProxyPort)).toBe(200);
    await label('false');
    await onlyNodes(vip, [1, 2, 3]);
  });

  test('loadBalancerSourceRanges hold for who asks, not for the load balancer on its way to the node', async () => {
    const ports = [
      { ...web, name: 'tcp' },
      { ...web, name: 'udp', protocol: 'UDP' },
    ];
    const { vip, name } = await services.serve({ ports, loadBalancerSourceRanges: ['172.30.0.3/32', '10.244.1.0/24'] });

    await onlyPods(vip, ['echo-1', 'echo-2', 'echo-3']);
    await silent(vip, { outside: loadBalancerAddress });
    expect(await visitor.datagram(1, vip, 80)).toMatch(/^echo-\d .*hello$/);
    await expect(visitor.datagram(2, vip, 80)).rejects.toThrow();
    await change(`${servicesPath}/${name}`, { spec: { loadBalancerSourceRanges: null } });
    await eventually(() => visitor.ask(vip, { from: { outside: loadBalancerAddress } }));
    await eventually(() => visitor.datagram(2, vip, 80));
  });

  test('two families are two addresses, and a Pod is reached in the family that was asked', async () => {
    const { vips } = await services.serve({ ipFamilyPolicy: 'RequireDualStack', externalTrafficPolicy: 'Local' });
    const [v4 = '', v6 = ''] = vips[0]?.includes(':') === true ? vips.toReversed() : vips;

    await eventually(async () => expect((await visitor.ask(v4))[0]?.peer).toMatch(`${loadBalancerAddress}:`));
    await eventually(async () => expect((await visitor.ask(v6, { from: outside6 }))[0]?.peer).toMatch('[fd00:30::2]:'));
  });

  test('TCP and UDP share a port', async () => {
    const ports = [
      { name: 'tcp', protocol: 'TCP', port: 53, targetPort: 8080 },
      { name: 'udp', protocol: 'UDP', port: 53, targetPort: 8080 },
    ];
    const { vip, object } = await services.serve({ ports });

    expect(valueAt(object, 'spec', 'ports', 0, 'nodePort')).toBe(valueAt(object, 'spec', 'ports', 1, 'nodePort'));
    await eventually(() => visitor.ask(vip, { port: 53 }));
    expect(await eventually(() => visitor.datagram(1, vip, 53))).toMatch(/^echo-\d .*hello$/);
  });

  test('a Service without node ports is refused, and has an address once it has them', async () => {
    const name = await services.create({ allocateLoadBalancerNodePorts: false });

    const refused = await eventually(async () => {
      const object = await services.get(name);
      expect(valueAt(object, 'status', 'conditions')).toContainEqual(
        expect.objectContaining({ type: 'portolan.dev/Accepted', status: 'False', reason: 'NodePortMissing' }),
      );
      return object;
    });
    expect(valueAt(refused, 'status', 'loadBalancer', 'ingress')).toBeUndefined();
    await change(`${servicesPath}/${name}`, { spec: { allocateLoadBalancerNodePorts: true } });
    await onlyPods((await services.served(name)).vip, ['echo-1', 'echo-2', 'echo-3']);
  });
});
