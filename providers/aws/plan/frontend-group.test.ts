import { describe, expect, it } from 'vitest';
import { fieldPath } from '../../../src/model/ids.ts';
import type { Plan } from '../../../src/model/plan.ts';
import { parseCidr } from '../../../src/net/ip.ts';
import type { Operation } from '../operation.ts';
import { listener, spec, TestBed } from '../test-bed.ts';

const openTo = (...ranges: readonly string[]) =>
  spec({
    sourceRanges: ranges.flatMap((range) => parseCidr(range) ?? []),
    origin: { sourceRanges: fieldPath('spec.loadBalancerSourceRanges') },
  });
const listed = (lists: string) => spec({}, { 'security-group-prefix-lists': lists });
const verbs = ({ steps }: Plan<Operation>) => steps.map(({ op }) => op.do);

/** Who is let in, as Amazon keeps it. */
function letIn(bed: TestBed): readonly string[] {
  const group = [...bed.region.state.securityGroups.values()].find(({ name }) => name.startsWith('portolan-shop-web'));
  return (group?.ingress ?? []).map(({ source }) => Object.values(source).join('')).sort();
}

describe('who may connect', () => {
  it('is changed by opening first', async () => {
    const bed = await new TestBed().startWithUnit();
    await bed.pass(openTo('10.0.0.0/8'));
    const { ran, failed } = await bed.pass(openTo('192.168.0.0/16'));
    expect(failed).toEqual([]);
    expect(ran.map((id) => id.split('/')[2])).toEqual(['authorize', 'revoke']);
    expect(letIn(bed)).toEqual(['192.168.0.0/16']);
  });

  it('is nobody where all ranges are of a family that the load balancer does not have', async () => {
    const bed = await new TestBed().startWithUnit();
    const { plan, failed, again } = await bed.pass(openTo('2001:db8::/32'));
    expect([failed, again.steps, letIn(bed)]).toEqual([[], [], []]);
    // Amazon takes no request for no rules.
    expect(verbs(plan)).not.toContain('authorize');
  });

  it('shuts nobody out for a prefix list that is mistyped', async () => {
    const bed = await new TestBed().startWithUnit();
    await bed.pass(spec());
    const { failed } = await bed.pass(listed('pl-9'));
    expect(failed).toMatchObject([{ code: 'InvalidSetting' }]);
    expect(letIn(bed)).toEqual(['0.0.0.0/0']);
  });

  it('is opened after what went where a prefix list finds no room beside it', async () => {
    const bed = await new TestBed({}, { prefixLists: { 'pl-1': 40, 'pl-2': 40 } }).startWithUnit();
    await bed.pass(listed('pl-1'));
    const { failed, again } = await bed.pass(listed('pl-2'));
    expect([failed, verbs(again)]).toEqual([[], ['authorize']]);
    const then = await bed.pass(listed('pl-2'), Number.POSITIVE_INFINITY);
    expect([then.failed, then.again.steps, letIn(bed)]).toEqual([[], [], ['pl-2']]);
  });

  it('says so where a prefix list finds no room at all', async () => {
    const bed = await new TestBed({}, { prefixLists: { 'pl-1': 61 } }).startWithUnit();
    await bed.pass(spec());
    await bed.pass(listed('pl-1'));
    const { failed } = await bed.pass(listed('pl-1'));
    expect(failed).toMatchObject([{ code: 'QuotaExceeded' }]);
  });

  it('is closed first only where old and new ranges of one family are too many', async () => {
    const many = (second: number) => openTo(...Array.from({ length: 40 }, (_, index) => `10.${second}.${index}.0/24`));
    const bed = await new TestBed().startWithUnit();
    await bed.pass(many(1));
    const { plan, failed, again } = await bed.pass(many(2));
    expect([verbs(plan), failed, again.steps]).toEqual([['authorize', 'revoke'], [], []]);
    expect(plan.steps[0]?.after).toEqual([plan.steps[1]?.id]);

    // A group has room for as many again of the other family.
    const both = Array.from({ length: 40 }, (_, index) => `2001:db8:${index}::/48`);
    const dual = { ...openTo(...both), settings: spec({}, { 'ip-address-type': 'dualstack', subnets: 'subnet-a' }).settings };
    const other = await new TestBed().startWithUnit();
    await other.pass({ ...many(1), settings: dual.settings });
    const edited = await other.pass(dual);
    expect(edited.failed).toEqual([]);
    expect(edited.ran.map((id) => id.split('/')[2])).toEqual(['authorize', 'revoke']);
  });
});

describe('what clients lose', () => {
  it('is the same claim before the new ranges are let in and after', async () => {
    const bed = await new TestBed().startWithUnit();
    await bed.pass(spec());
    const want = openTo('10.0.0.0/8');
    const { provider, ctx } = bed;
    const first = provider.plan(want, await provider.observe(want, { maxAgeMs: 0 }, ctx));
    for (const step of first.steps.filter(({ op }) => op.do === 'authorize')) await provider.apply(step, ctx);

    const second = provider.plan(want, await provider.observe(want, { maxAgeMs: 0 }, ctx));
    const claims = [first, second].map(({ steps }) => steps.flatMap(({ claim }) => claim ?? []));
    expect(claims[0]).toEqual([
      {
        loses: [expect.stringContaining('tcp 80-80 cidr 0.0.0.0/0') as string],
        because: [{ field: 'spec.loadBalancerSourceRanges', from: '0.0.0.0/0', to: '10.0.0.0/8' }],
      },
    ]);
    expect(claims[1]).toEqual(claims[0]);
  });

  it('is nothing where another rule lets them in, or the port goes anyway', async () => {
    const bed = await new TestBed().startWithUnit();
    await bed.pass(openTo('10.1.0.0/16', '10.2.0.0/16'));
    const wider = await bed.pass(openTo('10.0.0.0/8'));
    expect(wider.plan.steps.map(({ op, disruption }) => [op.do, disruption])).toEqual([
      ['authorize', 'none'],
      ['revoke', 'none'],
    ]);
    const { plan } = await bed.pass({ ...openTo('10.0.0.0/8'), listeners: [listener('TCP', 81, 30_080)] });
    const revoke = plan.steps.find(({ op }) => op.do === 'revoke');
    expect(revoke).toMatchObject({ disruption: 'none' });
    expect(revoke).not.toHaveProperty('claim');
  });
});
