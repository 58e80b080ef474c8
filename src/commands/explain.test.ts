import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ranWith, surroundingsOf } from '../../test/builders/command-run.ts';
import { served, toyWith } from '../../test/builders/plan-run.ts';
import type { MemoryCloud } from '../../test/fixtures/memory-cloud.ts';
import { cloudWrites, toyWorld } from '../../test/scenarios/toy-world.ts';
import type { World } from '../../test/scenarios/world.ts';
import { LbError } from '../errors.ts';
import { classId, listenerId } from '../model/ids.ts';
import { finalizerOf, type LoadBalancerClass } from '../model/load-balancer-class.ts';
import type { AnyProvider } from '../provider.ts';
import { runExplain } from './explain.ts';
import { exitCodes } from './io.ts';
import type { Surroundings } from './look/surroundings.ts';

let world: World;
let cloud: MemoryCloud;
beforeEach(async () => {
  ({ world, cloud } = await toyWorld());
});
afterEach(() => world.stop());

interface How {
  readonly output?: 'text' | 'json';
  readonly provider?: Partial<AnyProvider>;
  readonly around?: Partial<Surroundings>;
}

const explain = (name = 'default/web', { output = 'text', provider = {}, around = {} }: How = {}) =>
  ranWith((io) => runExplain(name, { output }, io, surroundingsOf(world, { toy: toyWith(cloud, provider) }, around)));

const lastLine = (out: string): string => out.trimEnd().split('\n').at(-1) ?? '';

const answer = async (...args: Parameters<typeof explain>) => {
  const { code, out } = await explain(...args);
  return { code, line: lastLine(out) };
};

const changeClass = (patch: Partial<LoadBalancerClass>) => {
  world.config = { ...world.config, classes: world.config.classes.map((klass) => ({ ...klass, ...patch })) };
};

describe('a Service that is ready', () => {
  it('is explained from claim to nodes, and nothing is written anywhere', async () => {
    await served(world, cloud);
    const { code, out } = await explain();
    expect(out).toMatchInlineSnapshot(`
      "default/web: Of class toy (portolan.dev/toy), whose finalizer portolan.dev/lb.toy it carries; provider toy.
      Conditions
        Accepted=True Accepted: The Service is understood. (since 2026-01-01T00:00:00Z)
        Programmed=True Programmed: Every port is served. (since 2026-01-01T00:00:00Z)
        Degraded=False AsExpected: Nothing is degraded. (since 2026-01-01T00:00:00Z)
        Applied=True Applied (since 2026-01-01T00:00:00Z)
      Asked for
        listener TCP/80 to node port 30180
        scheme public, said by class or default
        address IPv4: any
        source ranges open to all
        affinity none
        traffic policy Cluster: every node forwards
      Stands
        published 192.0.2.1
        in the cloud 192.0.2.1 (lb-1)
        listener TCP/80 serving
      Plan
        nothing to do
      Nodes
        2 of 2 are members
      Ready: 192.0.2.1.
      "
    `);
    expect(code).toBe(exitCodes.good);
    expect(cloudWrites(cloud)).toEqual([]);
    expect(world.api.log.filter(({ mutating }) => mutating)).toEqual([]);
  });

  it('is ready while members follow', async () => {
    await served(world, cloud);
    await world.addNodes('n3');
    expect(await answer()).toEqual({ code: exitCodes.good, line: 'Ready: 192.0.2.1.' });
  });

  it('says the same as data', async () => {
    await served(world, cloud);
    const { out } = await explain('default/web', { output: 'json' });
    expect(JSON.parse(out)).toMatchObject({
      service: 'default/web',
      ready: true,
      claim: { kind: 'ours' },
      published: [{ ip: '192.0.2.1', ipMode: 'VIP' }],
      asked: { scheme: 'public, said by class or default', sourceRanges: [], affinity: 'none' },
      stands: { ingress: [{ ip: '192.0.2.1' }], listeners: [{ id: 'TCP/80', state: 'serving' }], id: 'lb-1' },
      plan: { outcome: 'nothing-to-do', steps: [] },
      nodes: { total: 2, members: 2, out: [] },
    });
  });

  it('is ready although degraded, and says so', async () => {
    await served(world, cloud);
    await world.annotate('web', { 'metallb.io/typo': 'x' });
    await world.start();
    await world.rest();
    const { code, line } = await answer();
    expect(code).toBe(exitCodes.good);
    expect(line).toBe(`Ready: 192.0.2.1. Degraded: ${world.message('web', 'portolan.dev/Degraded')}`);
  });
});

