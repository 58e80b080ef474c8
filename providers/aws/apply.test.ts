import { describe, expect, it } from 'vitest';
import { LbError } from '../../src/errors.ts';
import { stepId } from '../../src/model/ids.ts';
import { keyMark } from '../../src/model/owner.ts';
import type { Step } from '../../src/model/plan.ts';
import type { Operation } from './operation.ts';
import { gone, member, owner, spec, TestBed } from './test-bed.ts';

const memory = Number.POSITIVE_INFINITY;

describe('a name that somebody chose', () => {
  it('is the first one’s, also where another asks for it at the same moment with the same settings', async () => {
    const bed = await new TestBed().startWithUnit();
    const wants = ['one', 'two'].map((name) => spec({ owner: owner(name) }, { name: 'web', 'security-groups': 'sg-front' }));
    const passed = await bed.passes(wants);
    expect(passed.flatMap(({ failed }) => failed)).toMatchObject([{ code: 'ForeignResource' }]);

    const [arn] = bed.region.state.loadBalancers.keys();
    const marks = bed.region.state.tags.get(arn ?? '') ?? {};
    for (const [index, want] of wants.entries()) {
      const isOwner = marks[keyMark] === want.owner.key;
      expect(passed[index]?.report.ingress).toHaveLength(isOwner ? 1 : 0);
      const { plan } = await bed.pass(want, memory);
      if (!isOwner) expect(plan.refusals).toMatchObject([{ reason: 'ForeignResource' }]);
    }
  });

  it.each([
    ['somebody made by hand', {}, 0],
    ['another cluster made a moment ago', { 'portolan.dev/cluster': 'cluster-2', 'portolan.dev/key': 'service/uid-web' }, 0],
    ['somebody made long ago', {}, 61_000],
  ])('is not taken over with what %s after it was looked for', async (_what, tags, agoMs) => {
    const bed = await new TestBed().startWithUnit();
    const want = spec(
      {},
      { name: 'web', 'security-groups': 'sg-front', 'manage-backend-security-group-rules': 'false', subnets: 'subnet-a' },
    );
    const { provider, ctx } = bed;
    const plan = provider.plan(want, await provider.observe(want, { maxAgeMs: 0 }, ctx));
    const create = plan.steps.find(({ op }) => op.do === 'create-load-balancer');
    if (create?.op.do !== 'create-load-balancer') throw new Error('nothing is made');
    const { do: _do, ...of } = create.op;
    await bed.region.elb.createLoadBalancer({ ...of, securityGroups: ['sg-front'], tags }, ctx);
    bed.clock.advance(agoMs);
    const applied = provider.apply(create, ctx);
    // What has no tags at all a moment after it was made may be ours, and shows them later.
    if (Object.keys(tags).length === 0 && agoMs === 0) await applied;
    else await expect(applied).rejects.toMatchObject({ code: 'ForeignResource' });
  });
});

describe('a security group of our name', () => {
  async function aboutToBeMade() {
    const bed = await new TestBed().startWithUnit();
    const { provider, ctx } = bed;
    const plan = provider.plan(spec(), await provider.observe(spec(), { maxAgeMs: 0 }, ctx));
    const step = plan.steps.find(({ op }) => op.do === 'create-security-group');
    if (step?.op.do !== 'create-security-group') throw new Error('no group is made');
    return { bed, step, of: step.op.of };
  }

  it.each([
    ['that carries no marks of ours', { Name: 'kept by hand' }, 'wait-for-user'],
    ['without any tags, which may be ours and show them later,', {}, 'retry'],
  ] as const)('%s is told as what stands in the way, by its id', async (_what, tags, verdict) => {
    const { bed, step, of } = await aboutToBeMade();
    const { id } = await bed.region.ec2.createSecurityGroup({ ...of, tags }, bed.ctx);

    const made = bed.provider.apply(step, bed.ctx);

    await expect(made).rejects.toMatchObject({ code: 'ForeignResource', verdict, text: expect.stringContaining(id) });
  });

  it('that this owner made and nobody has seen yet is a conflict, and looked at again', async () => {
    const { bed, step, of } = await aboutToBeMade();
    await bed.region.ec2.createSecurityGroup(of, bed.ctx);

    await expect(bed.provider.apply(step, bed.ctx)).rejects.toMatchObject({ code: 'Conflict' });

    expect((await bed.pass(spec())).failed).toEqual([]);
  });
});

