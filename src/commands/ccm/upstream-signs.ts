import { electionCheck } from '../../controller/controller.ts';
import type { CheckResult, HealthResults } from '../../health.ts';
import type { MetricsRegistry, MetricTable } from '../../metrics.ts';
import { serviceController } from './controller-names.ts';

/** What `portolan ccm` has besides the controller's series. */
export const ccmMetricTable: MetricTable = {
  running_managed_controllers: {
    kind: 'gauge',
    help: '1 where the controller runs in this process, 0 where it did; of `portolan ccm`.',
    labels: ['manager', 'name'],
  },
};

/** As upstream has them: the short name of the controller, unlike its health check (contract 1M). */
const labels = { manager: 'cloud-controller-manager', name: 'service' };

/** What tells a monitor of a cloud-controller-manager that it is well, and what it runs. */
export interface UpstreamSigns {
  readonly health: HealthResults;
  /** To be told when work begins and when it has ended. */
  readonly leading: (leads: boolean) => void;
}

export function upstreamSigns(own: HealthResults, metrics: MetricsRegistry, { elects }: { readonly elects: boolean }): UpstreamSigns {
  metrics.declare(ccmMetricTable);
  let leads = false;
  return {
    health: { results: (kind) => upstreamChecks(own.results(kind), { elects, leads }) },
    leading(now) {
      leads = now;
      metrics.set('running_managed_controllers', now ? 1 : 0, labels);
    },
  };
}

/**
 * Our checks under the two names upstream has: `leaderElection`, and the controller's own as soon as it runs here. That one
 * is also named where something it stands on fails before: a process that could not take over is to be found out early.
 */
export function upstreamChecks(
  own: readonly CheckResult[],
  { elects, leads }: { readonly elects: boolean; readonly leads: boolean },
): readonly CheckResult[] {
  const failing = own.filter(({ cause }) => cause !== undefined);
  const election = failing.find(({ name }) => name === electionCheck);
  const others = failing.filter((check) => check !== election).map(({ name, cause }) => `${name}: ${cause}`);
  return [
    ...(elects ? [{ name: 'leaderElection', cause: election?.cause }] : []),
    ...(leads || others.length > 0 ? [{ name: serviceController, cause: others.length === 0 ? undefined : others.join('; ') }] : []),
  ];
}