describe('what is asked', () => {
  it('is told with who asked for it', async () => {
    changeClass({ settings: { flavour: 'sour' } });
    await world.createService(
      'web',
      {
        ports: [
          { name: 'http', port: 80 },
          { name: 'dns', port: 53, protocol: 'UDP' },
        ],
        sessionAffinity: 'ClientIP',
        externalTrafficPolicy: 'Local',
        loadBalancerSourceRanges: ['10.0.0.0/8'],
        loadBalancerIP: '192.0.2.7',
      },
      { 'portolan.dev/scheme': 'internal', 'service.beta.kubernetes.io/load-balancer-source-ranges': '10.0.0.0/8' },
    );
    const { out } = await explain();
    for (const line of [
      /listener TCP\/80 \(http\) to node port \d+/,
      /listener UDP\/53 \(dns\) to node port \d+/,
      'scheme internal, said by the Service',
      'address IPv4: 192.0.2.7, by spec.loadBalancerIP',
      'source ranges 10.0.0.0/8',
      'affinity client address, for 3h',
      /traffic policy Local: only nodes with an endpoint, as they say on port \d+/,
      'setting flavour = sour, by the class',
      'note SettingWithoutEffect: ',
    ]) {
      expect(out).toMatch(line);
    }
  });

  it('is told as far as it can be read where it is refused', async () => {
    await world.createService('web', {}, { 'portolan.dev/shceme': 'internal' });
    const { code, out } = await explain();
    expect(out).toContain('in the cloud: nothing, because it is refused');
    expect(lastLine(out)).toBe(
      'Not ready: UnknownSetting: portolan.dev/shceme: unknown annotation; did you mean portolan.dev/scheme? Correct the spelling or remove it.',
    );
    expect(code).toBe(exitCodes.no);
  });
});

describe('a choice of nodes', () => {
  const choosing = (text: string) => world.annotate('web', { 'portolan.dev/node-selector': text });
  beforeEach(async () => {
    await served(world, cloud);
    await world.call(
      'PATCH',
      '/api/v1/nodes/n1',
      { metadata: { labels: { pool: 'edge' } } },
      { 'content-type': 'application/merge-patch+json' },
    );
  });

  it('is told with the nodes it leaves out, and why', async () => {
    await choosing('pool=edge');
    const { out } = await explain();
    expect(out).toContain('nodes labelled pool=edge');
    expect(out).toContain('1 of 2 are members\n  n2 is out: not labelled pool=edge\n');
  });

  it.each([
    ['means none of them', 'pool=egde', 'NoNodes', '  n1 is out: not labelled pool=egde\n'],
    ['cannot be read', 'pool==edge', 'InvalidSetting', ''],
  ])('that %s leaves what serves with the nodes it has, and plans nothing', async (_what, text, reason, out) => {
    await choosing(text);
    const explained = (await explain()).out;
    expect(explained).toContain(`Nodes\n  it keeps the members it has\n${out}`);
    expect(explained).toMatch(new RegExp(`Plan\n  refused ${reason}: .*\nNodes`));
    expect(lastLine(explained)).toMatch(new RegExp(`^Not ready: ${reason}: portolan.dev/node-selector`));
  });

  it('that cannot be read keeps nothing where nothing serves', async () => {
    await world.createService('new', {}, { 'portolan.dev/node-selector': 'pool==edge' });
    const { out } = await explain('default/new');
    expect(out).toContain('Nodes\n  2 of 2 are eligible; which are meant is not known\n');
  });
});