describe('what failed', () => {
  it('makes the next look a fresh one, whatever age would do', async () => {
    const bed = await new TestBed().startWithUnit();
    await bed.pass(spec());
    bed.clock.advance(60_000);
    const [arn] = bed.region.state.targetGroups.keys();
    bed.region.state.targetGroups.delete(arn ?? '');
    bed.region.state.listeners.clear();
    const want = spec({ members: [member('a'), member('b'), member('c')] });
    const first = await bed.pass(want, memory);
    expect(first.failed).toMatchObject([{ code: 'NotFound' }]);
    // Its listener is gone, too, which is met next.
    await bed.pass(want, memory);
    const last = await bed.pass(want, memory);
    expect([last.failed, last.again.steps]).toEqual([[], []]);
    expect(bed.region.state.listeners.size).toBe(1);
  });

  it('because another process leads now leaves what is known as it is', async () => {
    const bed = await new TestBed().startWithUnit();
    await bed.pass(spec());
    const { provider, ctx } = bed;
    const want = spec({ members: [member('a')] });
    const plan = provider.plan(want, await provider.observe(want, { maxAgeMs: memory }, ctx));
    const [step] = plan.steps;
    if (step === undefined) throw new Error('nothing to do');
    const beforeCall = () => Promise.reject(new LbError('LeaseLost', 'another leads'));
    await expect(provider.apply(step, { ...ctx, beforeCall })).rejects.toMatchObject({ code: 'LeaseLost' });
    bed.takeCalls();
    await bed.pass(want, memory);
    expect(bed.takeCalls()).toEqual({ DeregisterTargets: 1 });
  });
});

it('a step whose input was never made is a fault of the provider', async () => {
  const bed = await new TestBed().startWithUnit();
  const op: Operation = { do: 'register', on: { from: stepId('none'), output: 'id' }, targets: [] };
  const step: Step<Operation> = {
    id: stepId('x'),
    after: [],
    verb: 'update',
    resource: { kind: 'target-group', name: 'x' },
    summary: '',
    proof: { willMark: {} },
    repeat: 'safe',
    disruption: 'none',
    op,
  };
  await expect(bed.provider.apply(step, bed.ctx)).rejects.toMatchObject({ code: 'ProviderBug' });
});

it('what is held by a load balancer that Amazon takes apart is no failure, and is waited for', async () => {
  const bed = await new TestBed().startWithUnit();
  await bed.pass(spec());
  await bed.pass(gone(spec().owner));
  bed.clock.advance(20_000);
  const { failed, ran, again } = await bed.pass(gone(spec().owner));
  expect([failed, ran.length, again]).toMatchObject([[], 1, { steps: [], wait: { reason: 'Pending' } }]);
});

it('zones are as the answer says, not as a list that lags behind it', async () => {
  const bed = await new TestBed({ times: { provisioning: 0 } }).startWithUnit();
  await bed.pass(spec({}, { subnets: 'subnet-a' }));
  bed.clock.advance(60_000);
  const old = await bed.region.elb.loadBalancers(bed.ctx);
  bed.region.elb.loadBalancers = () => Promise.resolve(old);
  const want = spec({}, { subnets: 'subnet-a,subnet-b' });
  await bed.pass(want, memory);
  bed.takeCalls();
  const { plan, have } = await bed.pass(want);
  expect([plan.steps, have.loadBalancers[0]?.zones.map(({ subnetId }) => subnetId)]).toEqual([[], ['subnet-a', 'subnet-b']]);
});

it('zones are read where the answer lacks an address that was asked for', async () => {
  const bed = await new TestBed({ times: { provisioning: 0 } }).startWithUnit();
  const elastic = (subnets: string, ids: string) => spec({}, { subnets, 'eip-allocations': ids });
  await bed.pass(elastic('subnet-a', 'eipalloc-1'));
  bed.clock.advance(60_000);
  const set = bed.region.elb.setSubnets.bind(bed.region.elb);
  bed.region.elb.setSubnets = async (...of) => (await set(...of)).map(({ zone, subnetId }) => ({ zone, subnetId }));
  const { have, again } = await bed.pass(elastic('subnet-a,subnet-b', 'eipalloc-1,eipalloc-2'));
  expect([again.steps, have.loadBalancers[0]?.zones.map(({ ipv4 }) => ipv4)]).toEqual([[], ['198.51.100.1', '198.51.100.2']]);
});

it('zones that are added cost one request, and no list after it', async () => {
  const bed = await new TestBed({ times: { provisioning: 0 } }).startWithUnit();
  await bed.pass(spec({}, { subnets: 'subnet-a' }));
  bed.takeCalls();
  await bed.pass(spec({}, { subnets: 'subnet-a,subnet-b' }), memory);
  expect(bed.takeCalls()).toEqual({ SetSubnets: 1 });
});
