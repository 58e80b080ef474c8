import { settle, type ManualClock } from '../../src/clock.ts';
import { buildController, type Conduct } from '../../src/controller/build-controller.ts';
import type { Config } from '../../src/config/config.ts';
import { Health } from '../../src/health.ts';
import type { KubeTransport } from '../../src/kube/transport.ts';
import { projectService } from '../../src/kube/projection.ts';
import { silentLog, type Log } from '../../src/log.ts';
import { MetricsRegistry } from '../../src/metrics.ts';
import { noCheckpoint, type ReachCheckpoint } from '../../src/model/checkpoint.ts';
import { classId, clusterId, providerName } from '../../src/model/ids.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { defaultGuard, finalizerOf, type LoadBalancerClass } from '../../src/model/load-balancer-class.ts';
import type { ServiceView } from '../../src/model/service-view.ts';
import type { AnyProviderDefinition } from '../../src/provider.ts';
import type { ClusterApi } from '../../src/conformance/cluster-api.ts';
import { passTime } from '../../src/conformance/pass-time.ts';
import { ground } from './ground.ts';

export interface WorldOptions {
  /** Shared with a toy cloud that keeps time too. */
  readonly clock?: ManualClock;
  /** By provider name; the first one serves the default class. */
  readonly providers: Readonly<Record<string, AnyProviderDefinition>>;
  readonly classes?: readonly Partial<LoadBalancerClass>[];
  readonly checkpoint?: ReachCheckpoint;
  /** What stands between the controller and the API. */
  readonly transport?: (direct: KubeTransport) => KubeTransport;
  readonly election?: boolean;
  readonly log?: Log;
  readonly connections?: Readonly<Record<string, unknown>>;
  /** `cluster-1` where it is not said. */
  readonly clusterId?: string;
  /** A second world at the same time has a cluster of its own. */
  readonly cluster?: 'two';
  /** Class mode's where it is not said. */
  readonly conduct?: Conduct;
}

const merge = { 'content-type': 'application/merge-patch+json' };
const apply = { 'content-type': 'application/json' };

/** A cluster, time by hand, and any number of controllers in a row. */
export class World {
  readonly clock: ManualClock;
  readonly api: ClusterApi;
  readonly health = new Health();
  metrics = new MetricsRegistry();
  config: Config;
  readonly #options: WorldOptions;
  #nodes = 0;
  #running:
    | { stop: AbortController; ended: Promise<'stopped' | 'lost'>; reload: (settings: Pick<Config, 'classes' | 'driftCheckMs'>) => void }
    | undefined;

  constructor(options: WorldOptions) {
    this.#options = options;
    this.clock = options.clock ?? ground.clock();
    this.api = ground.open(options.cluster ?? 'one', this.clock, 7);
    const [first = ''] = Object.keys(options.providers);
    const classes = (options.classes ?? [{}]).map(
      (given): LoadBalancerClass => ({
        id: classId('toy'),
        name: 'portolan.dev/toy',
        finalizer: finalizerOf(given.id ?? classId('toy')),
        default: true,
        provider: providerName(first),
        mode: 'apply',
        settings: {},
        guard: defaultGuard,
        handoverMs: 60_000,
        ...given,
      }),
    );
    this.config = {
      clusterId: clusterId(options.clusterId ?? 'cluster-1'),
      providers: Object.keys(options.providers).map((name) => ({ name: providerName(name), kind: 'memory', connection: {} })),
      classes,
      workers: 4,
      nodeDebounceMs: 1_000,
      driftCheckMs: 600_000,
      audit: { intervalMs: 3_600_000, graceMs: 1_800_000, deleteStrays: false },
      leaderElection: { enabled: options.election ?? true, namespace: 'kube-system', name: 'portolan' },
      serving: { address: '127.0.0.1', port: 0 },
      log: { level: 'silent' },
    };
  }

