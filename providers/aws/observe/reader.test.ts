import { describe, expect, it } from 'vitest';
import { clusterId } from '../../../src/model/ids.ts';
import { gone, listener, member, owner, spec, TestBed, vpcByNodes } from '../test-bed.ts';

const memory = Number.POSITIVE_INFINITY;
const left = (bed: TestBed) =>
  [...bed.region.state.securityGroups.values()].map(({ name }) => name).filter((name) => name.startsWith('portolan-shop'));

describe('what is to go', () => {
  it('goes after a restart, also where only nodes told the VPC and there are none', async () => {
    const bed = new TestBed({ times: { interfaces: 0 } }, {}, {}, vpcByNodes);
    await bed.startWithUnit();
    await bed.pass(spec());
    await bed.restart();
    await bed.pass(gone(spec().owner));
    bed.clock.advance(60_000);
    const { again, have } = await bed.pass(gone(spec().owner));
    expect([again, have.securityGroups, left(bed)]).toEqual([{ steps: [], refusals: [] }, [], []]);
  });

  it('is found a moment after it was made, by the same process and by the next one', async () => {
    const bed = await new TestBed().startWithUnit();
    await bed.pass(spec());
    const { plan } = await bed.pass(gone(spec().owner));
    expect(plan.steps.map(({ op }) => op.do)).toEqual(['delete-load-balancer', 'delete-target-group']);

    const other = spec({ owner: owner('other') });
    await bed.pass(other);
    await bed.restart();
    const next = await bed.pass(gone(other.owner));
    expect(next.plan.steps).toHaveLength(2);
  });

  it('is asked again whose it is: what lost our marks stays', async () => {
    const bed = await new TestBed().startWithUnit();
    await bed.pass(spec());
    bed.clock.advance(60_000);
    const [arn] = bed.region.state.loadBalancers.keys();
    bed.region.state.tags.set(arn ?? '', { team: 'another' });
    const { plan } = await bed.pass(gone(spec().owner));
    expect(plan.steps.map(({ op }) => op.do)).not.toContain('delete-load-balancer');
    expect(bed.region.state.loadBalancers.size).toBe(1);
  });
});

describe('a process that has begun a moment ago', () => {
  it('knows members without anything else where only they are asked for', async () => {
    const bed = await new TestBed().startWithUnit();
    await bed.pass(spec());
    await bed.restart();
    bed.takeCalls();
    const { have, plan } = await bed.pass(spec({ members: [member('a')] }), memory);
    expect(have.loadBalancers).toMatchObject([{ listeners: 'unread', attributes: 'unread' }]);
    expect(plan.steps.map(({ op }) => op.do)).toEqual(['deregister']);
    expect(bed.takeCalls()).not.toHaveProperty('DescribeListeners');
  });

  it('reads all of what was edited', async () => {
    const bed = await new TestBed().startWithUnit();
    await bed.pass(spec());
    await bed.restart();
    const { failed, again } = await bed.pass(spec({ listeners: [listener('TCP', 81, 30_081)] }, { 'proxy-protocol': '*' }), 10_000);
    expect([failed, again.steps]).toEqual([[], []]);
    expect([...bed.region.state.listeners.values()]).toMatchObject([{ port: 81 }]);
  });
});

it("what has another cluster's marks under a name of ours is in the way, and nothing else is", async () => {
  const bed = await new TestBed().startWithUnit();
  await bed.pass(spec({ owner: owner('other') }, { name: 'other' }));
  const [arn] = bed.region.state.loadBalancers.keys();
  const foreign = clusterId('cluster-2');
  bed.region.state.tags.set(arn ?? '', { 'portolan.dev/cluster': foreign, 'portolan.dev/key': 'service/uid-other' });
  await bed.restart();
  const { plan, have } = await bed.pass(spec({}, { name: 'other' }));
  expect(plan.refusals).toMatchObject([{ reason: 'ForeignResource' }]);
  expect(have.inTheWay).toEqual([
    { name: 'other', arn, marks: { 'portolan.dev/cluster': foreign, 'portolan.dev/key': 'service/uid-other' } },
  ]);
});

it('as long as no node tells the VPC, a Service says so and is tried again', async () => {
  const bed = new TestBed({}, {}, {}, vpcByNodes);
  await bed.start();
  const look = bed.provider.observe(spec({ members: [] }), { maxAgeMs: 0 }, bed.ctx);
  await expect(look).rejects.toMatchObject({ code: 'NotFound', verdict: 'retry' });
});
