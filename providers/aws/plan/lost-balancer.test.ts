import { describe, expect, it } from 'vitest';
import { fieldPath } from '../../../src/model/ids.ts';
import type { LoadBalancerSpec } from '../../../src/model/spec.ts';
import { parseIp } from '../../../src/net/ip.ts';
import type { Settings } from '../settings/settings.ts';
import { gone, owner, spec, TestBed } from '../test-bed.ts';

const tenMinutes = 600_000;
const memory = Number.POSITIVE_INFINITY;
const isDeletion = (id: string) => id.startsWith('load-balancer/') && id.endsWith('/delete');

/** One that was published and that Amazon could not make, as long ago as it is left alone. */
async function lost(over: Partial<LoadBalancerSpec<Settings>> = {}, annotations: Readonly<Record<string, string>> = {}) {
  const bed = await new TestBed().startWithUnit();
  const first = await bed.pass(spec(over, annotations));
  const [old] = bed.region.state.loadBalancers.values();
  if (old === undefined || first.report.ingress === 'unknown') throw new Error('nothing was made');
  bed.region.state.failLoadBalancer(old.arn);
  bed.clock.advance(tenMinutes);
  const want = spec({ ...over, published: first.report.ingress }, annotations);
  return { bed, want, old, names: () => [...bed.region.state.loadBalancers.values()].map(({ name }) => name) };
}

describe('a load balancer that Amazon could not make', () => {
  it('is left alone for ten minutes, so that a cause that lasts costs no more than six an hour', async () => {
    const bed = await new TestBed().startWithUnit();
    await bed.pass(spec());
    bed.region.state.failLoadBalancer([...bed.region.state.loadBalancers.keys()][0] ?? '');
    bed.clock.advance(60_000);
    const { plan, report } = await bed.pass(spec());
    expect([plan.steps, plan.wait]).toMatchObject([[], { reason: 'CloudUnavailable', retryAfterMs: tenMinutes - 60_000 }]);
    expect(report.listeners).toMatchObject([{ state: 'failed', reason: 'CloudUnavailable' }]);
  });

  it('is replaced by one of another name, and goes, by approval, once no status names it', async () => {
    const { bed, want, old, names } = await lost();
    bed.hold(isDeletion);
    const { plan, failed, report, again } = await bed.pass(want);
    const deletion = plan.steps.find(({ id }) => isDeletion(id));
    expect(deletion).toMatchObject({
      disruption: 'changes-address',
      releases: [old.dnsName],
      claim: {
        loses: [`address ${old.dnsName} (${old.arn})`],
        because: [{ field: 'status.loadBalancer.ingress', from: `${old.name}, which Amazon could not make`, to: 'a successor' }],
      },
    });
    expect([failed, names().length, new Set(names()).size]).toEqual([[], 2, 2]);
    // Nothing is lost by telling the new address at once, and the claim stays what was approved.
    expect(report.ingress).not.toEqual(want.published);
    expect(again.steps.find(({ id }) => isDeletion(id))?.claim).toEqual(deletion?.claim);

    await bed.restart();
    bed.hold(() => false);
    const told = { ...want, published: report.ingress === 'unknown' ? [] : report.ingress };
    await bed.pass(told);
    bed.clock.advance(tenMinutes);
    const last = await bed.pass(told);
    expect([last.failed, last.again.steps, names().length, names().includes(old.name)]).toEqual([[], [], 1, false]);
    expect(last.report).toMatchObject({ ingress: told.published, listeners: [{ state: 'serving' }] });
  });

  it('is nobody’s loss where no status ever named it', async () => {
    const { bed, old } = await lost();
    const { plan } = await bed.pass(spec());
    expect(plan.steps.find(({ id }) => isDeletion(id))).toMatchObject({ disruption: 'none' });
    expect([...bed.region.state.loadBalancers.keys()]).not.toContain(old.arn);
  });

  it('has a successor that fails, too, which is replaced in its turn', async () => {
    const { bed, want, names } = await lost();
    bed.hold(isDeletion);
    const { report } = await bed.pass(want);
    const second = [...bed.region.state.loadBalancers.keys()][1] ?? '';
    bed.region.state.failLoadBalancer(second);
    bed.clock.advance(tenMinutes);
    const told = { ...want, published: report.ingress === 'unknown' ? [] : report.ingress };
    const { plan, failed } = await bed.pass(told);
    expect([failed, new Set(names()).size]).toEqual([[], 3]);
    // What status names is a loss; the one before it is none any more.
    const deletions = plan.steps.filter(({ id }) => isDeletion(id));
    expect(deletions.map(({ disruption }) => disruption)).toEqual(['none', 'changes-address']);
  });

  it('goes with its Service as any other', async () => {
    const { bed } = await lost();
    await bed.pass(gone(owner()));
    expect(bed.region.state.loadBalancers.size).toBe(0);
  });

  const address = parseIp('198.51.100.1');
  const fixed: LoadBalancerSpec<Settings>['addresses'] = [
    {
      family: 'IPv4',
      required: true,
      ...(address === undefined ? {} : { requested: { address, from: fieldPath('spec.loadBalancerIP') } }),
    },
  ];
  it.each([
    ['a name that was asked for', {}, { name: 'front' }, 'ConflictingSettings'],
    ['an Elastic IP', { addresses: fixed }, {}, 'AddressInUse'],
  ])('and holds %s is left to the user, and made again once it is deleted at Amazon', async (_what, over, annotations, reason) => {
    const { bed, want, old, names } = await lost(over, annotations);
    const { plan } = await bed.pass(want);
    expect(plan).toMatchObject({ steps: [], refusals: [{ reason }] });
    expect(plan.refusals[0]?.remedy).toContain(`Delete ${old.name} at Amazon`);
    await bed.region.elb.deleteLoadBalancer(old.arn, bed.ctx);
    bed.clock.advance(tenMinutes);
    for (let pass = 0; pass < 2; pass++) {
      await bed.pass(want);
      bed.clock.advance(tenMinutes);
    }
    const { failed, again, report } = await bed.pass(want);
    expect([failed, again.steps, names(), report.listeners]).toMatchObject([[], [], [old.name], [{ state: 'serving' }]]);
    expect((await bed.pass(want, memory)).plan.refusals).toEqual([]);
  });
});
