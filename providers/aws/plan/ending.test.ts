import { describe, expect, it } from 'vitest';
import { fieldPath } from '../../../src/model/ids.ts';
import type { LoadBalancerSpec } from '../../../src/model/spec.ts';
import type { Settings } from '../settings/settings.ts';
import { smallRegion } from '../simulator/seed-of-tests.ts';
import { frozen, gone, listener, member, spec, TestBed } from '../test-bed.ts';

const memory = Number.POSITIVE_INFINITY;
const roles = { 'kubernetes.io/role/elb': '1', 'kubernetes.io/role/internal-elb': '1' };
const subnets = smallRegion.subnets.map((subnet) => (['subnet-a', 'subnet-b'].includes(subnet.id) ? { ...subnet, tags: roles } : subnet));
const scheme = fieldPath('service.beta.kubernetes.io/aws-load-balancer-scheme');
const internal = (over: Partial<LoadBalancerSpec<Settings>> = {}) => spec({ scheme: 'internal', origin: { scheme }, ...over });
const isHandover = (id: string) => id.startsWith('load-balancer/') && id.endsWith('/delete');

/** One that serves, and the wish for another scheme; what gives up the old one waits, as core makes it. */
async function replacing(members = [member('a'), member('b')]) {
  const bed = await new TestBed({}, { subnets }).startWithUnit();
  await bed.pass(spec());
  bed.clock.advance(180_000);
  const [old] = bed.region.state.loadBalancers.values();
  const want = internal({ published: [{ hostname: old?.dnsName.toLowerCase() ?? '' }], members });
  const { provider, ctx } = bed;
  const look = async (of: LoadBalancerSpec<Settings>, maxAgeMs = 0) => provider.plan(of, await provider.observe(of, { maxAgeMs }, ctx));
  return { bed, want, look, old };
}

describe('a load balancer that is replaced', () => {
  it('serves on, with all members, until its address was handed over', async () => {
    const { bed, want, look, old } = await replacing();
    const first = await look(want);
    const giveUp = first.steps.find(({ id }) => isHandover(id));
    expect(giveUp).toMatchObject({
      disruption: 'changes-address',
      releases: [old?.dnsName],
      claim: { loses: [`address ${old?.dnsName ?? ''} (${old?.arn ?? ''})`], because: [{ field: scheme, from: 'public', to: 'internal' }] },
    });
    // All that is taken away comes after it.
    for (const step of first.steps.filter(({ verb, id }) => verb === 'delete' && !isHandover(id))) expect(step.after).toContain(giveUp?.id);

    const later = internal({ published: want.published, members: [member('a'), member('b'), member('c')] });
    bed.hold(isHandover);
    await bed.pass(want);
    const followed = await bed.pass(later);
    expect(followed.failed).toEqual([]);
    for (const group of bed.region.state.targetGroups.values()) expect(group.targets).toHaveLength(3);
    const held = await bed.pass(frozen(internal({ members: [member('c')] })), memory);
    expect(held.again.steps).toEqual([]);
    for (const group of bed.region.state.targetGroups.values())
      expect(group.targets.filter(({ goneAt }) => goneAt === undefined)).toHaveLength(1);
  });

  it('makes the same claim while its successor is made and after', async () => {
    const { bed, want, look } = await replacing();
    const claims = async () => (await look(want)).steps.flatMap(({ claim }) => claim ?? []);
    const before = await claims();
    bed.hold(isHandover);
    await bed.pass(want);
    expect([before.length, await claims()]).toEqual([1, before]);
    await bed.restart();
    const { provider, ctx } = bed;
    const plan = provider.plan(want, await provider.observe(want, { maxAgeMs: 0 }, ctx));
    expect(plan.steps.flatMap(({ claim }) => claim ?? [])).toEqual(before);
  });

  it('goes with what was its own, and leaves what its successor needs', async () => {
    const { bed, want } = await replacing();
    await bed.pass(want);
    for (let pass = 0; pass < 3; pass++) {
      bed.clock.advance(60_000);
      await bed.pass(want);
    }
    const { again, report } = await bed.pass(want);
    const { loadBalancers, targetGroups, securityGroups } = bed.region.state;
    expect([again, loadBalancers.size, targetGroups.size]).toEqual([{ steps: [], refusals: [] }, 1, 1]);
    expect([...securityGroups.values()].filter(({ name }) => name.startsWith('portolan-shop'))).toHaveLength(1);
    expect(report.ingress).toEqual([{ hostname: [...loadBalancers.values()][0]?.dnsName.toLowerCase() }]);
  });

  it('stays where the wish is taken back: its successor, which nobody was told of, goes without a word', async () => {
    const { bed, want, old } = await replacing();
    bed.hold(isHandover);
    await bed.pass(want);
    bed.hold(() => false);
    const { plan, failed } = await bed.pass(spec({ scheme: 'public', origin: { scheme }, published: want.published }));
    const [giveUp] = plan.steps.filter(({ id }) => isHandover(id));
    expect([failed, giveUp?.disruption, giveUp?.claim]).toEqual([[], 'none', undefined]);
    expect([...bed.region.state.loadBalancers.keys()]).toEqual([old?.arn]);
  });

  it('is left alone where somebody has taken our marks off it meanwhile', async () => {
    const { bed, want, old } = await replacing();
    bed.hold(isHandover);
    await bed.pass(want);
    bed.clock.advance(60_000);
    bed.region.state.tags.set(old?.arn ?? '', { team: 'another' });
    bed.hold(() => false);
    await bed.pass(want);
    expect(bed.region.state.loadBalancers.has(old?.arn ?? '')).toBe(true);
  });
});