  /** Starts a controller and lets it come to rest. */
  async start(): Promise<void> {
    const stop = new AbortController();
    this.metrics = new MetricsRegistry();
    const { controller, run } = buildController({
      config: { ...this.config, ...(this.#options.conduct === undefined ? {} : { conduct: this.#options.conduct }) },
      providers: Object.entries(this.#options.providers).map(([name, definition]) => ({
        name: providerName(name),
        definition,
        connection: this.#options.connections?.[name] ?? {},
      })),
      clusterId: clusterId(this.#options.clusterId ?? 'cluster-1'),
      transport: this.#options.transport?.(this.api.transport) ?? this.api.transport,
      clock: this.clock,
      log: this.#options.log ?? silentLog,
      metrics: this.metrics,
      health: this.health,
      checkpoint: this.#options.checkpoint ?? noCheckpoint,
      random: () => 0.5,
      host: 'test',
    });
    this.#running = { stop, ended: run(stop.signal), reload: (settings) => controller.reload(settings) };
    await this.rest(100);
  }

  /** Ends the controller as SIGTERM would. */
  async stop(): Promise<void> {
    const running = this.#running;
    if (running === undefined) return;
    this.#running = undefined;
    running.stop.abort(new Error('the test stops the controller'));
    const ended = running.ended.catch(() => 'lost' as const);
    for (let left = 50; left > 0 && !(await Promise.race([ended.then(() => true), this.#quiet().then(() => false)])); left--)
      await this.clock.advanceAsync(100);
    await ended;
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  reload(settings: Partial<Pick<Config, 'classes' | 'driftCheckMs'>>): void {
    this.config = { ...this.config, ...settings };
    this.#running?.reload(this.config);
  }

  /** Its classes as if they had always had another id: the next controller knows none of what they served. */
  renameClasses(id: string): void {
    const renamed = { id: classId(id), finalizer: finalizerOf(classId(id)) };
    this.config = { ...this.config, classes: this.config.classes.map((klass) => ({ ...klass, ...renamed })) };
  }

  /** Lets time pass and everything that waits for nothing else happen. */
  async rest(ms = 0): Promise<void> {
    await passTime(this.clock, ms, () => this.#quiet());
    for (let turn = 0; turn < 7; turn++) await settle();
  }

  async #quiet(): Promise<void> {
    await this.api.quiet?.();
    await settle();
  }

  async addNodes(...names: string[]): Promise<void> {
    for (const name of names) {
      const address = `10.0.0.${++this.#nodes}`;
      await this.call('POST', '/api/v1/nodes', {
        apiVersion: 'v1',
        kind: 'Node',
        metadata: { name },
        status: { addresses: [{ type: 'InternalIP', address }] },
      });
    }
  }

  deleteNode(name: string): Promise<JsonObject> {
    return this.call('DELETE', `/api/v1/nodes/${name}`);
  }

  /** A LoadBalancer Service with one TCP port, unless the spec says otherwise. */
  createService(name: string, spec: JsonObject = {}, annotations: Readonly<Record<string, string>> = {}): Promise<JsonObject> {
    const body = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, annotations },
      spec: { type: 'LoadBalancer', selector: { app: name }, ports: [{ port: 80, protocol: 'TCP' }], ...spec },
    };
    return this.call('POST', '/api/v1/namespaces/default/services', body);
  }

  patchService(name: string, patch: JsonObject, sub = ''): Promise<JsonObject> {
    return this.call('PATCH', `/api/v1/namespaces/default/services/${name}${sub}`, patch, merge);
  }

  annotate(name: string, annotations: Readonly<Record<string, string | null>>): Promise<JsonObject> {
    return this.patchService(name, { metadata: { annotations } });
  }

  deleteService(name: string): Promise<JsonObject> {
    return this.call('DELETE', `/api/v1/namespaces/default/services/${name}`);
  }

  /** The Service as it is now; undefined where it is gone. */
  service(name: string): ServiceView | undefined {
    const object = this.api.get('', 'v1', 'services', 'default', name);
    return object === undefined ? undefined : projectService(structuredClone(object));
  }

  /** `type → "status reason"` of our conditions. */
  conditions(name: string): Record<string, string> {
    const ours = this.service(name)?.conditions ?? [];
    return Object.fromEntries(ours.map(({ type, status, reason }) => [type.replace('portolan.dev/', ''), `${status} ${reason}`]));
  }

  message(name: string, type: string): string {
    return this.service(name)?.conditions.find((condition) => condition.type === type)?.message ?? '';
  }

  addresses(name: string): readonly string[] {
    return (this.service(name)?.ingress ?? []).map(({ ip, hostname }) => ip ?? hostname ?? '');
  }

  /** Reasons of the events of a Service, oldest first. */
  events(name: string): readonly string[] {
    const all = this.api.list('', 'v1', 'events').map((event) => event as { involvedObject?: { name?: string }; reason?: string }); // written by ourselves
    return all.filter(({ involvedObject }) => involvedObject?.name === name).map(({ reason = '' }) => reason);
  }

  /** Writes to the API server since the log was cleared, but for Leases and events. */
  writes(): readonly string[] {
    const plain = this.api.log.filter(({ mutating, path }) => mutating && !path.includes('/leases') && !path.includes('/events'));
    return plain.map(({ method, path }) => `${method} ${path.split('?')[0]}`);
  }

  async call(method: string, path: string, body?: JsonObject, headers: Readonly<Record<string, string>> = apply): Promise<JsonObject> {
    const answer = await this.api.request({
      method,
      path,
      headers: { ...headers, 'user-agent': 'test' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const parsed = JSON.parse(answer.body) as JsonObject; // API servers answer these requests with JSON
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(parsed['message'])}`);
    return parsed;
  }
}
