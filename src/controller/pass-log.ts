import type { PassResult } from '../engine/pass.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { ProviderName } from '../model/ids.ts';
import type { ServiceView } from '../model/service-view.ts';
import type { LoopParts } from './loop-parts.ts';

/** One line per pass that decided something; a pass with nothing to do is for debugging only. */
export function logPass(log: Log, result: PassResult): void {
  const facts = {
    outcome: result.outcome,
    steps: result.runs.map(({ step, outcome }) => `${step.id}: ${outcome}`),
    ...(result.held.length === 0 ? {} : { held: result.held.map(({ code, disruption }) => `${code} ${disruption}`) }),
    ...(result.refusals.length === 0 ? {} : { refused: result.refusals.map(({ reason }) => reason) }),
    ...(result.wait === undefined ? {} : { wait: result.wait.reason }),
    ...(result.error === undefined ? {} : { error: result.error }),
  };
  if (result.outcome === 'failed') log.warn(facts, 'pass failed');
  else if (result.runs.length > 0 || result.outcome !== 'finished') log.info(facts, 'pass ended');
  else log.debug(facts, 'pass ended');
}

/** Counts the steps of a pass, whatever it was over. */
export function measureSteps(metrics: Metrics, { runs }: PassResult): void {
  const ran = runs.filter(({ outcome }) => outcome !== 'not-run');
  for (const { step, outcome } of ran) metrics.count('portolan_steps_total', { disruption: step.disruption, result: outcome });
  if (ran.length > 0) metrics.count('service_controller_loadbalancer_sync_total');
}

/** `before` is the Service as the pass found it, `after` how it left it. */
export function measureAddress({ metrics, clock }: LoopParts, provider: ProviderName, before: ServiceView, after: ServiceView): void {
  if (before.ingress.length > 0 || after.ingress.length === 0) return;
  const seconds = (clock.now() - Date.parse(before.createdAt)) / 1000;
  if (seconds >= 0) metrics.observe('portolan_time_to_address_seconds', seconds, { provider });
}
