import { sleep, type Clock } from '../clock.ts';
import { asLbError, LbError } from '../errors.ts';
import type { Health } from '../health.ts';
import { MemberSets } from '../intent/nodes.ts';
import type { Leadership, OnStartedLeading } from '../kube/leadership.ts';
import type { Store } from '../kube/store.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { ReachCheckpoint } from '../model/checkpoint.ts';
import type { OwnedThing } from '../model/capabilities.ts';
import type { ClusterId, LoadBalancerKey, ProviderName } from '../model/ids.ts';
import { addressOfIngress } from '../model/ingress.ts';
import type { LoadBalancerClass } from '../model/load-balancer-class.ts';
import type { NodeView, ServiceView } from '../model/service-view.ts';
import type { Documents } from '../provider.ts';
import { classRolls } from './class-roll.ts';
import { callContextFor, fence } from './fence.ts';
import { carryEpochMark, leaseEpochMark } from './epoch-mark.ts';
import { LaneQueue, type Lane } from './lane-queue.ts';
import type { Announcer } from './announcer.ts';
import type { AuditSettings } from './audit.ts';
import { auditFor } from './audit-parts.ts';
import { NodeEpochs } from './node-epochs.ts';
import { beginsEpoch, relabels } from './node-trigger.ts';
import { ProviderPool, type LoadedProvider } from './provider-pool.ts';
import { ServiceLoop } from './service-loop.ts';
import { StatusWriter, type ServiceStatusApi } from './status-writer.ts';
import { TokenBucket } from './token-bucket.ts';

/** What of the configuration may change while the controller runs. */
export interface LiveSettings {
  readonly classes: readonly LoadBalancerClass[];
  /** 0 = off. */
  readonly driftCheckMs: number;
}

export interface ControllerOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly health: Health;
  readonly checkpoint: ReachCheckpoint;
  readonly clusterId: ClusterId;
  readonly settings: LiveSettings;
  readonly workers: number;
  readonly nodeDebounceMs: number;
  readonly audit: AuditSettings;
  readonly providers: readonly LoadedProvider[];
  readonly services: Store<ServiceView>;
  /** Why `services` may lag behind the API server; undefined while it is followed. */
  readonly servicesOutdated: () => string | undefined;
  readonly nodes: Store<NodeView>;
  /** Keep the stores equal to the API server until the signal aborts; never reject. */
  readonly reflect: (signal: AbortSignal) => Promise<void>;
  readonly leadership: (onStartedLeading: OnStartedLeading) => Leadership;
  readonly statusApi: (signal: AbortSignal) => ServiceStatusApi;
  readonly announcer: Announcer;
  /** Whether conditions are worth a patch of their own. */
  readonly conditionPatches: boolean;
  readonly documents: Documents;
}

/** The name of its checks of leadership. */
export const electionCheck = 'leader election';
const unreadableRetryMs = 5_000;
/** Call budget of one credential: more than any of our providers needs, less than a loop gone wild would take. */
const callBudget = { perSecond: 100, burst: 200 };

/** Service and Node watches, leadership, queue and providers, put together: everything one process does for its classes. */
export class Controller {
  readonly #options: ControllerOptions;
  readonly #leadership: Leadership;
  #settings: LiveSettings;
  #loop: ServiceLoop | undefined;

