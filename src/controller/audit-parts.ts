import type { Clock } from '../clock.ts';
import type { Leadership } from '../kube/leadership.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { ReachCheckpoint } from '../model/checkpoint.ts';
import type { ClusterId, LoadBalancerKey } from '../model/ids.ts';
import type { LoadBalancerClass } from '../model/load-balancer-class.ts';
import type { ServiceView } from '../model/service-view.ts';
import { Audit, type AuditSettings } from './audit.ts';
import { AuditWishes } from './audit-wishes.ts';
import { callContextFor } from './fence.ts';
import type { LaneQueue } from './lane-queue.ts';
import type { ProviderPool } from './provider-pool.ts';
import { StrayAges } from './stray-ages.ts';
import { strayAnnotation } from './stray-mark.ts';
import { StrayRemovals } from './stray-removals.ts';

/** What an audit needs of the process it is part of. */
export interface AuditParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly clusterId: ClusterId;
  readonly checkpoint: ReachCheckpoint;
  readonly settings: AuditSettings;
  readonly pool: ProviderPool;
  readonly queue: LaneQueue<LoadBalancerKey>;
  /** Aborts when this process stops, or leads no more. */
  readonly signal: AbortSignal;
  readonly leadership: Leadership;
  readonly classes: () => readonly LoadBalancerClass[];
  readonly service: (uid: string) => ServiceView | undefined;
  readonly unreadable: () => ReadonlySet<string | undefined>;
  /** Why there may be Services by now that `service` does not know. */
  readonly outdated: () => string | undefined;
  /** Whether something else here works on this key. */
  readonly isKnown: (key: LoadBalancerKey) => boolean;
}

/** The audit with its parts; whoever runs the queue gives `removals` the keys it has. */
export function auditFor(parts: AuditParts): {
  readonly audit: Audit;
  readonly removals: StrayRemovals;
  readonly wishes: AuditWishes;
} {
  const { clock, log, metrics, clusterId, checkpoint, settings, pool, queue, signal, leadership } = parts;
  const removals = new StrayRemovals(
    {
      clock,
      metrics,
      clusterId,
      checkpoint,
      signal,
      callContext: (budget, lane, own) => callContextFor(leadership, budget, lane, own, signal),
    },
    queue,
    log,
  );
  const audit = new Audit({
    clock,
    log,
    metrics,
    settings,
    pool,
    signal,
    removals,
    ages: new StrayAges(clock, log, {
      read: () => leadership.annotation(strayAnnotation),
      write: (value) => leadership.setAnnotation(strayAnnotation, value),
    }),
    scene: () => ({
      classes: parts.classes(),
      units: pool.units,
      service: parts.service,
      unreadable: parts.unreadable(),
      outdated: parts.outdated(),
      underWay: (key) => parts.isKnown(key) || (queue.isRunning(key) && !removals.has(key)),
    }),
    callContext: ({ budget }, own) => callContextFor(leadership, budget, 'background', own, signal),
  });
  return { audit, removals, wishes: new AuditWishes({ clock, log, leadership, audit, signal }) };
}