describe('the first cause in the way', () => {
  it('is the missing word where a loss is held, the same as in the condition', async () => {
    await served(world, cloud);
    await world.annotate('web', { 'portolan.dev/scheme': 'internal' });
    const before = await answer();
    await world.start();
    await world.rest();
    expect(before).toEqual({ code: exitCodes.no, line: `Not ready: ApprovalRequired: ${world.message('web', 'portolan.dev/Programmed')}` });
    expect(await answer()).toEqual(before);
  });

  it('is a controller that has not come by', async () => {
    await world.createService('web');
    const { code, line } = await answer();
    expect(code).toBe(exitCodes.no);
    expect(line).toBe(
      'Not ready: Pending: 3 steps are to be done, beginning with: create a balancer. The controller does that within seconds; see whether it runs if it lasts.',
    );
  });

  it('is what the controller last failed of', async () => {
    await world.start();
    cloud.plan('create', ...Array.from({ length: 9 }, () => new LbError('QuotaExceeded', 'no balancer is left')));
    await world.createService('web');
    await world.rest(3_000);
    await world.stop();
    const { line } = await answer();
    expect(line).toBe('Not ready: QuotaExceeded: no balancer is left. Raise the quota or delete what is not needed.');
  });

  it('is plan-only mode where the class makes no changes', async () => {
    changeClass({ mode: 'plan-only' });
    await world.createService('web');
    expect((await answer()).line).toBe("Not ready: PlanOnly: class toy shows changes and makes none. Set the class's mode to apply.");
  });

  it('is a wait', async () => {
    await served(world, cloud);
    const plan = () => ({ steps: [], refusals: [], wait: { reason: 'CloudUnavailable' as const, text: 'the balancer is being built' } });
    expect(await answer('default/web', { provider: { plan } })).toEqual({
      code: exitCodes.no,
      line: 'Not ready: CloudUnavailable: the balancer is being built.',
    });
  });

  it('is a port that is not served', async () => {
    await served(world, cloud);
    const report = () => ({
      ingress: 'unknown' as const,
      listeners: [{ id: listenerId('TCP', 80), state: 'failed' as const, reason: 'PortInUse' as const }],
      notices: [],
    });
    const { code, out } = await explain('default/web', { provider: { report } });
    expect(out).toContain('in the cloud an address that is not known now\n  listener TCP/80 failed: PortInUse');
    expect(lastLine(out)).toBe('Not ready: PortInUse: TCP/80: it is not served. Stop the other process, or use another address or port.');
    expect(code).toBe(exitCodes.no);
  });

  it('is that no node answers, as the provider sees it or as the condition says', async () => {
    await served(world, cloud);
    const listeners = [{ id: listenerId('TCP', 80), state: 'serving' as const }];
    const ill = { reason: 'NoHealthyMember' as const, text: 'no node answers', kind: 'health' as const };
    const report = () => ({ ingress: 'unknown' as const, listeners, members: { healthy: 0, total: 2 }, notices: [ill] });
    const { out } = await explain('default/web', { provider: { report } });
    expect(out).toContain('members 0 of 2 healthy');
    expect(lastLine(out)).toMatch(/^Not ready: NoHealthyMember: no node answers\./);
  });

  it('is that there are no nodes', async () => {
    await served(world, cloud);
    await world.deleteNode('n1');
    const labels = { 'node.kubernetes.io/exclude-from-external-load-balancers': '' };
    await world.call('PATCH', '/api/v1/nodes/n2', { metadata: { labels } }, { 'content-type': 'application/merge-patch+json' });
    const { code, out } = await explain();
    expect(out).toContain('0 of 1 are members\n  n2 is out: label node.kubernetes.io/exclude-from-external-load-balancers=""');
    expect(lastLine(out)).toMatch(/^Not ready: NoNodes: /);
    expect(code).toBe(exitCodes.no);
  });

  it('is that no address is published', async () => {
    await served(world, cloud);
    await world.patchService('web', { status: { loadBalancer: null } }, '/status');
    expect((await answer()).line).toMatch(/^Not ready: Pending: No address is published yet\./);
  });

  it('is that nobody has said anything of a Service the cloud serves', async () => {
    await served(world, cloud);
    await world.patchService('web', { status: { conditions: null } }, '/status');
    expect((await answer()).line).toMatch(/^Not ready: Pending: No controller has said anything of it yet\./);
  });
});

