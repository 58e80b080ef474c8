import { describe, expect, it } from 'vitest';
import { fieldPath } from '../../../src/model/ids.ts';
import { smallRegion } from '../simulator/seed-of-tests.ts';
import { gone, goneWith, spec, TestBed } from '../test-bed.ts';

const key = 'deletion_protection.enabled';
const mark = 'portolan.dev/protected';
const on = { attributes: `${key}=true` };
const off = { attributes: `${key}=false` };
const other = { attributes: 'load_balancing.cross_zone.enabled=true' };

async function serving(annotations: Readonly<Record<string, string>> = {}): Promise<TestBed> {
  const bed = await new TestBed({ times: { interfaces: 0 } }).startWithUnit();
  await bed.pass(spec({}, annotations));
  bed.clock.advance(60_000);
  bed.takeCalls();
  return bed;
}

/** Of each load balancer there is. */
function standing({ region: { state } }: TestBed) {
  return [...state.loadBalancers].map(([arn, { attributes }]) => ({
    isProtected: attributes[key] === 'true',
    isMarked: state.tags.get(arn)?.[mark] === 'true',
  }));
}

async function byHand(bed: TestBed): Promise<TestBed> {
  for (const arn of bed.region.state.loadBalancers.keys()) await bed.region.elb.setLoadBalancerAttributes(arn, { [key]: 'true' }, bed.ctx);
  return bed;
}

describe('protection from deletion', () => {
  it('comes with the mark where it is asked for from the beginning', async () => {
    const bed = await serving(on);
    expect(standing(bed)).toEqual([{ isProtected: true, isMarked: true }]);
    expect(bed.region.state.tags.get([...bed.region.state.targetGroups.keys()][0] ?? '')).not.toHaveProperty(mark);
  });

  it('is never on without the mark that says who asked for it, whatever breaks off in between', async () => {
    const bed = await serving();
    for (const [wish, last] of [
      [on, 'mark-protected'],
      [{}, 'unmark-protected'],
    ] as const) {
      bed.hold((id) => id.endsWith('/attributes'));
      await bed.pass(spec({}, wish));
      expect(standing(bed)[0]).toMatchObject({ isMarked: true });
      await bed.restart();
      bed.hold((id) => id.endsWith(last));
      const { plan } = await bed.pass(spec({}, wish));
      expect(standing(bed).filter(({ isProtected, isMarked }) => isProtected && !isMarked)).toEqual([]);
      bed.hold(() => false);
      const { again } = await bed.pass(spec({}, wish));
      expect([plan.steps.length > 0, again.steps, standing(bed)]).toEqual([
        true,
        [],
        [{ isProtected: wish === on, isMarked: wish === on }],
      ]);
    }
  });

  it('that somebody switched on by hand stays, unless the Service says that it is not to be', async () => {
    const bed = await byHand(await serving());
    await bed.restart();
    expect((await bed.pass(spec({}, other))).again.steps).toEqual([]);
    expect(standing(bed)).toEqual([{ isProtected: true, isMarked: false }]);
    expect((await bed.pass(spec({}, off))).again.steps).toEqual([]);
    expect(standing(bed)).toEqual([{ isProtected: false, isMarked: false }]);
  });

  it('that somebody switched on by hand and the Service asked for later is the Service’s', async () => {
    const bed = await byHand(await serving());
    await bed.restart();
    await bed.pass(spec({}, on));
    expect(standing(bed)).toEqual([{ isProtected: true, isMarked: true }]);
  });

  it('stays through a release, without the mark', async () => {
    const bed = await serving(on);
    await bed.pass(goneWith(off, undefined, 'everything'));
    expect(standing(bed)).toEqual([{ isProtected: true, isMarked: false }]);
  });
});

describe('what is protected and to be deleted', () => {
  it.each([
    ['asks for protection', on],
    ['says something that is not understood', { attributes: `${key}=True` }],
    ['says something else that is not understood', { attributes: 'deletion_protection.enable=true' }],
    ['says something that cannot be read', undefined],
  ])('stays where its Service %s', async (_, annotations) => {
    const bed = await serving(on);
    const { ran, failed } = await bed.pass(annotations === undefined ? gone(spec().owner) : goneWith(annotations));
    expect([ran, failed.map(({ code }) => code), standing(bed)]).toEqual([[], ['ResourceInUse'], [{ isProtected: true, isMarked: true }]]);
  });

  it.each([
    ['says nothing of it any more', {}],
    ['says nothing of it any more, but something else', other],
    ['says that it is not to be', off],
  ])('loses its protection and goes where the Service %s, also after a restart', async (_, annotations) => {
    const bed = await serving(on);
    await bed.restart();
    const { ran, failed, again } = await bed.pass(goneWith(annotations));
    expect([ran.map((id) => id.split('/').at(-1)).slice(0, 2), failed, again.steps, standing(bed)]).toEqual([
      ['unprotect', 'delete'],
      [],
      [],
      [],
    ]);
  });

  it('by somebody’s hand stays where nothing is said of it, and goes by the Service’s word', async () => {
    const bed = await byHand(await serving());
    expect((await bed.pass(goneWith(other))).failed).toMatchObject([{ code: 'ResourceInUse', verdict: 'wait-for-user' }]);
    expect(standing(bed)).toEqual([{ isProtected: true, isMarked: false }]);
    expect((await bed.pass(goneWith(off))).failed).toEqual([]);
    expect(standing(bed)).toEqual([]);
  });

  it('is asked about only where it may lose its protection', async () => {
    const plain = await serving();
    await plain.pass(goneWith({}));
    expect(plain.takeCalls()).not.toHaveProperty('DescribeLoadBalancerAttributes');
    const asked = await serving();
    await asked.pass(goneWith(off));
    expect(asked.takeCalls()).toMatchObject({ DescribeLoadBalancerAttributes: 1 });
  });

  it('stays where it is replaced, until its Service takes protection back', async () => {
    const roles = { 'kubernetes.io/role/elb': '1', 'kubernetes.io/role/internal-elb': '1' };
    const subnets = smallRegion.subnets.map((one) => (['subnet-a', 'subnet-b'].includes(one.id) ? { ...one, tags: roles } : one));
    const bed = await new TestBed({}, { subnets }).startWithUnit();
    await bed.pass(spec({}, on));
    const [old] = bed.region.state.loadBalancers.values();
    bed.clock.advance(180_000);
    const scheme = fieldPath('service.beta.kubernetes.io/aws-load-balancer-scheme');
    const published = [{ hostname: old?.dnsName.toLowerCase() ?? '' }];
    const internal = { scheme: 'internal', origin: { scheme }, published } as const;
    const claims = ({ plan }: Awaited<ReturnType<TestBed['pass']>>) => plan.steps.flatMap(({ claim }) => claim ?? []);
    const first = await bed.pass(spec(internal, on));
    expect([first.failed.map(({ code }) => code), bed.region.state.loadBalancers.size]).toEqual([['ResourceInUse'], 2]);
    const second = await bed.pass(spec(internal));
    expect([second.failed, claims(second)]).toEqual([[], claims(first)]);
    expect(standing(bed)).toEqual([{ isProtected: false, isMarked: false }]);
  });
});
