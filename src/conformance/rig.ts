import { ManualClock, settle } from '../clock.ts';
import type { AuditSettings } from '../controller/audit.ts';
import type { Feature } from '../model/capabilities.ts';
import type { OwnedThing } from '../model/capabilities.ts';
import { clusterId, type ClusterId, type LoadBalancerKey } from '../model/ids.ts';
import type { JsonObject } from '../model/json.ts';
import { parseIp, type Family, type IpAddress } from '../net/ip.ts';
import type { ClassSetup, NodeSetup, Setup } from './case.ts';
import { embeddedApi, type Ground } from './cluster-api.ts';
import { Cluster } from './cluster.ts';
import { simulatedNodes, type Endpoints } from './data-path-nodes.ts';
import { InOrder } from './in-order.ts';
import type { OnCrossing } from './incarnation.ts';
import { Install } from './install.ts';
import { providerBeside } from './owned-things.ts';
import { passTime } from './pass-time.ts';
import { makeUnit } from './cluster-unit.ts';
import type { Planted, ProviderSimulation, Simulate } from './simulation.ts';
import { Trace } from './trace.ts';

export interface RigOptions {
  readonly simulate: Simulate;
  readonly seed: number;
  readonly setup?: Setup;
  /** Where the clusters are; in this process, on the embedded API, unless it is said. */
  readonly ground?: Ground;
  /** Told of every request and call of every controller. */
  readonly onCrossing?: OnCrossing;
  /** Stands around every narrow API of the provider. */
  readonly wrap?: <T extends object>(api: T, name: string) => T;
}

/** What there was at one moment, for checks that compare. */
export interface Snapshot {
  /** Position in the trace. */
  readonly trace: number;
  /** `cluster/namespace/name` → the Service object. */
  readonly services: ReadonlyMap<string, JsonObject>;
  /** How often each event had been said of a Service, by `eventKey`. */
  readonly events: ReadonlyMap<string, number>;
  /** The things that carry a key. */
  readonly things: ReadonlyMap<LoadBalancerKey, readonly SeenThing[]>;
}

export type SeenThing = Pick<OwnedThing, 'id' | 'main'>;

const defaultClasses: readonly ClassSetup[] = [{ id: 'kit', default: true }];
const defaultNodes: readonly NodeSetup[] = [{ name: 'n1' }, { name: 'n2' }];
const auditOff: AuditSettings = { intervalMs: 0, graceMs: 1_800_000, deleteStrays: false };
/** A clock that begins on the same day each time, and API servers that do the same for the same seed. */
const embedded: Ground = { clock: () => new ManualClock(), open: (_, clock, seed) => embeddedApi(clock, seed) };
/** The drift check comes with this period unless a case says otherwise. */
const defaultDriftCheckMs = 600_000;

/**
 * Everything a story happens in: one cloud, clusters, controllers and a clock that moves only when nothing but the clock is
 * waited for. Close it when done.
 */
export class Rig {
  readonly clock: ManualClock;
  readonly trace = new Trace();
  readonly simulation: ProviderSimulation;
  readonly clusters = new Map<'one' | 'two', Cluster>();
  readonly installs = new Map<string, Install>();
  readonly snapshots = new Map<string, Snapshot>();
  readonly planted: Planted[] = [];
  /** Things of this cluster that no Service has, by the name a story gave them. */
  readonly strays = new Map<string, Planted>();
  /** Endpoints per node of a Service, where a story says so; else one on each. */
  readonly endpoints: Endpoints = new Map();
  readonly seed: number;
  readonly #ground: Ground;
  readonly #onCrossing: OnCrossing;
  readonly #inOrder: InOrder | undefined;
  /** The clusters whose shared thing was made. */
  readonly #sharing = new Set<ClusterId>();
  #nodesShown = '';

  private constructor(clock: ManualClock, simulation: ProviderSimulation, { seed, ground = embedded, onCrossing = () => {} }: RigOptions) {
    this.clock = clock;
    this.simulation = simulation;
    this.seed = seed;
    this.#ground = ground;
    this.#onCrossing = onCrossing;
    this.#inOrder = simulation.quiet === undefined ? undefined : new InOrder();
  }

  /** A cluster with nodes and, unless the setup says otherwise, a running controller `a` at rest. */
  static async open(options: RigOptions): Promise<Rig> {
    const clock = (options.ground ?? embedded).clock();
    const rig = new Rig(clock, await options.simulate(clock, options.wrap), options);
    try {
      await rig.#setUp(options.setup ?? {});
      return rig;
    } catch (error) {
      await rig.close();
      throw error;
    }
  }

