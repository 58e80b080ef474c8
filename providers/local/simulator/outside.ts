import type { Planted, Tampering } from '../../../src/conformance/simulation.ts';
import { LbError } from '../../../src/errors.ts';
import { canonicalJson, digestOf } from '../../../src/model/digest.ts';
import { listenerId, listenerParts, type CloudId, type LoadBalancerKey } from '../../../src/model/ids.ts';
import { ownerOfMarks, type Marks } from '../../../src/model/owner.ts';
import { freeAddresses, type Ranges } from '../address-range.ts';
import type { Endpoint } from '../api/network.ts';
import type { Operation } from '../operation.ts';
import { defaultSettings, recordedSettings } from '../settings.ts';
import type { LoadBalancerRecord, RecordedMember, State } from '../state.ts';
import { takenAddresses, type Changed } from '../state-change.ts';

/** A simulated cloud as somebody else sees it, who is not the provider. */
export interface Cloud {
  readonly ranges: Ranges;
  /** What the file says. */
  state(): Promise<State>;
  /** Carries out an operation nobody planned: in the process that has the file, else in the file. */
  change(operation: Operation): Promise<Changed>;
  dropListener(protocol: 'TCP' | 'UDP', at: Endpoint): boolean;
}

const nobody: { readonly digest: ReturnType<typeof digestOf>; readonly list: readonly RecordedMember[] } = {
  digest: digestOf([]),
  list: [],
};

/**
 * Somebody who is not the provider. The truth of `local` is its record, in the file and in the memory of the process that has
 * the file locked: a record is removed or changed in both at once, and its sockets follow. A listener that is removed is a
 * socket that is closed from outside; its record stands.
 */
export class Outside {
  readonly #cloud: Cloud;
  /** What was planted here is never tampered with: somebody watches that nobody touches it. */
  readonly #planted = new Set<CloudId>();

  constructor(cloud: Cloud) {
    this.#cloud = cloud;
  }

  async tamper(how: Tampering, key: LoadBalancerKey): Promise<void> {
    const { loadBalancers } = await this.#cloud.state();
    for (const record of loadBalancers) {
      if (ownerOfMarks(record.marks)?.key !== key || this.#planted.has(record.id)) continue;
      if (how === 'listener-removed') this.#dropListeners(record);
      else if (how === 'load-balancer-removed') await this.#cloud.change({ do: 'delete', on: record.id });
      else await this.#cloud.change({ do: 'set-members', on: record.id, members: nobody });
    }
  }

  /** A record with these marks on the first free public address, which the next load balancer would get. */
  async plant(marks: Marks): Promise<Planted> {
    const choices = freeAddresses(this.#cloud.ranges.public, 'IPv4', takenAddresses(await this.#cloud.state()), 1);
    const { state, id } = await this.#cloud.change({
      do: 'create',
      marks,
      scheme: 'public',
      choices: [choices],
      listeners: [{ id: listenerId('TCP', 80), nodePort: 30_000, healthCheck: { kind: 'cluster' } }],
      members: nobody,
      sourceRanges: [],
      affinity: { kind: 'none' },
      settings: recordedSettings(defaultSettings),
    });
    const planted = recordOf(state, id);
    if (id === undefined || planted === undefined) throw new LbError('InternalError', 'nothing was planted');
    this.#planted.add(id);
    const found = async () => recordOf(await this.#cloud.state(), id);
    return {
      id,
      untouched: async () => canonicalJson((await found()) ?? null) === canonicalJson(planted),
      exists: async () => (await found()) !== undefined,
    };
  }

  #dropListeners({ addresses, listeners }: LoadBalancerRecord): void {
    for (const address of addresses) {
      for (const { protocol, port } of listeners.map(({ id }) => listenerParts(id)))
        if (protocol !== 'SCTP') this.#cloud.dropListener(protocol, { address, port });
    }
  }
}

const recordOf = (state: State, id: CloudId | undefined) => state.loadBalancers.find((record) => record.id === id);
