import { afterAll, beforeAll, expect, test } from 'vitest';
import { missingForControlPlane } from '../control-plane.ts';
import { realSuite } from '../real-suite.ts';
import { annotated, AwsBed, eventually } from './aws-bed.ts';
import { missingForMoto } from './moto.ts';
import { expectOneEach } from './one-each.ts';

const creating = [
  'CreateSecurityGroup',
  'AuthorizeSecurityGroupIngress',
  'CreateLoadBalancer',
  'CreateTargetGroup',
  'RegisterTargets',
  'CreateListener',
] as const;
const deleting = ['DeleteLoadBalancer', 'DeleteTargetGroup', 'DeleteSecurityGroup'] as const;
const minutes = 60_000;

const missing = missingForControlPlane() ?? missingForMoto();

realSuite('on a real kube-apiserver and moto: crashes', missing, () => {
  let bed: AwsBed;
  beforeAll(async () => {
    bed = await AwsBed.start(2);
  });
  afterAll(() => bed.close());

  /** The process ends as `kill -9` ends it around the first such change, and another takes over. */
  async function crashAround(when: 'before' | 'after', action: string, begin: () => Promise<unknown>): Promise<void> {
    let crash: Promise<void> | undefined;
    bed.proxy.onChange = async (at, call) => {
      if (crash !== undefined || at !== when || call.action !== action) return;
      crash = bed.kill();
      await crash;
      return 'cut';
    };
    await begin();
    await eventually(() => Promise.resolve(expect(crash, `${action} was never asked for: ${bed.log}`).toBeDefined()));
    await crash;
    bed.proxy.onChange = () => {};
    bed.run();
  }

  test('kill -9 before and after each call of a creation leaves one of everything', { timeout: 5 * minutes }, async () => {
    bed.run();
    const names: string[] = [];
    // The first of them makes what the cluster shares, too.
    for (const action of creating) {
      for (const when of ['after', 'before'] as const) {
        const name = `crash-${names.length}`;
        names.push(name);
        await crashAround(when, action, () => bed.create(name));
      }
    }
    for (const name of names) await bed.published(name, 2 * minutes);

    await expectOneEach(bed, names);
    const { nodeRules } = await bed.standing();
    expect(nodeRules.map(({ protocol, fromPort }) => `${protocol} ${fromPort}`).sort()).toEqual(['tcp 10256', 'tcp 30000', 'udp 30000']);
  });

  test('kill -9 around the calls of an edit leaves what was asked for', { timeout: 3 * minutes }, async () => {
    await crashAround('after', 'AuthorizeSecurityGroupIngress', () =>
      bed.edit('crash-0', { spec: { loadBalancerSourceRanges: ['192.0.2.0/24'] } }),
    );
    await crashAround('before', 'RevokeSecurityGroupIngress', () =>
      bed.edit('crash-1', { spec: { loadBalancerSourceRanges: ['192.0.2.0/24'] } }),
    );
    await crashAround('after', 'ModifyTargetGroup', () => bed.annotate('crash-2', annotated({ 'healthcheck-interval': '20' })));

    await eventually(async () => {
      const { securityGroups } = await bed.standing();
      for (const name of ['crash-0', 'crash-1']) {
        const group = securityGroups.find(({ tags }) => tags['portolan.dev/service'] === `shop/${name}`);
        expect(
          group?.ingress.map(({ source }) => source),
          bed.log,
        ).toEqual([{ cidr: '192.0.2.0/24' }]);
      }
      expect((await bed.balancer('crash-2')).listeners[0]?.healthCheck.intervalSeconds).toBe(20);
    }, 2 * minutes);
  });

  test('kill -9 before and after each call of a deletion leaves nothing', { timeout: 5 * minutes }, async () => {
    const gone: string[] = [];
    for (const action of deleting) {
      for (const when of ['after', 'before'] as const) {
        const name = `crash-${gone.length}`;
        gone.push(name);
        await crashAround(when, action, () => bed.remove(name));
      }
    }
    for (const name of gone) await bed.gone(name, 2 * minutes);

    await expectOneEach(
      bed,
      Array.from({ length: creating.length * 2 - gone.length }, (_, index) => `crash-${gone.length + index}`),
    );
  });

  test('what is deleted while nobody runs is taken away, also half made', { timeout: 4 * minutes }, async () => {
    const left = (await bed.standing()).balancers.map(({ service }) => service.replace('shop/', ''));
    await crashAround('after', 'CreateLoadBalancer', () => bed.create('half'));
    await bed.kill();
    await bed.remove('half');
    for (const name of left) await bed.remove(name);
    bed.run();
    for (const name of ['half', ...left]) await bed.gone(name, 2 * minutes);

    await expectOneEach(bed, []);
  });
});
