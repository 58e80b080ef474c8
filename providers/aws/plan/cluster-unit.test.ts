import { describe, expect, it } from 'vitest';
import type { Ec2SecurityGroup } from '../api/ec2.ts';
import { gone, member, owner, spec, TestBed, unit, vpcByNodes } from '../test-bed.ts';

const memory = Number.POSITIVE_INFINITY;
const unused = unit([], false);
const other: Ec2SecurityGroup = { id: 'sg-node2', name: 'more nodes', vpcId: 'vpc-1', ingress: [], tags: {} };

const groupOf = (bed: TestBed, name: string) => [...bed.region.state.securityGroups.values()].find((group) => group.name.startsWith(name));
const backendOf = (bed: TestBed) => groupOf(bed, 'portolan-backend');
const rulesOf = (bed: TestBed, id: string) =>
  bed.region.state.securityGroups.get(id)?.ingress.map(({ protocol, fromPort, toPort }) => `${protocol} ${fromPort}-${toPort}`) ?? [];
/** All instances are in these. */
function move(bed: TestBed, ...securityGroups: readonly string[]): void {
  for (const id of securityGroups)
    if (id === other.id) bed.region.state.securityGroups.set(id, bed.region.state.securityGroups.get(id) ?? other);
  for (const [id, one] of bed.region.state.instances) bed.region.state.instances.set(id, { ...one, securityGroups });
}

describe('what the nodes let in', () => {
  it('is one range per protocol and where kube-proxy answers, in their own group, once', async () => {
    const bed = await new TestBed().startWithUnit();
    expect(rulesOf(bed, 'sg-node')).toEqual(['tcp 30000-32767', 'udp 30000-32767', 'tcp 10256-10256']);
    const { plan } = await bed.pass(unit());
    expect(plan).toEqual({ steps: [], refusals: [] });
  });

  it('follows the range of node ports: opened first, closed after', async () => {
    const bed = await new TestBed().startWithUnit();
    const wider = new TestBed({}, {}, { nodePortRange: '30000-33000' });
    // The same region under another configuration.
    Object.assign(wider.region, bed.region);
    await wider.restart();
    const { ran, failed, again } = await wider.pass(unit());
    expect(ran).toEqual(['node-rules/sg-node/create', 'node-rules/sg-node/delete']);
    expect([failed, again.steps]).toEqual([[], []]);
    expect(rulesOf(bed, 'sg-node')).toEqual(['tcp 10256-10256', 'tcp 30000-33000', 'udp 30000-33000']);
  });

  it('is left as it is, whatever the range of node ports, where no node is for now: its nodes may come back', async () => {
    const bed = await new TestBed().startWithUnit();
    const wider = new TestBed({}, {}, { nodePortRange: '30000-33000' });
    Object.assign(wider.region, bed.region);
    await wider.restart();
    const { plan } = await wider.pass(unit([]));
    expect(plan.steps).toEqual([]);
    expect(rulesOf(bed, 'sg-node')).toEqual(['tcp 30000-32767', 'udp 30000-32767', 'tcp 10256-10256']);
  });

  it('is not opened twice where somebody else has opened it', async () => {
    const bed = await new TestBed().startWithUnit();
    const group = bed.region.state.securityGroups.get('sg-node');
    if (group === undefined) throw new Error('no group');
    const [first, ...rest] = group.ingress;
    if (first === undefined) throw new Error('no rule');
    bed.region.state.securityGroups.set('sg-node', { ...group, ingress: [{ ...first, description: 'by hand' }, ...rest.slice(1)] });
    bed.clock.advance(60_000);
    const { plan, failed } = await bed.pass(unit());
    expect(failed).toEqual([]);
    expect(plan.steps.map(({ op }) => (op.do === 'authorize' ? op.rules.map(({ protocol }) => protocol) : []))).toEqual([['udp']]);
  });

  it('stays where no node is for now', async () => {
    const bed = await new TestBed().startWithUnit();
    const { plan } = await bed.pass(unit([]));
    expect([plan.steps, rulesOf(bed, 'sg-node').length]).toEqual([[], 3]);
  });

  it('is opened in another group where instances move to one, within ten minutes', async () => {
    const bed = await new TestBed().startWithUnit();
    move(bed, 'sg-node2');
    bed.clock.advance(600_001);
    const { ran } = await bed.pass(unit());
    expect(ran).toEqual(['node-rules/sg-node2/create']);
    expect(rulesOf(bed, 'sg-node2')).toHaveLength(3);
  });

  it.each([
    ['the first where nothing tells them apart', {}, 'sg-node', /connection.clusterName does not say/],
    ['the one with the tag of the cluster', { clusterName: 'two' }, 'sg-node2', undefined],
    ['the first where none has the tag of the cluster', { clusterName: 'three' }, 'sg-node', /not exactly one has the tag/],
  ])('is opened, of several groups, in %s', async (_what, connection, chosen, notice) => {
    const bed = new TestBed({}, {}, connection);
    move(bed, 'sg-node', 'sg-node2');
    bed.region.state.tags.set('sg-node2', { 'kubernetes.io/cluster/two': 'owned' });
    await bed.start();
    const { ran, report } = await bed.pass(unit());
    expect(ran).toContain(`node-rules/${chosen}/create`);
    expect(ran).toHaveLength(2);
    if (notice === undefined) expect(report.notices).toEqual([]);
    else expect(report.notices[0]?.text).toMatch(notice);
  });

  it('is opened in all groups that the configuration names, and no instance is asked for', async () => {
    const bed = new TestBed(
      {},
      { securityGroups: [...new TestBed().region.state.securityGroups.values(), other] },
      { nodeSecurityGroups: ['sg-node', 'sg-node2'] },
    );
    await bed.start();
    const { ran } = await bed.pass(unit());
    expect(ran).toHaveLength(3);
    expect(bed.takeCalls()).not.toHaveProperty('DescribeInstances');
  });

  it('says which node could not be told, and opens for the others', async () => {
    const bed = new TestBed();
    await bed.start();
    const { report, again } = await bed.pass(unit([member('a'), member('9'), { node: 'bare', addresses: {} }]));
    expect(again.steps).toEqual([]);
    expect(report.notices).toMatchObject([{ text: expect.stringContaining('node-9') as string }]);
  });
});

