import type { Metrics } from '../metrics.ts';
import { conditionTypes } from '../model/condition.ts';
import type { LoadBalancerKey } from '../model/ids.ts';
import type { ServiceView } from '../model/service-view.ts';

/** Counts the Services that are ours, and those of them that are not programmed by reason: a dashboard shows what blocks whom. */
export class ServiceGauges {
  readonly #metrics: Metrics;
  /** Why each is not programmed; undefined where it is. */
  readonly #reasons = new Map<LoadBalancerKey, string | undefined>();
  readonly #counts = new Map<string, number>();

  constructor(metrics: Metrics) {
    this.#metrics = metrics;
  }

  /** The Service as it stands after a pass; undefined when it is ours no more. */
  note(key: LoadBalancerKey, service: ServiceView | undefined): void {
    const condition = service?.conditions.find(({ type }) => type === conditionTypes.programmed);
    const reason = condition?.status === 'False' ? condition.reason : undefined;
    const before = this.#reasons.get(key);
    if (service === undefined) this.#reasons.delete(key);
    else this.#reasons.set(key, reason);
    this.#metrics.set('portolan_services_served', this.#reasons.size);
    if (reason === before) return;
    this.#count(before, -1);
    this.#count(reason, 1);
  }

  #count(reason: string | undefined, by: number): void {
    if (reason === undefined) return;
    const count = (this.#counts.get(reason) ?? 0) + by;
    this.#counts.set(reason, count);
    if (count > 0) this.#metrics.set('portolan_services_blocked', count, { reason });
    else this.#metrics.remove('portolan_services_blocked', { reason });
  }
}
