import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { LbError } from '../errors.ts';
import type { Health } from '../health.ts';
import { KubeClient } from '../kube/client.ts';
import { KubeDocuments } from '../kube/documents.ts';
import { EventRecorder } from '../kube/events.ts';
import { kubeMetrics } from '../kube/kube-metrics.ts';
import { LeaseElector } from '../kube/lease.ts';
import { NoElection, type Leadership, type OnStartedLeading } from '../kube/leadership.ts';
import { allNodes, allServices } from '../kube/paths.ts';
import { projectNode, projectService } from '../kube/projection.ts';
import { Reflector } from '../kube/reflector.ts';
import { Store } from '../kube/store.ts';
import type { KubeTransport } from '../kube/transport.ts';
import type { Log } from '../log.ts';
import type { MetricsRegistry } from '../metrics.ts';
import type { ReachCheckpoint } from '../model/checkpoint.ts';
import type { ClusterId } from '../model/ids.ts';
import type { LoadBalancerClass } from '../model/load-balancer-class.ts';
import type { NodeView, ServiceView } from '../model/service-view.ts';
import type { AuditSettings } from './audit.ts';
import { classAnnouncer } from './class-announcer.ts';
import { Controller } from './controller.ts';
import { upstreamAnnouncer } from './upstream-announcer.ts';
import { kubeStatusApi } from './kube-status.ts';
import { metricTable } from './metric-table.ts';
import type { LoadedProvider } from './provider-pool.ts';

/** What of the configuration the controller itself goes by; the rest is its surroundings'. */
export interface ControllerConfig {
  readonly classes: readonly LoadBalancerClass[];
  /** How many load balancers are worked on at the same time. */
  readonly workers: number;
  /** How long node events are gathered before members follow. */
  readonly nodeDebounceMs: number;
  /** How often a load balancer is compared with the cloud although nothing happened; 0 = never. */
  readonly driftCheckMs: number;
  readonly audit: AuditSettings;
  readonly leaderElection: {
    readonly enabled: boolean;
    readonly namespace: string;
    readonly name: string;
    /** Contract M4 where absent. */
    readonly timing?: { readonly leaseDurationMs: number; readonly renewDeadlineMs: number; readonly retryPeriodMs: number };
  };
  /** How it behaves towards what is watched by others; class mode's where absent. */
  readonly conduct?: Conduct;
}

/** What of a controller's behaviour other programs see and may rely on (design §7). */
export interface Conduct {
  /** `class`: what was done or failed, once. `upstream`: upstream's sequence, by its component (contract M10). */
  readonly events: 'class' | 'upstream';
  /** Whether conditions are worth a patch of their own. */
  readonly conditionPatches: boolean;
}

const classConduct: Conduct = { events: 'class', conditionPatches: true };

export interface ControllerParts {
  readonly config: ControllerConfig;
  readonly providers: readonly LoadedProvider[];
  readonly clusterId: ClusterId;
  readonly transport: KubeTransport;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: MetricsRegistry;
  readonly health: Health;
  readonly checkpoint: ReachCheckpoint;
  /** 0 ≤ n < 1. */
  readonly random: () => number;
  /** Told that this process begins to lead, and that what it did as leader has ended. */
  readonly leading?: (leads: boolean) => void;
  /** Name of the pod or machine, for people who read the Lease. */
  readonly host: string;
}

/** Clients, watches, stores, events, election and the controller over them; nothing runs before `run`. */
export function buildController(parts: ControllerParts): {
  readonly run: (signal: AbortSignal) => Promise<'stopped' | 'lost'>;
  readonly controller: Controller;
} {
  const { config, transport, clock, log, metrics, health, random } = parts;
  metrics.declare(metricTable);
  metrics.declare(kubeMetrics);
  const client = new KubeClient({ transport, clock });
  const services = new Store<ServiceView>(log);
  const nodes = new Store<NodeView>(log);
  const watch = { client, clock, log, metrics, random };
  const reflectedServices = new Reflector({ ...watch, path: allServices, resource: 'services', project: projectService, store: services });
  const reflectors = [
    reflectedServices,
    new Reflector({ ...watch, path: allNodes, resource: 'nodes', project: projectNode, store: nodes }),
  ];
  for (const [index, reflector] of reflectors.entries()) {
    health.add('ready', `watch ${index}`, () => reflector.problem());
    health.add('live', `watch ${index}`, () => reflector.stuck());
  }
  const conduct = config.conduct ?? classConduct;
  const asUpstream = conduct.events === 'upstream';
  const component = asUpstream ? { component: 'service-controller' } : {};
  let leadership: Leadership | undefined;
  const mayTell = () => {
    if (leadership?.isLost === true) throw new LbError('LeaseLost', 'who leads no more says nothing');
  };
  const events = new EventRecorder({ client, clock, log, metrics, random, ...component, lastCheck: mayTell });
  const controller = new Controller({
    clock,
    log,
    metrics,
    health,
    checkpoint: parts.checkpoint,
    clusterId: parts.clusterId,
    settings: { classes: config.classes, driftCheckMs: config.driftCheckMs },
    workers: config.workers,
    nodeDebounceMs: config.nodeDebounceMs,
    audit: config.audit,
    providers: parts.providers,
    services,
    servicesOutdated: () => reflectedServices.problem(),
    nodes,
    reflect: async (signal) => void (await Promise.all(reflectors.map((reflector) => reflector.run(signal)))),
    leadership: (work) => {
      const onStartedLeading = tellingOf(work, parts.leading);
      return (leadership = config.leaderElection.enabled
        ? new LeaseElector({
            client: new KubeClient({ transport, clock, lane: 'leader' }),
            clock,
            log,
            metrics,
            random,
            namespace: config.leaderElection.namespace,
            name: config.leaderElection.name,
            identity: `${parts.host}_${randomUUID()}`,
            ...config.leaderElection.timing,
            onStartedLeading,
          })
        : new NoElection(onStartedLeading));
    },
    statusApi: (signal) => kubeStatusApi(client, clock, signal),
    announcer: asUpstream ? upstreamAnnouncer(events) : classAnnouncer(events),
    conditionPatches: conduct.conditionPatches,
    documents: new KubeDocuments({ client, clock, log, metrics, random }),
  });
  return {
    controller,
    run: async (signal) => {
      const ended = await controller.run(signal);
      await events.close(2_000);
      return ended;
    },
  };
}

const tellingOf =
  (work: OnStartedLeading, tell: (leads: boolean) => void = () => {}): OnStartedLeading =>
  async (signal) => {
    tell(true);
    try {
      await work(signal);
    } finally {
      tell(false);
    }
  };
