import { settle, type Clock } from '../../../src/clock.ts';
import type { DataPath, Planted, ProviderSimulation, Tampering } from '../../../src/conformance/simulation.ts';
import { noCheckpoint } from '../../../src/model/checkpoint.ts';
import type { CloudId, LoadBalancerKey } from '../../../src/model/ids.ts';
import { marksOf, type Owner } from '../../../src/model/owner.ts';
import type { IpAddress } from '../../../src/net/ip.ts';
import type { ProviderDefinition } from '../../../src/provider.ts';
import { parseRanges } from '../address-range.ts';
import type { StateFile } from '../api/state-file.ts';
import { provider } from '../index.ts';
import { Ledger } from '../ledger.ts';
import { LocalProvider } from '../local-provider.ts';
import type { Operation } from '../operation.ts';
import type { Connection, Settings } from '../settings.ts';
import { emptyState, type State } from '../state.ts';
import type { Changed } from '../state-change.ts';
import { parseState } from '../state-text.ts';
import { requested } from './client.ts';
import { MemoryNetwork } from './memory-network.ts';
import { memoryDisk, MemoryStateFile } from './memory-state-file.ts';
import { NodePorts } from './node-ports.ts';
import { Outside } from './outside.ts';
import { SimulatedProcess } from './simulated-process.ts';

/** From where the simulated machine talks to its nodes. */
const ownAddress = '127.0.0.1' as IpAddress; // canonical
/** Where clients are that say nothing of it. */
const somewhere = '192.0.2.10' as IpAddress; // canonical

type Wrap = <T extends object>(api: T, name: string) => T;

/**
 * The provider on a machine in memory. Network and disk are the machine's and outlive its processes; each instance the
 * definition makes is a process of its own. Time passes only for what has to time out.
 */
export class LocalSimulator implements ProviderSimulation {
  readonly network: MemoryNetwork;
  readonly disk = memoryDisk();
  readonly definition: ProviderDefinition<Connection, Settings>;
  readonly connection = {
    ranges: { public: ['127.80.0.128/25', 'fd00:80::/120'], internal: ['127.81.0.128/25', 'fd00:81::/120'] },
    stateFile: 'portolan-local.json',
  };
  readonly smallerPool = {
    ...this.connection,
    ranges: { ...this.connection.ranges, public: ['127.80.0.130/31', '127.80.0.192/26', 'fd00:80::/120'] },
  };
  readonly apiCalls = { 'state-file.read': 'read', 'state-file.write': 'write' } as const;
  readonly dataPath: DataPath;
  readonly tamper: Readonly<Record<Tampering, (key: LoadBalancerKey) => Promise<void>>>;
  readonly #outside: Outside;
  readonly #instances: { readonly process: SimulatedProcess; readonly instance: LocalProvider }[] = [];

  constructor(clock: Clock, wrap: Wrap = (api) => api) {
    this.network = new MemoryNetwork(clock);
    this.definition = { ...provider, create: (connection, host) => this.#create(connection, host, wrap) };
    this.dataPath = this.#makeDataPath();
    this.#outside = new Outside({
      ranges: parseRanges({ ...this.connection, probeInterval: 0 }),
      state: () => Promise.resolve(this.#state()),
      change: (operation) => this.#change(operation),
      dropListener: (protocol, at) => this.network.dropListener(protocol, at),
    });
    const by = (how: Tampering) => (key: LoadBalancerKey) => this.#outside.tamper(how, key);
    this.tamper = {
      'load-balancer-removed': by('load-balancer-removed'),
      'listener-removed': by('listener-removed'),
      'members-changed': by('members-changed'),
    };
  }

  /** `kill -9` of every process there is. */
  crash(): void {
    for (const { process } of this.#instances) process.kill();
  }

  standing(): readonly CloudId[] {
    return this.#state().loadBalancers.map(({ id }) => id);
  }

  plantForeign(what: 'other-cluster' | 'in-the-way', owner: Owner): Promise<Planted> {
    return this.#outside.plant(what === 'other-cluster' ? marksOf(owner) : {});
  }

  plantStray(owner: Owner): Promise<Planted> {
    return this.#outside.plant(marksOf(owner));
  }

  #create(connection: Connection, host: Parameters<typeof provider.create>[1], wrap: Wrap): ReturnType<typeof provider.create> {
    const process = new SimulatedProcess(1000 + this.#instances.length);
    const stateFile = wrap<StateFile>(new MemoryStateFile(connection.stateFile, this.disk, process, host.checkpoint), 'state-file');
    const network = wrap(this.network.at(ownAddress, process), 'network');
    const instance = new LocalProvider(connection, { ...host, clock: process.clock(host.clock) }, { network, stateFile });
    this.#instances.push({ process, instance });
    return instance;
  }

  #makeDataPath(): DataPath {
    const nodes = new NodePorts({
      at: (address) => this.network.at(address),
      serveHttp: (at, status) => {
        const end = this.network.serveHttp(at, status);
        return Promise.resolve(() => Promise.resolve(end()));
      },
    });
    return {
      setNodes: (list) => {
        nodes.set(list);
        return nodes.ready();
      },
      request: async (from, address, port, protocol) => {
        await nodes.ready();
        return requested(this.network.at(from ?? somewhere), { address, port }, protocol, patience);
      },
    };
  }

  #state(): State {
    const { stateFile } = this.connection;
    const text = this.disk.files.get(stateFile);
    return text === undefined ? emptyState : parseState(text, stateFile);
  }

  /** By the process that has the file; where there is none, by one that comes and goes. */
  async #change(operation: Operation): Promise<Changed> {
    const holder = this.disk.locks.get(this.connection.stateFile);
    const running = this.#instances.find(({ process }) => process === holder && process.alive);
    if (running !== undefined) return running.instance.changeFromOutside(operation);
    const ledger = new Ledger(new MemoryStateFile(this.connection.stateFile, this.disk, new SimulatedProcess(1), noCheckpoint));
    await ledger.open();
    try {
      return await ledger.commit(operation);
    } finally {
      await ledger.close();
    }
  }
}

/** Nothing on this network takes time that answers at all: who has heard nothing by then hears nothing. */
async function patience(): Promise<undefined> {
  for (let turn = 0; turn < 8; turn++) await settle();
  return undefined;
}