  async #setUp(setup: Setup): Promise<void> {
    const {
      nodes = defaultNodes,
      classes = defaultClasses,
      driftCheckMs = defaultDriftCheckMs,
      withheld = [],
      start = true,
      audit,
    } = setup;
    for (const node of nodes) await this.cluster().addNode(node);
    this.addInstall('a', { classes, driftCheckMs, withheld, ...(audit === undefined ? {} : { audit }) });
    if (start) await this.start();
  }

  /** The cluster of this name, made when first asked for. In this process both give the same UIDs in the same order. */
  cluster(name: 'one' | 'two' = 'one'): Cluster {
    const known = this.clusters.get(name);
    if (known !== undefined) return known;
    const api = this.#ground.open(name, this.clock, this.seed);
    const made = new Cluster(api, clusterId(`cluster-${name}`), {
      addresses: (index) => this.#nodeAddresses(index),
      providerId: (index) => this.simulation.nodeProviderId?.(index),
    });
    this.clusters.set(name, made);
    return made;
  }

  install(name = 'a'): Install {
    const found = this.installs.get(name);
    if (found === undefined) throw new Error(`there is no install ${name}`);
    return found;
  }

  /** Adds a controller that does not run yet. */
  addInstall(
    name: string,
    options: {
      readonly classes: readonly ClassSetup[];
      readonly cluster?: 'one' | 'two';
      readonly clusterId?: string;
      readonly connection?: JsonObject;
      readonly driftCheckMs?: number;
      readonly withheld?: readonly Feature[];
      readonly audit?: AuditSettings;
    },
  ): void {
    const cluster = this.cluster(options.cluster);
    const { definition, connection } = this.simulation;
    this.installs.set(
      name,
      new Install({
        name,
        cluster,
        clusterId: options.clusterId === undefined ? cluster.id : clusterId(options.clusterId),
        definition,
        connection: options.connection ?? connection,
        classes: options.classes,
        driftCheckMs: options.driftCheckMs ?? defaultDriftCheckMs,
        withheld: options.withheld ?? [],
        audit: options.audit ?? auditOff,
        clock: this.clock,
        trace: this.trace,
        onCrossing: this.#onCrossing,
        inOrder: this.#inOrder,
      }),
    );
  }

  /** Starts a controller and lets it come to rest; what its cluster shares is there before. */
  async start(name?: string): Promise<void> {
    await this.#makeShared(this.install(name));
    this.install(name).start();
    await this.rest(100);
  }

  async #makeShared({ cluster, clusterId: id }: Install): Promise<void> {
    if (!this.simulation.definition.clusterUnit || this.#sharing.has(id)) return;
    this.#sharing.add(id);
    const provider = providerBeside(this, id);
    try {
      await this.during(makeUnit(provider, cluster, id, this.clock));
    } finally {
      await this.during(provider.close());
    }
  }

  async stop(name?: string): Promise<void> {
    const install = this.install(name);
    // One that is killed meanwhile never tells that it has ended.
    void install.stop();
    for (let left = 100; left > 0 && install.runs; left--) await this.rest(100);
    if (install.runs) throw new Error('the controller does not end');
  }

  /** `kill -9` of every controller that uses the cloud, and of what runs for them. */
  crash(): void {
    for (const install of this.installs.values()) install.die();
    this.simulation.crash();
  }

  /** Lets time pass, and everything happen that waits for nothing else. */
  async rest(ms = 0): Promise<void> {
    await this.#showNodes();
    await passTime(this.clock, ms, () => this.#quiet());
  }

  /** The result of something that may need time; moves the clock only as far as that waits for it. */
  async during<T>(work: Promise<T>): Promise<T> {
    const done = { yet: false };
    const end = () => void (done.yet = true);
    work.then(end, end);
    await settle();
    while (!done.yet) {
      await this.simulation.quiet?.();
      await this.#apisQuiet();
      await settle();
      if (!done.yet) await this.clock.advanceAsync(this.clock.nextDueMs() ?? 0);
    }
    return work;
  }

  note(text: string): void {
    this.trace.add({ kind: 'act', at: this.clock.monotonic(), text });
  }

  /** Ends the controllers as `kill -9` does and lets go of the cloud. */
  async close(): Promise<void> {
    for (const install of this.installs.values()) install.die();
    this.simulation.crash();
    await this.simulation.close?.();
    for (const install of this.installs.values()) install.close();
    for (const { api } of this.clusters.values()) await api.close?.();
  }

  /** Nothing happens any more but with the clock. */
  async #quiet(): Promise<void> {
    do await this.#settled();
    while (this.#inOrder?.deliver() === true);
  }

  async #settled(): Promise<void> {
    for (let before = -1; before !== this.trace.entries.length; ) {
      before = this.trace.entries.length;
      await settle();
      if (this.simulation.quiet !== undefined) {
        await this.simulation.quiet();
        await settle();
      }
      await this.#apisQuiet();
      await settle();
    }
  }

  async #apisQuiet(): Promise<void> {
    for (const { api } of this.clusters.values()) await api.quiet?.();
  }

  /** What clients and health checks meet, as of now. */
  async #showNodes(): Promise<void> {
    const { dataPath } = this.simulation;
    if (dataPath === undefined) return;
    const nodes = simulatedNodes(this.cluster(), this.endpoints);
    const shown = JSON.stringify(nodes);
    if (shown === this.#nodesShown) return;
    this.#nodesShown = shown;
    await dataPath.setNodes(nodes);
  }

  #nodeAddresses(index: number): readonly JsonObject[] {
    const { dataPath } = this.simulation;
    const address = (family: Family): IpAddress => dataPath?.nodeAddress?.(index, family) ?? plainAddress(index, family);
    return [
      { type: 'InternalIP', address: address('IPv4') },
      { type: 'InternalIP', address: address('IPv6') },
    ];
  }
}

function plainAddress(index: number, family: Family): IpAddress {
  const text = family === 'IPv4' ? `10.0.${(index + 1) >> 8}.${(index + 1) & 255}` : `fd00:10::${(index + 1).toString(16)}`;
  const address = parseIp(text);
  if (address === undefined) throw new Error(`${text} is no address`);
  return address;
}
