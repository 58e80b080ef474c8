import type { Metrics } from '../metrics.ts';
import { conditionTypes } from '../model/condition.ts';
import type { LoadBalancerKey } from '../model/ids.ts';
import type { ServiceView } from '../model/service-view.ts';

/** Counts Services that are not programmed, by reason, so that a dashboard shows what blocks whom. */
export class BlockedServices {
  readonly #metrics: Metrics;
  readonly #reasons = new Map<LoadBalancerKey, string>();

  constructor(metrics: Metrics) {
    this.#metrics = metrics;
  }

  /** The Service as it stands after a pass; undefined when it is ours no more. */
  note(key: LoadBalancerKey, service: ServiceView | undefined): void {
    const condition = service?.conditions.find(({ type }) => type === conditionTypes.programmed);
    const reason = condition?.status === 'False' ? condition.reason : undefined;
    const before = this.#reasons.get(key);
    if (reason === before) return;
    if (reason === undefined) this.#reasons.delete(key);
    else this.#reasons.set(key, reason);
    for (const changed of new Set([before, reason])) if (changed !== undefined) this.#set(changed);
  }

  #set(reason: string): void {
    const count = [...this.#reasons.values()].filter((other) => other === reason).length;
    if (count === 0) this.#metrics.remove('portolan_services_blocked', { reason });
    else this.#metrics.set('portolan_services_blocked', count, { reason });
  }
}
