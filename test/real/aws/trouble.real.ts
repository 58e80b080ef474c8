import { afterAll, beforeAll, expect, test } from 'vitest';
import { missingForControlPlane } from '../control-plane.ts';
import { realSuite } from '../real-suite.ts';
import { AwsBed } from './aws-bed.ts';
import { groupInUse, inUse } from './cloud-proxy.ts';
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

realSuite('on a real kube-apiserver and moto: trouble', missing, () => {
  let bed: AwsBed;
  beforeAll(async () => {
    bed = await AwsBed.start(2);
    bed.run();
  });
  afterAll(() => bed.close());

  test('an answer that is lost is no second load balancer, and no thing that stays', { timeout: 5 * minutes }, async () => {
    const names = creating.map((_, index) => `lost-${index}`);
    for (const action of creating) bed.proxy.fault(action, { does: 'lose-answer' }, 1);
    for (const name of names) await bed.create(name);
    for (const name of names) await bed.published(name, 2 * minutes);
    await expectOneEach(bed, names);
    expect(
      bed.proxy.calls
        .filter(({ fault }) => fault === 'lose-answer')
        .map(({ action }) => action)
        .sort(),
    ).toEqual([...creating].sort());

    bed.proxy.heal();
    for (const action of deleting) bed.proxy.fault(action, { does: 'lose-answer' }, 1);
    bed.proxy.fault('DeleteTargetGroup', inUse, 2);
    bed.proxy.fault('DeleteSecurityGroup', groupInUse, 2);
    for (const name of names) await bed.remove(name);
    for (const name of names) await bed.gone(name, 2 * minutes);
    await expectOneEach(bed, []);
    bed.proxy.heal();
  });

  test('5 % throttled, 20 ms a call, connections cut: all get what they ask for', { timeout: 5 * minutes }, async () => {
    const names = Array.from({ length: 12 }, (_, index) => `slow-${index}`);
    bed.proxy.phase('throttled');
    bed.proxy.latencyMs = 20;
    bed.proxy.throttle(0.05, 42);
    bed.proxy.fault('CreateLoadBalancer', { does: 'cut' }, 3);
    bed.proxy.fault('RegisterTargets', { does: 'refuse', status: 500, code: 'InternalFailure' }, 2);
    await Promise.all(names.map((name) => bed.create(name)));
    for (const name of names) await bed.published(name, 3 * minutes);
    await expectOneEach(bed, names);
    await Promise.all(names.map((name) => bed.remove(name)));
    for (const name of names) await bed.gone(name, 3 * minutes);
    await expectOneEach(bed, []);

    const met = bed.proxy.calls.filter(({ phase }) => phase === 'throttled').map(({ fault }) => fault);
    expect(new Set(met)).toEqual(new Set([undefined, 'Throttling', 'RequestLimitExceeded', 'cut', 'InternalFailure']));
    expect(await bed.stop(), bed.log).toBe(0);
  });
});