describe('the group of the cluster', () => {
  it('is waited for by load balancers, while members follow', async () => {
    const bed = new TestBed();
    await bed.start();
    const { plan } = await bed.pass(spec());
    expect(plan).toMatchObject({ steps: [], wait: { reason: 'ClusterUnitPending', on: unit().owner.key } });
  });

  it('is not known to be anywhere before a node is', async () => {
    const bed = new TestBed({}, {}, {}, vpcByNodes);
    await bed.start();
    expect((await bed.pass(unit([]))).plan).toMatchObject({ steps: [], wait: { reason: 'NoNodes' } });
    expect((await bed.pass(unit())).again.steps).toEqual([]);
  });

  it('goes when nobody has needed it for long, after the rules that name it', async () => {
    const bed = await new TestBed().startWithUnit();
    const { ran, again } = await bed.pass(unused);
    expect(ran.map((id) => id.split('/')[0])).toEqual(['node-rules', 'security-group']);
    expect([again, backendOf(bed), rulesOf(bed, 'sg-node')]).toEqual([{ steps: [], refusals: [] }, undefined, []]);
    expect((await bed.pass(unused)).plan.steps).toEqual([]);
  });

  it('goes also after a restart without nodes, where only they told the VPC', async () => {
    const bed = new TestBed({}, {}, {}, vpcByNodes);
    await bed.startWithUnit();
    await bed.restart();
    const { again } = await bed.pass(unused);
    expect([again.steps, backendOf(bed), rulesOf(bed, 'sg-node')]).toEqual([[], undefined, []]);
  });

  it('waits for what Amazon takes apart', async () => {
    const bed = await new TestBed().startWithUnit();
    await bed.pass(spec());
    await bed.pass(gone(spec().owner));
    const first = await bed.pass(unused);
    expect([first.failed, first.again]).toMatchObject([[], { steps: [], wait: { reason: 'Pending', retryAfterMs: 20_000 } }]);
    bed.clock.advance(60_000);
    const second = await bed.pass(unused);
    expect([second.failed, second.again, backendOf(bed)]).toEqual([[], { steps: [], refusals: [] }, undefined]);
  });

  it('stays as long as a load balancer has it, also one that was released', async () => {
    const bed = await new TestBed().startWithUnit();
    await bed.pass(spec());
    const released = await bed.pass(gone(spec().owner, 'everything'));
    expect([released.plan.steps.length, released.again.steps]).toEqual([3, []]);
    const { plan } = await bed.pass(unused);
    expect([plan.steps, rulesOf(bed, 'sg-node').length]).toEqual([[], 3]);
  });

  it('is made anew where somebody took it away, and given to load balancers again', async () => {
    const bed = await new TestBed({ times: { interfaces: 0 } }).startWithUnit();
    const want = spec({ owner: owner('other') }, { 'manage-backend-security-group-rules': 'true', 'security-groups': 'sg-front' });
    const before = backendOf(bed);
    if (before === undefined) throw new Error('no group');
    bed.region.state.securityGroups.delete(before.id);
    bed.clock.advance(60_000);
    await bed.pass(unit());
    expect(backendOf(bed)?.id).not.toBe(before.id);
    const { failed, again } = await bed.pass(want, memory);
    expect([failed, again.steps]).toEqual([[], []]);
  });
});
