import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ElbTarget, ElbTargetHealth } from '../api/elb.ts';
import { memberSteps, type Group } from './members.ts';

const target = (index: number, port = 30_000): ElbTarget => ({ instanceId: `i-${String(index).padStart(8, '0')}`, port });
const many = (count: number, port = 30_000, first = 0) => Array.from({ length: count }, (_, index) => target(first + index, port));
const none: Group['refused'] = { leftOut: [], apart: [] };
const group = (targets: readonly ElbTarget[], state: ElbTargetHealth['state'] = 'healthy', refused = none): Group => ({
  arn: 'arn:tg',
  name: 'p-shop-web-1',
  tags: { 'portolan.dev/key': 'service/u' },
  targets: targets.map((each) => ({ ...each, state })),
  refused,
});
const said = (steps: ReturnType<typeof memberSteps>) => steps.map(({ id, op }) => `${id} ${'targets' in op ? op.targets.length : ''}`);

describe('the members of a target group', () => {
  it('are registered first and taken off last, 200 at a time, each by our mark', () => {
    const steps = memberSteps(group(many(3)), many(450, 30_000, 2));
    expect(said(steps)).toEqual([
      'target-group/p-shop-web-1/register/1 200',
      'target-group/p-shop-web-1/register/2 200',
      'target-group/p-shop-web-1/register/3 49',
      'target-group/p-shop-web-1/deregister/1 2',
    ]);
    expect(steps[3]).toMatchObject({
      after: steps.slice(0, 3).map(({ id }) => id),
      disruption: 'drains',
      membersOnly: true,
      proof: { marks: { 'portolan.dev/key': 'service/u' }, on: 'arn:tg' },
    });
  });

  it('cost nothing where they are as they should be', () => {
    expect(memberSteps(group(many(5)), many(5))).toEqual([]);
  });

  it('follow another node port without a gap', () => {
    expect(said(memberSteps(group(many(2)), many(2, 30_001)))).toEqual([
      'target-group/p-shop-web-1/register/1 2',
      'target-group/p-shop-web-1/deregister/1 2',
    ]);
  });

  it('that Amazon does not take are left out, and not taken off where it has them; others of that kind are asked for apart', () => {
    const refused = { leftOut: ['i-00000000', 'i-00000001'], apart: [['i-00000003'], ['i-00000004', 'i-00000003', 'i-00000099']] };
    const steps = memberSteps(group(many(1), 'healthy', refused), many(6));
    const asked = steps.map(({ op }) => ('targets' in op ? op.targets.map(({ instanceId }) => Number(instanceId.slice(2))) : []));
    expect(asked).toEqual([[2, 5], [3], [4]]);
  });

  it('that drain are registered again where they are wanted, and left to it where they are not', () => {
    expect(said(memberSteps(group(many(2), 'draining'), many(1)))).toEqual(['target-group/p-shop-web-1/register/1 1']);
    expect(memberSteps(group(many(2), 'draining'), [])).toEqual([]);
  });

  it('make room batch by batch where a target group would hold too many', () => {
    const steps = memberSteps(group(many(600)), many(600, 30_001));
    expect(steps.map(({ id }) => id.split('/')[2])).toEqual(['deregister', 'register', 'deregister', 'register', 'deregister', 'register']);
    expect(steps.map(({ after }) => after)).toEqual([[], ...steps.slice(0, -1).map(({ id }) => [id])]);
  });

  it('end as they should be, and never pass the limit (property)', () => {
    const some = fc.uniqueArray(
      fc
        .record({ index: fc.integer({ min: 0, max: 1_200 }), port: fc.constantFrom(30_000, 30_001) })
        .map((one) => target(one.index, one.port)),
      { maxLength: 1_000, size: 'max', selector: ({ instanceId, port }) => `${instanceId}:${port}` },
    );
    const keys = (targets: Iterable<ElbTarget>) => [...targets].map(({ instanceId, port }) => `${instanceId}:${port}`).sort();
    fc.assert(
      fc.property(some, some, (has, wanted) => {
        const steps = memberSteps(group(has), wanted);
        const now = new Map(has.map((each) => [`${each.instanceId}:${each.port}`, each]));
        for (const { op } of steps) {
          if (op.do === 'register') for (const each of op.targets) now.set(`${each.instanceId}:${each.port}`, each);
          if (op.do === 'deregister') for (const each of op.targets) now.delete(`${each.instanceId}:${each.port}`);
          expect(now.size).toBeLessThanOrEqual(1_000);
          if (has.length >= 400 && wanted.length >= 400) expect(now.size).toBeGreaterThanOrEqual(200);
        }
        expect(keys(now.values())).toEqual(keys(wanted));
        expect(memberSteps(group([...now.values()]), wanted)).toEqual([]);
        expect(new Set(steps.map(({ id }) => id)).size).toBe(steps.length);
      }),
      { numRuns: 30 },
    );
  });
});
