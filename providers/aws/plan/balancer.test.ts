import { describe, expect, it } from 'vitest';
import { spec, TestBed } from '../test-bed.ts';

const memory = Number.POSITIVE_INFINITY;
const dual = (subnets: string) => spec({}, { 'ip-address-type': 'dualstack', subnets });
const single = (subnets: string) => spec({}, { 'ip-address-type': 'ipv4', subnets });

describe('the zones of a load balancer', () => {
  it('are added without a claim', async () => {
    const bed = await new TestBed().startWithUnit();
    await bed.pass(single('subnet-a'));
    const { plan, ran, again } = await bed.pass(single('subnet-a,subnet-b'));
    expect(plan.steps).toMatchObject([{ disruption: 'none', op: { do: 'set-subnets' } }]);
    expect([ran.length, again.steps]).toEqual([1, []]);
  });

  it('are taken away where the user lists those there are to be, and that is claimed', async () => {
    const bed = await new TestBed().startWithUnit();
    await bed.pass(single('subnet-a,subnet-b'));
    const { plan, again } = await bed.pass(single('subnet-a'));
    expect(plan.steps).toMatchObject([
      {
        disruption: 'drops-connections',
        claim: {
          loses: [expect.stringContaining('the address in eu-west-1b, subnet-b')],
          because: [{ from: 'subnet-a,subnet-b', to: 'subnet-a' }],
        },
      },
    ]);
    expect(again.steps).toEqual([]);
  });

  it('keep their subnets: another one of the same zone is refused, with the way there', async () => {
    const bed = await new TestBed().startWithUnit();
    await bed.pass(single('subnet-a,subnet-b'));
    const { plan } = await bed.pass(single('subnet-a2,subnet-b'));
    expect([plan.steps, plan.refusals]).toMatchObject([
      [],
      [{ reason: 'InvalidSetting', text: expect.stringContaining('subnet-a2') as string }],
    ]);

    for (const subnets of ['subnet-b', 'subnet-a2,subnet-b']) {
      const { failed, again } = await bed.pass(single(subnets));
      expect([failed, again]).toEqual([[], { steps: [], refusals: [] }]);
    }
  });

  it.each([
    ['added', 'subnet-a', 'subnet-a,subnet-b', 1],
    ['taken away', 'subnet-a,subnet-b', 'subnet-a', 2],
  ])('that are %s in one with IPv6 do not hide that its addresses are lost', async (_what, before, after, losses) => {
    const bed = await new TestBed().startWithUnit();
    await bed.pass(dual(before));
    const { plan, failed, again } = await bed.pass(single(after));
    const zones = plan.steps.find(({ op }) => op.do === 'set-subnets');
    expect(zones).toMatchObject({
      disruption: 'changes-address',
      claim: { because: [{ from: 'dualstack', to: 'ipv4' }, {}].slice(0, losses) },
    });
    expect(zones?.claim?.loses[0]).toContain('the IPv6 addresses of');
    expect(zones?.claim?.loses).toHaveLength(losses);
    expect([failed, again.steps]).toEqual([[], []]);
  });
});

describe('the family of a load balancer', () => {
  it('is gained without a claim, and lost with one', async () => {
    const bed = await new TestBed().startWithUnit();
    await bed.pass(single('subnet-a'));
    const gained = await bed.pass(dual('subnet-a'), memory);
    const lost = await bed.pass(single('subnet-a'), memory);
    const changes = [gained, lost].map(({ plan }) => plan.steps.find(({ op }) => op.do === 'set-ip-address-type'));
    expect(changes).toMatchObject([{ disruption: 'none' }, { disruption: 'changes-address', claim: { because: [{ to: 'ipv4' }] } }]);
    expect(lost.again.steps).toEqual([]);
  });
});

it('attributes of a new one are set only where they are not as Amazon makes them', async () => {
  const bed = await new TestBed().startWithUnit();
  const { plan, again } = await bed.pass(
    spec({}, { attributes: 'deletion_protection.enabled=false,load_balancing.cross_zone.enabled=true' }),
  );
  const set = plan.steps.filter(({ op }) => op.do === 'set-load-balancer-attributes');
  expect(set).toMatchObject([{ verb: 'create', op: { attributes: { 'load_balancing.cross_zone.enabled': 'true' } } }]);
  expect(again.steps).toEqual([]);
});
