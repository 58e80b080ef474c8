import type { LoadBalancerKey } from '../../src/model/ids.ts';
import { LbError } from '../../src/errors.ts';
import type { Capabilities, OwnedThing, Permission } from '../../src/model/capabilities.ts';
import { ownerOfMarks } from '../../src/model/owner.ts';
import type { Plan, Step } from '../../src/model/plan.ts';
import type { Report } from '../../src/model/report.ts';
import type { Want } from '../../src/model/spec.ts';
import type { CallContext, Provider, ProviderHost, StepOutcome } from '../../src/provider.ts';
import { parseRanges, type Ranges } from './address-range.ts';
import { applied, served } from './apply.ts';
import type { Network } from './api/network.ts';
import type { StateFile } from './api/state-file.ts';
import { capabilitiesOf } from './capabilities.ts';
import { ChangeFeed } from '../../src/plan/change-feed.ts';
import { DataPlane } from './data-plane/data-plane.ts';
import { HealthBoards } from './data-plane/health-board.ts';
import { HealthChecker } from './data-plane/health-checker.ts';
import { Ledger } from './ledger.ts';
import { observed, type Have, type Live } from './observe.ts';
import type { Operation } from './operation.ts';
import { planned } from './plan.ts';
import { warnOfMissing } from './range-probe.ts';
import { reported } from './report.ts';
import type { Connection, Settings } from './settings.ts';
import { membersOf, type LoadBalancerRecord } from './state.ts';
import type { Changed } from './state-change.ts';

/** Health of many nodes changes together; it is looked at once. */
const gatherHealthMs = 1000;

/** What the provider stands on: the machine, or the twin. */
export interface LocalApi {
  readonly network: Network;
  readonly stateFile: StateFile;
}

/** One state file and the sockets of its load balancers. Each method is one call into the file that does the work. */
export class LocalProvider implements Provider<Settings, Have, Operation> {
  readonly #host: ProviderHost;
  readonly #ranges: Ranges;
  readonly #network: Network;
  readonly #ledger: Ledger;
  readonly #dataPlane: DataPlane;
  readonly #feed: ChangeFeed<LoadBalancerKey | 'all-waiting'>;
  #mode: 'control' | 'read' = 'read';
  /** In `read` mode: when the file was read last. */
  #readAt = Number.NEGATIVE_INFINITY;

