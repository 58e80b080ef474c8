import type { ManualClock } from '../clock.ts';
import type { AuditSettings } from '../controller/audit.ts';
import { buildController } from '../controller/build-controller.ts';
import { Health } from '../health.ts';
import { silentLog } from '../log.ts';
import { MetricsRegistry } from '../metrics.ts';
import type { Feature } from '../model/capabilities.ts';
import { noCheckpoint } from '../model/checkpoint.ts';
import type { ClusterId } from '../model/ids.ts';
import type { JsonObject } from '../model/json.ts';
import type { LoadBalancerClass } from '../model/load-balancer-class.ts';
import type { AnyProviderDefinition } from '../provider.ts';
import type { KubeTransport } from '../kube/transport.ts';
import type { ClassSetup } from './case.ts';
import type { Cluster } from './cluster.ts';
import { ContractFaults } from './contract-faults.ts';
import { KubeFaults } from './kube-faults.ts';
import type { InOrder } from './in-order.ts';
import { Incarnation, type OnCrossing } from './incarnation.ts';
import { parsedClasses, parsedSettings, providerUnderTest } from './parsed-classes.ts';
import type { Trace } from './trace.ts';
import { watchedProvider } from './watched-provider.ts';

export interface InstallOptions {
  readonly name: string;
  readonly cluster: Cluster;
  readonly clusterId: ClusterId;
  readonly definition: AnyProviderDefinition;
  /** Raw, as in a configuration file. */
  readonly connection: JsonObject;
  readonly classes: readonly ClassSetup[];
  readonly driftCheckMs: number;
  readonly audit: AuditSettings;
  /** What the provider is made to declare that it lacks. */
  readonly withheld: readonly Feature[];
  readonly clock: ManualClock;
  readonly trace: Trace;
  readonly onCrossing: OnCrossing;
  readonly inOrder: InOrder | undefined;
}

interface Life {
  readonly incarnation: Incarnation;
  readonly stop: AbortController;
  readonly ended: Promise<unknown>;
  readonly reload: (classes: readonly LoadBalancerClass[], driftCheckMs: number) => void;
}

/** One installed controller: its configuration, and one life of it after the other. */
export class Install {
  readonly name: string;
  readonly cluster: Cluster;
  readonly clusterId: ClusterId;
  /** Between this controller and its provider. */
  readonly faults: ContractFaults;
  /** Between this controller and its API server. */
  readonly kubeFaults = new KubeFaults();
  metrics = new MetricsRegistry();
  health = new Health();
  readonly #options: InstallOptions;
  #classes: readonly ClassSetup[];
  #driftCheckMs: number;
  #connection: JsonObject;
  #life: Life | undefined;
  /** Every life there was: what the dead wait for would else be kept in memory as long as this process lives. */
  readonly #lives: Life[] = [];

  constructor(options: InstallOptions) {
    this.#options = options;
    this.name = options.name;
    this.cluster = options.cluster;
    this.clusterId = options.clusterId;
    this.faults = new ContractFaults(options.clock);
    this.#classes = options.classes;
    this.#driftCheckMs = options.driftCheckMs;
    this.#connection = options.connection;
  }

  get runs(): boolean {
    return this.#life?.incarnation.alive === true;
  }

  get classes(): readonly ClassSetup[] {
    return this.#classes;
  }

  /** Starts a controller; it comes to rest with the clock. */
  start(): void {
    if (this.runs) throw new Error(`install ${this.name} runs already`);
    const { name, cluster, clusterId, definition, withheld, clock, trace, onCrossing, inOrder } = this.#options;
    const incarnation = new Incarnation(name, onCrossing);
    const stop = new AbortController();
    this.metrics = new MetricsRegistry();
    this.health = new Health();
    const { controller, run } = buildController({
      config: {
        classes: parsedClasses(this.#options.definition, this.#classes),
        workers: 4,
        nodeDebounceMs: 1_000,
        driftCheckMs: this.#driftCheckMs,
        audit: this.#options.audit,
        leaderElection: { enabled: true, namespace: 'kube-system', name: `portolan-${name}` },
      },
      providers: [
        {
          name: providerUnderTest,
          definition: watchedProvider(definition, { incarnation, trace, faults: this.faults, withheld, clock, inOrder }),
          connection: parsedSettings(definition.connection, this.#connection, 'with-defaults'),
        },
      ],
      clusterId,
      transport: incarnation.transport(tracedTransport(this.kubeFaults.around(cluster.api.transport), name, clock, trace)),
      clock: incarnation.clock(clock),
      log: silentLog,
      metrics: this.metrics,
      health: this.health,
      checkpoint: noCheckpoint,
      random: () => 0.5,
      host: name,
    });
    const ended = run(stop.signal).catch((error: unknown) => error);
    const life: Life = { incarnation, stop, ended, reload: (classes, driftCheckMs) => controller.reload({ classes, driftCheckMs }) };
    this.#life = life;
    this.#lives.push(life);
    void ended.then(() => this.#end(life));
  }

  /** Asks the controller to end, as SIGTERM does; resolves when it has, while somebody moves the clock. */
  stop(): Promise<unknown> {
    const life = this.#life;
    if (life === undefined) return Promise.resolve();
    life.stop.abort(new Error('the story stops the controller'));
    return life.ended;
  }

  /** Ends the controller as `kill -9` does. Its provider's process must be ended apart. */
  die(): void {
    this.#life?.incarnation.die();
    this.#life = undefined;
  }

  /** Lets go of everything the controllers wait for. Only when nothing of the cloud can be reached any more. */
  close(): void {
    this.die();
    for (const { stop } of this.#lives) stop.abort(new Error('the story is over'));
  }

  /** Also of itself: a process that has lost its Lease ends. */
  #end(life: Life): void {
    life.incarnation.die();
    if (this.#life === life) this.#life = undefined;
  }

  /** The next start connects like this. */
  reconnect(connection: JsonObject): void {
    this.#connection = connection;
  }

  reload(classes: readonly ClassSetup[], driftCheckMs: number | undefined): void {
    this.#classes = classes;
    this.#driftCheckMs = driftCheckMs ?? this.#driftCheckMs;
    this.#life?.reload(parsedClasses(this.#options.definition, this.#classes), this.#driftCheckMs);
  }
}

/** Writes down every mutating request that the controller sends, with what came of it. */
function tracedTransport(inner: KubeTransport, install: string, clock: ManualClock, trace: Trace): KubeTransport {
  return {
    ...inner,
    async request(request) {
      if (request.method === 'GET') return inner.request(request);
      const { method, path, body } = request;
      const entry = trace.add({
        kind: 'api',
        install,
        at: clock.monotonic(),
        method,
        path,
        ...(body === undefined ? {} : { body }),
        status: 0,
      });
      const response = await inner.request(request);
      entry.status = response.status;
      return response;
    },
  };
}
