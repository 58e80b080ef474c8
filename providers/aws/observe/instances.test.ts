import { describe, expect, it } from 'vitest';
import { ManualClock, settle } from '../../../src/clock.ts';
import { LbError } from '../../../src/errors.ts';
import { serviceLoadBalancer, serviceUid } from '../../../src/model/ids.ts';
import type { Ec2Instance } from '../api/ec2.ts';
import { frozen, gone, member, owner, spec, TestBed } from '../test-bed.ts';
import { Instances } from './instances.ts';

const { signal } = new AbortController();
const [one, two] = ['one', 'two'].map((uid) => serviceLoadBalancer(serviceUid(uid))) as [
  ReturnType<typeof serviceLoadBalancer>,
  ReturnType<typeof serviceLoadBalancer>,
]; // of two
const instance = (id: string, more: Partial<Ec2Instance> = {}): Ec2Instance => ({
  id,
  state: 'running',
  vpcId: 'vpc-1',
  securityGroups: [],
  ...more,
});

function rig(...known: readonly Ec2Instance[]) {
  const clock = new ManualClock();
  const cloud = { known: new Map(known.map((each) => [each.id, each])), asked: [] as (readonly string[])[], failing: false };
  const told: string[] = [];
  const ec2 = {
    instances: async (ids: readonly string[]) => {
      cloud.asked.push(ids);
      await settle();
      if (cloud.failing) throw new LbError('CloudThrottled', 'slower');
      return ids.flatMap((id) => cloud.known.get(id) ?? []);
    },
  };
  const instances = new Instances({ ec2, clock, vpcId: () => 'vpc-1', tryAgain: (key) => void told.push(key) });
  const unusable = (key = one, ids: readonly string[] = ['a', 'b']) => instances.unusable(key, ids, signal);
  return { clock, cloud, told, instances, unusable };
}

