import { expect, test } from 'vitest';
import { withoutLeases } from '../../bench/api-writes.ts';
import { churn, live, longLife, type Churn, type LifeOptions, type LongLife } from '../../bench/lives.ts';
import { sourcePrograms } from '../../bench/programs.ts';
import type { Programs } from '../../bench/subject.ts';
import { missingForControlPlane } from '../control-plane.ts';
import { realSuite } from '../real-suite.ts';
import { missingForServiceController } from '../upstream/service-controller.ts';

const signal = new AbortController().signal;
const services = 50;
const nodes = { services: 20, nodes: 20, replaced: 5, overMs: 2_000 };

/** What `npm run bench -- upstream` measures, at a size at which it is a test: counts only, no times. */
realSuite("portolan ccm beside upstream's service controller, by calls", missingForControlPlane() ?? missingForServiceController(), () => {
  let programs: Programs | undefined;
  const options = async (kind: LifeOptions['kind']): Promise<LifeOptions> => {
    programs ??= await sourcePrograms(true);
    return { kind, api: 'real', programs, latencyMs: 0, limits: { workers: 5, qps: 200, burst: 400 }, signal };
  };

  test('50 new Services, a restart with them, and nothing to do', { timeout: 600_000 }, async () => {
    const lives: Record<string, LongLife> = {};
    for (const kind of ['upstream', 'ccm'] as const) lives[kind] = await longLife(await options(kind), services, 2_000);
    const { upstream, ccm } = lives as Record<'upstream' | 'ccm', LongLife>; // both were just told

    // One call of upstream's makes a load balancer; Portolan looks first.
    expect(ccm.create).toMatchObject({ writes: services, changes: services });
    expect(ccm.create.writes).toBeLessThanOrEqual(upstream.create.writes);
    expect(ccm.create.reads).toBeLessThanOrEqual(services);
    expect(withoutLeases(ccm.create.api)).toBeLessThanOrEqual(withoutLeases(upstream.create.api));

    expect(upstream.restart.writes).toBe(services + 1);
    expect(ccm.restart).toMatchObject({ writes: 0, reads: 1 });
    expect(withoutLeases(ccm.restart.api)).toBe(0);
    expect(withoutLeases(upstream.restart.api)).toBeGreaterThan(0);

    for (const { idle } of [upstream, ccm]) expect(idle).toMatchObject({ reads: 0, writes: 0 });
    expect(withoutLeases(ccm.idle?.api ?? expect.unreachable())).toBe(0);
  });

  test('20 Services while 5 of 20 nodes are replaced', { timeout: 600_000 }, async () => {
    const told: Record<string, Churn> = {};
    for (const kind of ['upstream', 'ccm'] as const) told[kind] = await live(await options(kind), (life) => churn(life, nodes));
    const { upstream, ccm } = told as Record<'upstream' | 'ccm', Churn>; // both were just told

    expect(ccm.phase.writes).toBeLessThan(upstream.phase.writes);
    expect(ccm.phase.reads + ccm.phase.writes).toBeLessThan(upstream.phase.reads + upstream.phase.writes);
    expect(withoutLeases(ccm.phase.api)).toBeLessThan(withoutLeases(upstream.phase.api));
  });
});