  /** @throws LbError InvalidConfig */
  constructor(connection: Connection, host: ProviderHost, { network, stateFile }: LocalApi) {
    const { clock, checkpoint, log } = host;
    this.#host = host;
    this.#ranges = parseRanges(connection);
    this.#network = network;
    this.#ledger = new Ledger(stateFile);
    this.#feed = new ChangeFeed(clock);
    const checker = new HealthChecker(network, clock, connection.probeInterval);
    this.#dataPlane = new DataPlane(
      { network, clock, checker, boards: new HealthBoards(checker), checkpoint, log },
      {
        stateChanged: (record) => this.#tell(record, (key) => this.#feed.tell(key)),
        healthChanged: (record) => this.#tell(record, (key) => this.#feed.tellSoon(key, gatherHealthMs)),
      },
    );
  }

  /** Opening the recorded sockets again is no step: after it, nothing is left to plan. */
  async start(mode: 'control' | 'read', _ctx: CallContext): Promise<void> {
    this.#mode = mode;
    if (mode === 'read') return this.#ledger.load();
    await this.#ledger.open();
    await warnOfMissing([...this.#ranges.public, ...this.#ranges.internal], this.#network, this.#host.log);
    const { state } = this.#ledger;
    const ours = state.loadBalancers.filter((record) => this.#isServed(record));
    await Promise.all(ours.map((record) => this.#dataPlane.serve(record, membersOf(state, record))));
  }

  capabilities(_settings: Settings): Capabilities {
    return capabilitiesOf(this.#ranges);
  }

  async observe(want: Want<Settings>, { maxAgeMs }: { readonly maxAgeMs: number }, _ctx: CallContext): Promise<Have> {
    if (this.#mode === 'read') await this.#refresh(maxAgeMs);
    return observed(want, this.#ledger.state, this.#ranges, ({ id }): Live | undefined => this.#dataPlane.live(id));
  }

  plan(want: Want<Settings>, have: Have): Plan<Operation> {
    return planned(want, have);
  }

  async apply(step: Step<Operation>, ctx: CallContext): Promise<StepOutcome> {
    const outcome = await this.#counted(step.op.do, () => applied(step, this.#ledger, this.#dataPlane, this.#host.clock, ctx));
    // Whoever waits for an address may have this one.
    if (step.op.do === 'delete') this.#feed.tell('all-waiting');
    return outcome;
  }

  /** An operation that no plan asked for and no mark allows. No part of the contract: somebody else at the same cloud, for a simulator. */
  async changeFromOutside(operation: Operation): Promise<Changed> {
    const changed = await this.#ledger.commit(operation);
    const record = changed.state.loadBalancers.find(({ id }) => id === changed.id);
    if (record === undefined || this.#isServed(record)) await served(operation, changed, this.#dataPlane);
    return changed;
  }

  async #counted<T>(operation: string, call: () => Promise<T>): Promise<T> {
    const { metrics, name } = this.#host;
    const count = (result: string) => metrics.count('portolan_cloud_calls_total', { provider: name, operation, result });
    try {
      const outcome = await call();
      count('ok');
      return outcome;
    } catch (thrown) {
      count(thrown instanceof LbError ? thrown.code : 'InternalError');
      throw thrown;
    }
  }

  report(want: Want<Settings>, have: Have): Report {
    return reported(want, have);
  }

  async *inventory(_ctx: CallContext): AsyncGenerator<OwnedThing> {
    if (this.#mode === 'read') await this.#refresh(0);
    for (const { id, marks, addresses, scheme } of this.#ledger.state.loadBalancers) {
      const owner = ownerOfMarks(marks);
      const thing = { kind: 'load-balancer', id, name: addresses.join(','), key: owner?.key ?? '', main: true, details: { scheme } };
      yield owner?.clusterId === this.#host.clusterId ? thing : { ...thing, foreign: { marks } };
    }
  }

  changes(signal: AbortSignal): AsyncIterable<LoadBalancerKey | 'all-waiting'> {
    return this.#feed.read(signal);
  }

  permissions(): readonly Permission[] {
    return [
      { action: 'write the state file and its folder', why: 'every load balancer is a record in it', mutates: true },
      { action: 'listen on the addresses of the ranges', why: 'clients connect to them', mutates: true },
      { action: 'listen on ports below 1024', why: 'Services that ask for one are not served without', mutates: true },
      { action: 'connect to the node ports and health ports of the nodes', why: 'traffic goes there', mutates: false },
    ];
  }

  /** The file stays as it is: the next start opens the same sockets. */
  async close(): Promise<void> {
    this.#feed.close();
    await this.#dataPlane.close();
    await this.#ledger.close();
  }

  /** Ours, and what was released, which has nobody else to serve it. Another cluster's is its own controller's to serve. */
  #isServed({ marks }: LoadBalancerRecord): boolean {
    return Object.keys(marks).length === 0 || ownerOfMarks(marks)?.clusterId === this.#host.clusterId;
  }

  async #refresh(maxAgeMs: number): Promise<void> {
    const now = this.#host.clock.monotonic();
    if (now - this.#readAt <= maxAgeMs && maxAgeMs > 0) return;
    await this.#ledger.load();
    this.#readAt = now;
  }

  /** Of what was released, or is another cluster's, there is nobody to tell. */
  #tell({ marks }: LoadBalancerRecord, tell: (key: LoadBalancerKey) => void): void {
    const owner = ownerOfMarks(marks);
    if (owner?.clusterId === this.#host.clusterId) tell(owner.key);
  }
}