describe('a load balancer that is deleted', () => {
  it('goes with whatever is left, also of a deletion that broke off', async () => {
    const bed = await new TestBed({ times: { interfaces: 0 } }).startWithUnit();
    await bed.pass(spec({ listeners: [listener('TCP', 80, 30_080), listener('UDP', 81, 30_081)] }));
    const [arn] = bed.region.state.loadBalancers.keys();
    await bed.region.elb.deleteLoadBalancer(arn ?? '', bed.ctx);
    await bed.restart();
    const { ran, failed, again } = await bed.pass(gone(spec().owner));
    expect([ran.length, failed, again]).toEqual([3, [], { steps: [], refusals: [] }]);
  });

  it('is not argued about where it is protected, and nothing of it goes', async () => {
    const bed = await new TestBed().startWithUnit();
    await bed.pass(spec({}, { attributes: 'deletion_protection.enabled=true' }));
    const { ran, failed } = await bed.pass(gone(spec().owner));
    expect([ran, failed.length]).toEqual([[], 1]);
    const { loadBalancers, targetGroups } = bed.region.state;
    expect([loadBalancers.size, targetGroups.size]).toEqual([1, 1]);
  });
});

describe('a load balancer that is released', () => {
  it('keeps all but our marks, also where releasing it broke off', async () => {
    const bed = await new TestBed().startWithUnit();
    await bed.pass(spec({}, { 'additional-resource-tags': 'team=web' }));
    bed.hold((id) => id.startsWith('target-group/'));
    await bed.pass(gone(spec().owner, 'everything'));
    bed.hold(() => false);
    await bed.restart();
    const { plan, again } = await bed.pass(gone(spec().owner, 'everything'));
    expect([plan.steps.map(({ op }) => op.do), again]).toEqual([['remove-tags'], { steps: [], refusals: [] }]);
    const { loadBalancers, targetGroups, tags } = bed.region.state;
    for (const arn of [...loadBalancers.keys(), ...targetGroups.keys()]) expect(tags.get(arn)).toEqual({ team: 'web' });
  });

  it('is in the way where its Service comes back, and is not taken', async () => {
    const bed = await new TestBed().startWithUnit();
    await bed.pass(spec());
    await bed.pass(gone(spec().owner, 'everything'));
    const { plan } = await bed.pass(spec());
    expect([plan.steps, plan.refusals[0]?.reason]).toEqual([[], 'ForeignResource']);
  });
});
