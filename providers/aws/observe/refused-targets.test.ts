import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../src/clock.ts';
import type { Member } from '../../../src/model/spec.ts';
import type { SeededInstance } from '../simulator/amazon-state.ts';
import { frozen, listener, owner, spec, TestBed } from '../test-bed.ts';
import { RefusedTargets } from './refused-targets.ts';

const memory = Number.POSITIVE_INFINITY;
const tenMinutes = 600_000;
const ids = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `i-${String(index).padStart(8, '0')}`);
const node = (id: string): Member => ({ node: `node-${id}`, providerId: `aws:///eu-west-1a/${id}`, addresses: {} });
const instance = (id: string): SeededInstance => ({ id, state: 'running', vpcId: 'vpc-1', securityGroups: [], subnetId: 'subnet-a' });

describe('instances that were refused together', () => {
  const rig = () => {
    const clock = new ManualClock();
    return { clock, refused: new RefusedTargets(clock) };
  };

  it('are asked for in four parts, and a part in four again', () => {
    const { refused } = rig();
    refused.refused('g', ids(10));
    const { apart } = refused.of('g', ids(10));
    expect(apart.map(({ length }) => length)).toEqual([3, 3, 3, 1]);
    refused.taken('g', apart[0] ?? []);
    refused.refused('g', apart[1] ?? []);
    expect(refused.of('g', ids(10))).toEqual({ leftOut: [], apart: [['i-00000003'], ['i-00000004'], ['i-00000005']] });
  });

  it('are nothing to another target group, but that one alone is asked for apart there, too', () => {
    const { refused } = rig();
    refused.refused('g', ids(2));
    expect([refused.of('other', ids(2)).apart, refused.odd()]).toEqual([[], []]);
    refused.refused('g', ['i-00000001']);
    expect(refused.of('other', ids(2))).toEqual({ leftOut: [], apart: [['i-00000001']] });
    refused.gone('g');
    expect(refused.odd()).toEqual([]);
  });

  it('count as refused for one of them that does not run, or whose node is gone', () => {
    const { refused } = rig();
    refused.refused('g', ids(8));
    expect(refused.of('g', ids(7)).apart).toEqual([]);
    expect(refused.of('g', ids(8)).apart).toEqual([]);
  });

  it('are left alone for ten minutes where it was one alone, also where that one drops out of a list', () => {
    const { clock, refused } = rig();
    refused.refused('g', ids(2));
    refused.taken('g', ['i-00000000']);
    expect(refused.of('g', ids(2))).toEqual({ leftOut: [], apart: [['i-00000001']] });
    refused.refused('g', ['i-00000001']);
    expect(refused.of('g', ids(2)).leftOut).toEqual(['i-00000001']);
    clock.advance(tenMinutes);
    expect(refused.of('g', ids(2))).toEqual({ leftOut: [], apart: [['i-00000001'], ['i-00000001']] });
    refused.taken('g', ['i-00000001']);
    expect(refused.of('g', ids(2))).toEqual({ leftOut: [], apart: [] });
  });
});

async function withUnfit(count: number, ...unfit: readonly string[]) {
  const all = ids(count);
  const bed = await new TestBed(
    { times: { provisioning: 0 }, quotas: { targetsPerLoadBalancer: 1_000, targetsPerZone: 1_000 } },
    { instances: all.map(instance) },
  ).startWithUnit();
  for (const id of unfit) bed.region.state.unfit.add(id);
  const registered = () => [...bed.region.state.targetGroups.values()].map(({ targets }) => targets.length);
  return { bed, registered, want: spec({ members: all.map(node) }) };
}

/** As core does it: again and again, until nothing is left to do. */
async function passes(bed: TestBed, want: Parameters<TestBed['pass']>[0]): Promise<number> {
  for (let count = 1; count < 20; count++) {
    const { failed, again } = await bed.pass(want, memory);
    if (failed.length === 0 && again.steps.length === 0) return count;
    expect(failed.every(({ code, verdict }) => code === 'MemberNotUsable' && verdict === 'retry-after')).toBe(true);
    bed.clock.advance(1_000);
  }
  throw new Error('it does not come to an end');
}

describe('many that are refused, each alone', () => {
  it('cost one request each ten minutes, for another one each time, until one is taken: then all are asked for', async () => {
    const { bed, registered, want } = await withUnfit(9, ...ids(9).slice(0, 6));
    await passes(bed, want);
    const asked = new Set<string>();
    const register = bed.region.elb.registerTargets.bind(bed.region.elb);
    bed.region.elb.registerTargets = async (group, targets, options) => {
      for (const { instanceId } of targets) asked.add(instanceId);
      await register(group, targets, options);
    };
    for (let turn = 1; turn <= 3; turn++) {
      bed.clock.advance(tenMinutes);
      expect([await passes(bed, want), asked.size, registered()]).toEqual([1, turn, [3]]);
    }
    bed.region.state.unfit.clear();
    bed.region.state.unfit.add('i-00000000');
    bed.clock.advance(tenMinutes);
    await bed.pass(want, memory);
    bed.clock.advance(1_000);
    await passes(bed, want);
    expect(registered()).toEqual([8]);
  });
});