  constructor(options: ControllerOptions) {
    this.#options = options;
    this.#settings = options.settings;
    this.#leadership = options.leadership((signal) => this.#lead(signal));
    const { health } = options;
    health.add('live', electionCheck, () => this.#leadership.stuck());
    health.add('ready', electionCheck, () => this.#leadership.problem());
  }

  /** Runs until the signal aborts or leadership is lost. @throws what ends it otherwise. */
  async run(signal: AbortSignal): Promise<'stopped' | 'lost'> {
    const reflecting = new AbortController();
    const reflected = this.#options.reflect(AbortSignal.any([signal, reflecting.signal]));
    try {
      return await this.#leadership.run(signal);
    } finally {
      reflecting.abort(new Error('the controller stops'));
      await reflected;
    }
  }

  /** Takes over a configuration that was read again; every Service is looked at in its light. */
  reload(settings: LiveSettings): void {
    this.#settings = settings;
    this.#loop?.reconsider(this.#options.services.list());
  }

  async #lead(signal: AbortSignal): Promise<void> {
    const { clock, log, metrics, services, nodes, health } = this.#options;
    await synced([services, nodes], signal);
    await this.#nodesReadable(signal);
    // Where it fails, members are looked at: that costs reads and is right.
    await carryEpochMark(this.#leadership).catch((thrown: unknown) => log.warn({ error: asLbError(thrown) }, 'node epoch is not known'));
    if (signal.aborted) return;
    log.info({ services: services.size, nodes: nodes.size }, 'every store is complete, work begins');
    metrics.set('portolan_leader', 1);
    const queue = new LaneQueue<LoadBalancerKey>({ clock, metrics, name: 'service' });
    const pool = this.#pool(signal, (name, found) => audit.providerStarted(name, found));
    const epochs = this.#epochs(queue);
    const loop = this.#buildLoop(queue, pool, epochs, signal);
    this.#loop = loop;
    const { audit, removals, wishes } = this.#audit(queue, pool, loop, signal);
    const off = [
      health.add('ready', 'providers', () => pool.problem()),
      services.onChange((change) => loop.changed(change)),
      nodes.onChange((change) => {
        if (beginsEpoch(change)) epochs.nodesChanged();
        else if (relabels(change)) epochs.labelsChanged();
      }),
    ];
    loop.start(services.list());
    epochs.start();
    const starting = pool.start('control', signal).then(() => wishes.start());
    audit.start();
    const handle = async (key: LoadBalancerKey, lane: Lane) => {
      // One key is never worked on twice at a time, also where a stray of one provider has a Service at another.
      if (removals.has(key)) await removals.handle(key);
      await loop.handle(key, lane);
    };
    await queue.run(this.#options.workers, handle, signal);
    for (const undo of off) undo();
    this.#loop = undefined;
    await starting;
    await wishes.close();
    await audit.close();
    await epochs.close();
    await pool.close();
    metrics.set('portolan_leader', 0);
    log.info({}, 'led no more');
  }

  /** Nodes exist and none of them can be read: an empty member list would be a failed read, not a fact. */
  #noNodeReadable(): boolean {
    const { nodes } = this.#options;
    return nodes.size === 0 && nodes.unreadable.size > 0;
  }

  async #nodesReadable(signal: AbortSignal): Promise<void> {
    const { clock, log, health } = this.#options;
    const off = health.add('ready', 'nodes', () => (this.#noNodeReadable() ? 'no Node can be read' : undefined));
    while (this.#noNodeReadable() && !signal.aborted) {
      log.error({ unreadable: this.#options.nodes.unreadable.size }, 'no Node can be read, so no member list is written');
      await sleep(clock, unreadableRetryMs, signal).catch(() => {}); // an abort ends the loop by itself
    }
    off();
  }

  #epochs(queue: LaneQueue<LoadBalancerKey>): NodeEpochs {
    const { clock, log, metrics, checkpoint, nodes, nodeDebounceMs } = this.#options;
    const memberSets = new MemberSets();
    return new NodeEpochs({
      clock,
      log,
      metrics,
      checkpoint,
      debounceMs: nodeDebounceMs,
      mark: leaseEpochMark(this.#leadership),
      nodeSet: () => {
        if (this.#noNodeReadable()) throw new LbError('InvalidObject', 'no Node can be read, so members stay as they are');
        return memberSets.of(nodes.list());
      },
      servedKeys: () => this.#loop?.servedKeys() ?? [],
      selectorOf: (key) => this.#loop?.selectorOf(key) ?? [],
      enqueue: (keys) => {
        for (const key of keys) queue.add(key, 'background');
      },
    });
  }

  #pool(signal: AbortSignal, found: (name: ProviderName, things: readonly OwnedThing[]) => void): ProviderPool {
    const { clock, log, metrics, clusterId, documents, checkpoint, providers } = this.#options;
    return new ProviderPool(providers, {
      clock,
      log,
      host: ({ name }) => ({
        clock,
        log: log.with({ provider: name }),
        metrics,
        clusterId,
        name,
        budget: new TokenBucket(clock, callBudget),
        documents,
        checkpoint,
      }),
      callContext: (budget, callLog, callSignal) => callContextFor(this.#leadership, budget, 'background', callLog, callSignal),
      started: (name, things) => {
        metrics.set('portolan_provider_up', 1, { provider: name });
        if (signal.aborted) return;
        this.#loop?.providerStarted(name);
        found(name, things);
      },
      failed: (name) => this.#loop?.lookAgain(name, 'all'),
      changed: (name, what) => this.#loop?.lookAgain(name, what),
    });
  }

  #audit(queue: LaneQueue<LoadBalancerKey>, pool: ProviderPool, loop: ServiceLoop, signal: AbortSignal) {
    const { clock, log, metrics, clusterId, checkpoint, services, servicesOutdated, audit } = this.#options;
    return auditFor({
      clock,
      log,
      metrics,
      clusterId,
      checkpoint,
      settings: audit,
      pool,
      queue,
      signal,
      leadership: this.#leadership,
      classes: () => this.#settings.classes,
      service: (uid) => services.byUid(uid),
      unreadable: () => new Set(services.unreadable.values()),
      outdated: servicesOutdated,
      isKnown: (key) => loop.knows(key),
    });
  }

  #buildLoop(queue: LaneQueue<LoadBalancerKey>, pool: ProviderPool, epochs: NodeEpochs, signal: AbortSignal): ServiceLoop {
    const { clock, log, metrics, clusterId, announcer, checkpoint, services } = this.#options;
    const writer = new StatusWriter({
      api: this.#options.statusApi(signal),
      clock,
      checkpoint,
      fence: () => fence(this.#leadership),
      conditionPatches: this.#options.conditionPatches,
    });
    return new ServiceLoop(
      {
        clock,
        metrics,
        clusterId,
        classes: () => this.#settings.classes,
        pool,
        epochs,
        rollOf: classRolls(),
        writer,
        announcer,
        checkpoint,
        signal,
        namesAddress: (address) => services.list().some(({ ingress }) => ingress.some((entry) => addressOfIngress(entry) === address)),
        callContext: (budget, lane, callLog) => callContextFor(this.#leadership, budget, lane, callLog, signal),
        startedAt: clock.monotonic(),
        driftCheckMs: () => this.#settings.driftCheckMs,
        wake: (key) => queue.add(key, 'background'),
      },
      queue,
      log,
    );
  }
}

/** Nothing is decided, and nothing ever deleted, before every store has had one complete list. */
async function synced(stores: readonly Pick<Store<unknown>, 'onSynced'>[], signal: AbortSignal): Promise<void> {
  await Promise.all(
    stores.map(
      (store) =>
        new Promise<void>((resolve) => {
          store.onSynced(resolve);
          signal.addEventListener('abort', () => resolve(), { once: true });
        }),
    ),
  );
}
