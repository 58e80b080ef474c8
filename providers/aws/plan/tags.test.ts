import { describe, expect, it } from 'vitest';
import { clusterMark, keyMark } from '../../../src/model/owner.ts';
import { listener, spec, TestBed } from '../test-bed.ts';

const asked = (tags: string, ports = 1) =>
  spec(
    { listeners: Array.from({ length: ports }, (_, index) => listener('TCP', 80 + index, 30_080 + index)) },
    tags === '' ? {} : { 'additional-resource-tags': tags },
  );

/** All that is the Service's. */
function thingsOf(bed: TestBed): readonly string[] {
  const { loadBalancers, targetGroups, listeners, securityGroups } = bed.region.state;
  const groups = [...securityGroups.values()].filter(({ name }) => name.startsWith('portolan-shop')).map(({ id }) => id);
  return [...loadBalancers.keys(), ...targetGroups.keys(), ...listeners.keys(), ...groups];
}
const tagOf = (bed: TestBed, key: string) => new Set(thingsOf(bed).map((id) => bed.region.state.tags.get(id)?.[key]));

describe('the tags that a Service asks for', () => {
  it('are on all that is its own from the first moment, beside the marks', async () => {
    const bed = await new TestBed().startWithUnit();
    const { plan } = await bed.pass(asked('team=web', 2));
    expect(plan.steps.some(({ op }) => op.do === 'add-tags')).toBe(false);
    expect([tagOf(bed, 'team'), tagOf(bed, clusterMark), tagOf(bed, keyMark)]).toEqual([
      new Set(['web']),
      new Set(['cluster-1']),
      new Set(['service/uid-web']),
    ]);
  });

  it('follow an edit, and go with it', async () => {
    const bed = await new TestBed().startWithUnit();
    await bed.pass(asked('team=web,cost=a'));
    const { failed, again } = await bed.pass(asked('team=shop'));
    expect([failed, again.steps, tagOf(bed, 'team'), tagOf(bed, 'cost')]).toEqual([[], [], new Set(['shop']), new Set([undefined])]);
    await bed.restart();
    const none = await bed.pass(asked(''));
    expect([none.failed, none.again.steps, tagOf(bed, 'team')]).toEqual([[], [], new Set([undefined])]);
  });

  it('leave the tags of others alone', async () => {
    const bed = await new TestBed().startWithUnit();
    await bed.pass(asked('team=web'));
    for (const id of thingsOf(bed)) bed.region.state.tags.set(id, { ...bed.region.state.tags.get(id), 'aws:stack': 'x', billing: 'y' });
    await bed.restart();
    const { plan } = await bed.pass(asked('team=web'));
    expect(plan.steps).toEqual([]);
    await bed.pass(asked(''));
    expect([tagOf(bed, 'billing'), tagOf(bed, 'aws:stack')]).toEqual([new Set(['y']), new Set(['x'])]);
  });

  it('are written to twenty things at a time, and not to what goes', async () => {
    const bed = await new TestBed().startWithUnit();
    await bed.pass(asked('', 25));
    const { plan, failed, again } = await bed.pass(asked('team=web', 24));
    const onBalancer = plan.steps.flatMap(({ id, op }) => (id.startsWith('load-balancer/') && op.do === 'add-tags' ? [op.on.length] : []));
    expect([onBalancer, failed, again.steps]).toEqual([[20, 5], [], []]);
    expect(tagOf(bed, 'team')).toEqual(new Set(['web']));
  });
});