describe('an instance that runs and is no target', () => {
  it.each([
    [1, 1, 1],
    [3, 4, 2],
    [50, 13, 4],
    [200, 17, 5],
    [1_000, 21, 5],
  ])('of %i is found in %i requests and %i passes, and all others are registered', async (count, requests, most) => {
    const { bed, registered, want } = await withUnfit(count, 'i-00000000');
    bed.takeCalls();
    const took = await passes(bed, want);
    expect([registered(), took]).toEqual([[count - 1], most]);
    const { RegisterTargets, DescribeInstances = 0 } = bed.takeCalls();
    expect([RegisterTargets, DescribeInstances <= took]).toEqual([requests, true]);
  });

  it('whichever and however many they are, ends up alone, after at most 17 requests each (property)', async () => {
    const nodes = fc
      .integer({ min: 1, max: 200 })
      .chain((count) => fc.tuple(fc.constant(count), fc.subarray([...ids(count)], { maxLength: Math.min(count, 4) })));
    await fc.assert(
      fc.asyncProperty(nodes, async ([count, unfit]) => {
        const { bed, registered, want } = await withUnfit(count, ...unfit);
        bed.takeCalls();
        expect(await passes(bed, want)).toBeLessThanOrEqual(5);
        expect(registered()).toEqual([count - unfit.length]);
        expect(bed.takeCalls()['RegisterTargets']).toBeLessThanOrEqual(1 + 16 * unfit.length);
      }),
      { numRuns: 25 },
    );
  });

  it('is named with its node and the ports that lack it, and asked for again ten minutes later, by one request', async () => {
    const { bed, registered, want } = await withUnfit(3, 'i-00000001');
    await passes(bed, want);
    const { report } = await bed.pass(want, memory);
    expect(report.notices).toMatchObject([{ reason: 'MemberNotUsable', kind: 'info' }]);
    expect(report.notices[0]?.text).toBe('left out of TCP/80: node-i-00000001 (its instance i-00000001 runs, and Amazon does not take it)');
    bed.takeCalls();
    bed.clock.advance(tenMinutes - 2_000);
    await bed.pass(want, memory);
    expect(bed.takeCalls()).toEqual({});
    bed.clock.advance(2_000);
    const { failed, again } = await bed.pass(want, memory);
    expect([failed, again.steps, bed.takeCalls()]).toMatchObject([[], [], { RegisterTargets: 1, DescribeInstances: 1 }]);

    bed.region.state.unfit.clear();
    bed.clock.advance(tenMinutes);
    await bed.pass(want, memory);
    expect([registered(), (await bed.pass(want, memory)).report.notices]).toEqual([[3], []]);
  });

  it('costs the next Service one request, and is no failure there', async () => {
    const { bed, registered, want } = await withUnfit(20, 'i-00000007');
    await passes(bed, want);
    bed.takeCalls();
    const next = await bed.pass(spec({ owner: owner('next'), members: want.members }));
    expect([next.failed, registered(), bed.takeCalls()['RegisterTargets']]).toEqual([[], [19, 19], 2]);
  });

  it('is left out also where all else is held back, and told there', async () => {
    const { bed, registered, want } = await withUnfit(4, 'i-00000002');
    await bed.pass(spec({ members: want.members.slice(0, 1) }));
    await passes(bed, frozen(want));
    expect(registered()).toEqual([3]);
    expect((await bed.pass(frozen(want), memory)).report.notices).toMatchObject([{ reason: 'MemberNotUsable' }]);
  });

  it('is not taken off where Amazon took it, when a new node port does not get it', async () => {
    const { bed, want } = await withUnfit(3);
    await bed.pass(want);
    bed.region.state.unfit.add('i-00000001');
    const moved = { ...want, listeners: [listener('TCP', 80, 30_081)] };
    const first = await bed.pass(moved, memory);
    // As long as nobody knows which one it is, the old ports stay.
    expect([first.failed.length, first.ran]).toEqual([1, []]);
    await passes(bed, moved);
    const [group] = bed.region.state.targetGroups.values();
    const left = group?.targets.filter(({ goneAt }) => goneAt === undefined).map(({ instanceId, port }) => `${instanceId}:${port}`);
    expect(left).toEqual(['i-00000000:30081', 'i-00000002:30081']);
  });

  it('beside one that does not run: each is told for its own cause', async () => {
    const { bed, registered, want } = await withUnfit(6, 'i-00000001');
    bed.region.state.setInstanceState('i-00000004', 'stopped');
    await passes(bed, want);
    const { report } = await bed.pass(want, memory);
    expect([registered(), report.notices.map(({ text }) => text)]).toEqual([
      [4],
      [
        'left out: node-i-00000004 (its instance i-00000004 does not run)',
        'left out of TCP/80: node-i-00000001 (its instance i-00000001 runs, and Amazon does not take it)',
      ],
    ]);
  });

  it('whose node is gone is forgotten, with what it held up', async () => {
    const { bed, want } = await withUnfit(3, 'i-00000001');
    await passes(bed, want);
    const rest = spec({ members: want.members.filter(({ node: name }) => name !== 'node-i-00000001') });
    expect((await bed.pass(rest, memory)).report.notices).toEqual([]);
    bed.takeCalls();
    await bed.pass(spec({ owner: owner('next'), members: rest.members }));
    expect(bed.takeCalls()['RegisterTargets']).toBe(1);
  });
});

it('a stopped instance costs no narrowing: once it is known, the others are asked for together', async () => {
  const { bed, want } = await withUnfit(20);
  bed.region.state.setInstanceState('i-00000007', 'stopped');
  bed.takeCalls();
  expect([await passes(bed, want), bed.takeCalls()['RegisterTargets']]).toEqual([2, 2]);
});
