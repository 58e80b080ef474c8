import { sleep } from '../../../src/clock.ts';
import type { CloudId } from '../../../src/model/ids.ts';
import type { Live } from '../observe.ts';
import type { LoadBalancerRecord, RecordedMember } from '../state.ts';
import { ServedLoadBalancer, type DataPlaneEvents } from './served-load-balancer.ts';
import type { Surroundings } from './surroundings.ts';

/** How often a socket that could not be had is tried again: the port may be free, the address may be there, the right may be given. */
const retryMs = 5000;
/** How long connections may still finish when the process stops, and how often it is looked whether they have. */
const farewell = { totalMs: 1000, stepMs: 100 };

/** Everything that is served: follows the records, never decides. */
export class DataPlane {
  readonly #surroundings: Surroundings;
  readonly #events: DataPlaneEvents;
  readonly #served = new Map<CloudId, ServedLoadBalancer>();
  #cancelRetry: (() => void) | undefined;

  constructor(surroundings: Surroundings, events: DataPlaneEvents) {
    this.#surroundings = surroundings;
    this.#events = events;
  }

  /** Serves a record as it is now. Resolves when its sockets were tried; a socket that failed is in `live`. */
  async serve(record: LoadBalancerRecord, members: readonly RecordedMember[]): Promise<void> {
    const { id } = record;
    const served = this.#served.get(id) ?? this.#begin(record);
    await served.follow(record, members);
    if (served.hasFailed) this.#scheduleRetry();
  }

  /** Stops serving it: its connections are cut. */
  async stop(id: CloudId): Promise<void> {
    const served = this.#served.get(id);
    this.#served.delete(id);
    await served?.close();
  }

  live(id: CloudId): Live | undefined {
    return this.#served.get(id)?.live();
  }

  /** Stops listening, gives connections a moment, and cuts the rest. */
  async close(): Promise<void> {
    this.#cancelRetry?.();
    this.#cancelRetry = () => {};
    const all = [...this.#served.values()];
    await Promise.all(all.map((served) => served.stopListening()));
    for (let waitedMs = 0; waitedMs < farewell.totalMs && all.some(({ isUnfinished }) => isUnfinished); waitedMs += farewell.stepMs) {
      await sleep(this.#surroundings.clock, farewell.stepMs);
    }
    await Promise.all(all.map((served) => served.close()));
    this.#served.clear();
    this.#surroundings.checker.close();
  }

  #begin(record: LoadBalancerRecord): ServedLoadBalancer {
    const { stateChanged, healthChanged } = this.#events;
    const served = new ServedLoadBalancer(record, this.#surroundings, {
      stateChanged: (of) => {
        this.#scheduleRetry();
        stateChanged(of);
      },
      healthChanged,
    });
    this.#served.set(record.id, served);
    return served;
  }

  #scheduleRetry(): void {
    this.#cancelRetry ??= this.#surroundings.clock.after(retryMs, () => {
      this.#cancelRetry = undefined;
      void this.#retry();
    });
  }

  async #retry(): Promise<void> {
    const failed = [...this.#served.values()].filter(({ hasFailed }) => hasFailed);
    await Promise.all(failed.map((served) => served.retry()));
    if (failed.some(({ hasFailed }) => hasFailed)) this.#scheduleRetry();
  }
}
