/** What everything costs, in requests to Amazon: the figures that the design promises. */
import { describe, expect, it } from 'vitest';
import { settle } from '../../src/clock.ts';
import type { OwnedThing } from '../../src/model/capabilities.ts';
import { frozen, gone, goneWith, listener, member, owner, spec, TestBed, total, unit, type Passed } from './test-bed.ts';

const web = (name: string, ports = 1, members = [member('a'), member('b')]) =>
  spec({
    owner: owner(name),
    members,
    listeners: Array.from({ length: ports }, (_, index) => listener('TCP', 80 + index, 30_080 + index)),
  });

async function serving(count: number, ports = 1): Promise<TestBed> {
  const bed = await new TestBed({ times: { interfaces: 0, provisioning: 15_000 } }).startWithUnit();
  for (let index = 0; index < count; index++) await bed.pass(web(`web-${index}`, ports));
  // All are ready, and lists show what was done.
  bed.clock.advance(15_000);
  await settle();
  bed.clock.advance(60_000);
  bed.takeCalls();
  return bed;
}

async function inventoryOf(bed: TestBed): Promise<readonly OwnedThing[]> {
  const things: OwnedThing[] = [];
  for await (const thing of bed.provider.inventory(bed.ctx)) things.push(thing);
  return things;
}

describe('creation', () => {
  it.each([
    [1, 9],
    [3, 15],
    [10, 36],
  ])('of %i ports takes at most %i calls until the address is known, beside what a process asks once', async (ports, most) => {
    const bed = await serving(0);
    await bed.restart();
    const { again, report } = await bed.pass(web('one', ports));
    expect([again.steps, report.ingress]).toMatchObject([[], [{ hostname: expect.stringContaining('elb') as string }]]);
    const calls = bed.takeCalls();
    const { DescribeSubnets = 0, DescribeRouteTables = 0, DescribeSecurityGroups = 0, DescribeSecurityGroupRules = 0 } = calls;
    // At the start of the process, for all Services together.
    const once = DescribeSubnets + DescribeRouteTables + DescribeSecurityGroups + DescribeSecurityGroupRules;
    expect(once).toBeLessThanOrEqual(4);
    expect(total(calls) - once).toBeLessThanOrEqual(most - 1);
  });

  it('of many at once shares the lists', async () => {
    const bed = await serving(0);
    await bed.passes(Array.from({ length: 8 }, (_, index) => web(`web-${index}`)));
    const { DescribeLoadBalancers, DescribeTargetGroups, ...others } = bed.takeCalls();
    expect([DescribeLoadBalancers, DescribeTargetGroups]).toEqual([1, 1]);
    expect(total(others)).toBe(8 * 6);
  });

  it('is watched by one question each 15 seconds for all that are being made', async () => {
    const bed = await serving(0);
    await bed.passes(Array.from({ length: 8 }, (_, index) => web(`web-${index}`)));
    bed.takeCalls();
    bed.clock.advance(15_000);
    await settle();
    expect(bed.takeCalls()).toEqual({ DescribeLoadBalancers: 1 });
  });
});

it('unchanged costs nothing where what is known may be as old as it is', async () => {
  const bed = await serving(1);
  const { plan } = await bed.pass(web('web-0'), Number.POSITIVE_INFINITY);
  expect([plan.steps, bed.takeCalls()]).toEqual([[], {}]);
});

it('a restart with 45 reads in pages and by twenties, whoever they are for', async () => {
  const bed = await serving(45);
  await bed.restart();
  expect(await inventoryOf(bed)).toHaveLength(45 * 3 + 4);
  expect(bed.takeCalls()).toEqual({
    DescribeSubnets: 1,
    DescribeRouteTables: 1,
    DescribeLoadBalancers: 1,
    DescribeTargetGroups: 1,
    DescribeTags: 5,
    // The cluster's own, and those that let its load balancers in.
    DescribeSecurityGroups: 2,
    DescribeSecurityGroupRules: 2,
  });
});

