import { expect, it } from 'vitest';
import type { OwnedThing } from '../../src/model/capabilities.ts';
import { newLoadBalancer, newTargetGroup, options } from './simulator/seed-of-tests.ts';
import { spec, TestBed, unit } from './test-bed.ts';

async function listed(bed: TestBed): Promise<readonly OwnedThing[]> {
  const things: OwnedThing[] = [];
  for await (const thing of bed.provider.inventory(bed.ctx)) things.push(thing);
  return things;
}

it('lists all that is the cluster’s, each with its key, and what is main', async () => {
  const bed = await new TestBed().startWithUnit();
  await bed.pass(spec());
  const things = await listed(bed);
  const kinds = things.map(({ kind, key, main }) => [kind, key, main]);
  const [own, shared] = [spec().owner.key, unit().owner.key];
  expect(kinds).toEqual([
    ['load-balancer', own, true],
    ['target-group', own, false],
    ['security-group', shared, false],
    ['security-group', own, false],
    ['security-group-rule', shared, false],
    ['security-group-rule', shared, false],
    ['security-group-rule', shared, false],
  ]);
  expect(things.some(({ foreign }) => foreign !== undefined)).toBe(false);
  expect(things.find(({ kind }) => kind === 'security-group-rule')?.name).toMatch(/^sg-node (tcp|udp) \d+-\d+$/);
});

it('lists as foreign what another cluster marked, and what has no marks under a name such as ours; nothing else', async () => {
  const bed = await new TestBed().startWithUnit();
  const { elb } = bed.region;
  const other = { 'portolan.dev/cluster': 'cluster-2', 'portolan.dev/key': 'service/uid-1' };
  await elb.createLoadBalancer(newLoadBalancer({ name: 'of-another-cluster', tags: other }), options);
  await elb.createTargetGroup(newTargetGroup({ name: 'p-shop-web-0123456789', tags: {} }), options);
  await elb.createTargetGroup(newTargetGroup({ name: 'somebodys', tags: { team: 'x' } }), options);
  const foreign = (await listed(bed)).filter((thing) => thing.foreign !== undefined);
  expect(foreign.map(({ name, key, foreign: whose }) => [name, key, whose?.marks])).toEqual([
    ['of-another-cluster', 'service/uid-1', other],
    ['p-shop-web-0123456789', '', {}],
  ]);
});