describe('an instance', () => {
  it('is asked for only when a batch with it was refused', async () => {
    const { cloud, instances, unusable } = rig(instance('a'), instance('b', { state: 'stopped' }));
    expect([await unusable(), cloud.asked]).toEqual([[], []]);
    instances.suspect(['a', 'b']);
    expect([await unusable(), cloud.asked]).toEqual([['b'], [['a', 'b']]]);
    expect([await unusable(), cloud.asked.length]).toEqual([['b'], 1]);
  });

  it.each([
    ['stopped', instance('b', { state: 'stopped' })],
    ['of another VPC', instance('b', { vpcId: 'vpc-2' })],
    ['unknown', instance('c')],
  ])('that is %s is left out', async (_what, second) => {
    const { instances, unusable } = rig(instance('a'), second);
    instances.suspect(['a', 'b']);
    expect(await unusable()).toEqual(['b']);
  });

  it('is asked for once, for all that want to know at one time', async () => {
    const { cloud, instances, unusable } = rig(instance('a'));
    instances.suspect(['a', 'b']);
    expect(await Promise.all([unusable(one), unusable(two), unusable(two, ['a'])])).toEqual([['b'], ['b'], []]);
    expect(cloud.asked).toEqual([['a', 'b']]);
  });

  it('that could not be asked for is asked for again, by whoever comes next', async () => {
    const { cloud, instances, unusable } = rig(instance('a'));
    instances.suspect(['a', 'b']);
    cloud.failing = true;
    const both = await Promise.allSettled([unusable(one), unusable(two)]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    cloud.failing = false;
    expect(await unusable(one)).toEqual(['b']);
    expect(cloud.asked).toHaveLength(3);
  });
});

describe('who lacks one', () => {
  it('is told each time it is to be asked for again, later and later, until it runs', async () => {
    const { clock, cloud, told, instances, unusable } = rig(instance('a'));
    instances.suspect(['a', 'b']);
    await unusable(one);
    await unusable(two);
    await clock.advanceAsync(60_000);
    expect(told).toEqual([one, two]);

    expect(await unusable(one)).toEqual(['b']);
    await clock.advanceAsync(119_000);
    expect(told).toHaveLength(2);
    await clock.advanceAsync(1_000);
    expect(told).toEqual([one, two, one, two]);

    cloud.known.set('b', instance('b'));
    expect([await unusable(one), await unusable(two), clock.nextDueMs()]).toEqual([[], [], undefined]);
  });

  it('waits no longer than ten minutes', async () => {
    const { clock, cloud, instances, unusable } = rig(instance('a'));
    instances.suspect(['b']);
    for (let times = 0; times < 8; times++) {
      await unusable(one);
      clock.advance(600_000);
    }
    await unusable(one);
    expect([cloud.asked.length, clock.nextDueMs()]).toEqual([9, 600_000]);
  });

  it('and goes takes along what only it lacked', async () => {
    const { clock, cloud, instances, unusable } = rig(instance('a'));
    instances.suspect(['b']);
    await unusable(one);
    instances.forget(two);
    expect(clock.nextDueMs()).toBe(60_000);
    instances.forget(one);
    clock.advance(600_000);
    expect([clock.nextDueMs(), await unusable(two), cloud.asked.length]).toEqual([undefined, [], 1]);
  });

  it('whose node is gone asks for it no more', async () => {
    const { clock, instances, unusable } = rig(instance('a'));
    instances.suspect(['b']);
    await unusable(one);
    await unusable(one, ['a']);
    expect(clock.nextDueMs()).toBeUndefined();
  });
});

it('leaves no timer behind, also where an answer comes after the end', async () => {
  const { clock, instances, unusable } = rig(instance('a'));
  instances.suspect(['a', 'b']);
  const asking = unusable(one);
  instances.close();
  await asking;
  expect(clock.nextDueMs()).toBeUndefined();
});

describe('an instance that does not run', () => {
  const stopped = async () => {
    const bed = await new TestBed({ times: { provisioning: 0 } }).startWithUnit();
    bed.region.state.setInstanceState('i-0000000b', 'stopped');
    return bed;
  };
  const members = [member('a'), member('b'), member('c')];

  it.each([
    ['a Service', spec({ members })],
    ['what is held back', frozen(spec({ members }))],
  ])('hinders no other node of %s', async (_what, want) => {
    const bed = await stopped();
    await bed.pass(spec({ members: [member('a')] }));
    expect((await bed.pass(want)).failed).toMatchObject([{ code: 'MemberNotUsable' }]);
    const { failed, again } = await bed.pass(want);
    expect([failed, again.steps]).toEqual([[], []]);
    const [group] = bed.region.state.targetGroups.values();
    expect(group?.targets.map(({ instanceId }) => instanceId)).toEqual(['i-0000000a', 'i-0000000c']);
  });

  it('comes back to all that lack it, also to one that was never refused', async () => {
    const bed = await stopped();
    const wants = ['one', 'two'].map((name) => spec({ owner: owner(name), members }));
    for (const want of [...wants, ...wants]) await bed.pass(want);
    bed.region.state.setInstanceState('i-0000000b', 'running');
    bed.clock.advance(60_000);
    const changes = bed.provider.changes(bed.ctx.signal)[Symbol.asyncIterator]();
    const told = [await changes.next(), await changes.next()].map(({ value }) => value as unknown);
    expect(new Set(told)).toEqual(new Set(wants.map((want) => want.owner.key)));
    for (const want of wants) expect((await bed.pass(want, Number.POSITIVE_INFINITY)).ran).toHaveLength(1);
  });

  it('is asked for no more when what lacked it is gone', async () => {
    const bed = await stopped();
    for (let pass = 0; pass < 2; pass++) await bed.pass(spec());
    await bed.pass(gone(spec().owner));
    bed.takeCalls();
    bed.clock.advance(600_000);
    await bed.pass(spec({ owner: owner('other'), members: [member('a')] }));
    expect(bed.takeCalls()).not.toHaveProperty('DescribeInstances');
  });
});

it('as many nodes as a target group takes follow, also where all else is held back', async () => {
  const bed = await new TestBed({}, {}, { quotas: { targets: 2 } }).startWithUnit();
  const want = spec({ members: [member('a'), member('b'), member('c')] });
  await bed.pass(want);
  expect((await bed.pass(frozen(want))).plan.steps).toEqual([]);
});