describe('a node that joins or leaves', () => {
  it('is one call for each target group, and nothing is read', async () => {
    const bed = await serving(3, 2);
    for (const members of [[member('a'), member('b'), member('c')], [member('a')]]) {
      await bed.pass(unit(members), Number.POSITIVE_INFINITY);
      for (let index = 0; index < 3; index++) {
        const { again } = await bed.pass(web(`web-${index}`, 2, members), Number.POSITIVE_INFINITY);
        expect(again.steps).toEqual([]);
      }
      const { DescribeInstances = 0, DescribeSecurityGroups = 0, ...calls } = bed.takeCalls();
      // The unit of the cluster asks once for all whether the new instance is in another security group.
      expect(DescribeInstances).toBeLessThanOrEqual(1);
      expect(DescribeSecurityGroups).toBe(0);
      expect(calls).toEqual(members.length === 3 ? { RegisterTargets: 6 } : { DeregisterTargets: 6 });
    }
  });

  it('after a restart reads each target group once, and nothing else', async () => {
    const bed = await serving(3, 2);
    await bed.restart();
    await inventoryOf(bed);
    bed.takeCalls();
    const members = [member('a'), member('b'), member('c')];
    for (let index = 0; index < 3; index++) await bed.pass(web(`web-${index}`, 2, members), Number.POSITIVE_INFINITY);
    expect(bed.takeCalls()).toEqual({ DescribeTargetHealth: 6, RegisterTargets: 6 });
    for (let index = 0; index < 3; index++) await bed.pass(web(`web-${index}`, 2), Number.POSITIVE_INFINITY);
    expect(bed.takeCalls()).toEqual({ DeregisterTargets: 6 });
  });

  it('of what is held back costs the same', async () => {
    const bed = await serving(1);
    const want = frozen(web('web-0', 1, [member('a'), member('b'), member('c')]));
    expect((await bed.pass(want, Number.POSITIVE_INFINITY)).again.steps).toEqual([]);
    expect(bed.takeCalls()).toEqual({ RegisterTargets: 1 });
  });
});

it.each([
  [1, 6],
  [3, 10],
])('deletion of %i ports takes at most %i calls', async (ports, most) => {
  const bed = await serving(1, ports);
  const want = goneWith({}, owner('web-0'));
  await bed.pass(want);
  bed.clock.advance(20_000);
  const { have, failed } = await bed.pass(want);
  expect([have.loadBalancers, have.targetGroups, have.securityGroups, failed]).toEqual([[], [], [], []]);
  expect(total(bed.takeCalls())).toBeLessThanOrEqual(most);
});

it('deletion of many at once asks by twenties whose they are, also of those that wait until Amazon takes more', async () => {
  const bed = await serving(49);
  const wants = Array.from({ length: 49 }, (_, index) => gone(owner(`web-${index}`)));
  const after = ({ failed, again }: Passed) => ({ again, at: bed.clock.monotonic() + (failed[0]?.retryAfterMs ?? 20_000) });
  const going = (await bed.passes(wants)).map((passed, index) => ({ want: wants[index] ?? gone(owner()), ...after(passed) }));
  expect(bed.takeCalls()).toMatchObject({ DescribeLoadBalancers: 1, DescribeTargetGroups: 1, DescribeTags: 5 });
  for (;;) {
    const [next] = going.filter(({ again }) => again.steps.length > 0 || again.wait !== undefined).toSorted((a, b) => a.at - b.at);
    if (next === undefined) break;
    bed.clock.advance(Math.max(next.at - bed.clock.monotonic(), 0));
    Object.assign(next, after(await bed.pass(next.want)));
  }
  const { loadBalancers, targetGroups } = bed.region.state;
  const calls = bed.takeCalls();
  expect([loadBalancers.size, targetGroups.size, calls['DeleteSecurityGroup']]).toEqual([0, 0, 49]);
  // One for each that had to wait would be more than 60.
  expect(calls['DescribeTags']).toBeLessThanOrEqual(25);
});