describe('whose it is', () => {
  it.each([
    [
      'no load balancer',
      { type: 'ClusterIP' },
      'Not ours: spec.type is ClusterIP, which asks for no load balancer.',
      'Not ready: It asks for no load balancer. Set spec.type to LoadBalancer.',
    ],
    [
      'another class',
      { loadBalancerClass: 'example.com/x' },
      'Not ours: spec.loadBalancerClass is example.com/x; this configuration has portolan.dev/toy.',
      'Not ready: No class of this configuration has its name.',
    ],
  ])('%s', async (_title, spec, claim, line) => {
    await world.createService('web', spec);
    const { code, out } = await explain();
    expect(out).toContain(`default/web: ${claim}\n`);
    expect(lastLine(out)).toContain(line);
    expect(code).toBe(exitCodes.no);
    expect(cloud.calls).toEqual([]);
  });

  it('nobody where no class is the default', async () => {
    changeClass({ default: false });
    await world.createService('web');
    const { out } = await explain();
    expect(out).toContain('Not ours: it names no class, and of portolan.dev/toy none is the default.');
    expect(lastLine(out)).toContain('Not ready: No class takes Services without a class. Set default: true on one');
  });

  it("another controller's, which serves it", async () => {
    await world.createService('web', { loadBalancerClass: 'example.com/x' });
    await world.patchService('web', { status: { loadBalancer: { ingress: [{ ip: '203.0.113.1', ipMode: 'VIP' }] } } }, '/status');
    expect(await answer()).toEqual({ code: exitCodes.good, line: 'Ready: Another controller serves it at 203.0.113.1.' });
  });

  it("another controller's by its finalizer", async () => {
    await world.createService('web');
    await world.patchService('web', { metadata: { finalizers: ['service.k8s.aws/resources'] } });
    const { code, out } = await explain();
    expect(out).toContain('without a class it would be of class toy, but the finalizer service.k8s.aws/resources says');
    expect(lastLine(out)).toMatch(/^Not ready: HeldByOther: .* Set spec.loadBalancerClass/);
    expect(code).toBe(exitCodes.no);
  });

  it('ours by its class, and ours by the finalizer', async () => {
    await world.createService('web', { loadBalancerClass: 'portolan.dev/toy' });
    expect((await explain()).out).toContain('Of class toy, because spec.loadBalancerClass is portolan.dev/toy; provider toy.');
    await world.start();
    await world.rest();
    expect((await explain()).out).toContain(
      'Of class toy (portolan.dev/toy), whose finalizer portolan.dev/lb.toy it carries; provider toy.',
    );
  });

  it('left behind by a class that is not configured any more', async () => {
    await served(world, cloud);
    changeClass({ id: classId('other'), finalizer: finalizerOf(classId('other')) });
    const { code, line } = await answer();
    expect(line).toContain('Not ready: Nobody looks after it: no class with id toy serves it.');
    expect(code).toBe(exitCodes.no);
  });

  it('on its way out: by deletion, by type, and by another class', async () => {
    await served(world, cloud);
    await world.patchService('web', { spec: { type: 'ClusterIP' } });
    expect((await answer()).line).toContain('It wants no load balancer any more (spec.type is ClusterIP)');
    await world.deleteService('web');
    const { code, out } = await explain();
    expect(lastLine(out)).toContain('It wants no load balancer any more (it is being deleted)');
    expect(out).toContain('- delete lb-1  [destroys]');
    expect(code).toBe(exitCodes.no);
  });

  it('on its way out with nothing of ours on it', async () => {
    await world.createService('web');
    await world.patchService('web', { metadata: { finalizers: ['example.com/mine'] } });
    await world.deleteService('web');
    expect((await answer()).line).toBe('Not ready: It is being deleted, and waits for the finalizers example.com/mine of others.');
  });
});

describe('what cannot be reached', () => {
  const asleep = new LbError('CloudUnavailable', 'the toy cloud sleeps');

  it('is said, and the rest is explained: the cloud', async () => {
    await served(world, cloud);
    cloud.plan('read', asleep);
    const { code, out } = await explain();
    expect(out).toContain('scheme public');
    expect(out).toContain('in the cloud: not known');
    expect(out).toContain('2 of 2 are members');
    expect(lastLine(out)).toBe('Unknown: CloudUnavailable: It could not be seen how it stands: the toy cloud sleeps.');
    expect(code).toBe(exitCodes.failed);
  });

  it('is said, and the rest is explained: a provider that does not start', async () => {
    await served(world, cloud);
    const { code, out } = await explain('default/web', { provider: { start: () => Promise.reject(asleep) } });
    expect(out).toContain('failed CloudUnavailable: the toy cloud sleeps.');
    expect(out).toContain('listener TCP/80 to node port');
    expect(out).toContain('2 of 2 are members');
    expect(code).toBe(exitCodes.failed);
  });

  it('is said, and the rest is explained: the Nodes', async () => {
    await served(world, cloud);
    world.api.faults.add({ kind: 'status', code: 403, match: { path: /nodes/ } });
    const { code, out } = await explain();
    expect(out).toContain('Nodes\n  not known: GET /api/v1/nodes');
    expect(code).toBe(exitCodes.failed);
  });

  it('does not hide what is known to be wrong', async () => {
    await world.start();
    cloud.plan('create', ...Array.from({ length: 9 }, () => new LbError('QuotaExceeded', 'no balancer is left')));
    await world.createService('web');
    await world.rest(3_000);
    await world.stop();
    cloud.plan('read', asleep);
    expect(await answer()).toMatchObject({ code: exitCodes.no, line: expect.stringContaining('Not ready: QuotaExceeded') });
  });

  it('finds the cluster id where the configuration names none', async () => {
    const { clusterId: _, ...config } = world.config;
    await world.createService('web');
    expect(await answer('default/web', { around: { config } })).toMatchObject({
      code: exitCodes.no,
      line: expect.stringContaining('3 steps'),
    });
  });
});

it('wants the name of a Service that is there', async () => {
  await expect(explain('web')).rejects.toMatchObject({ code: 'InvalidFlag' });
  await expect(explain('default/none')).rejects.toMatchObject({ code: 'InvalidFlag', text: 'there is no Service default/none' });
});
