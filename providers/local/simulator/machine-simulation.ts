/** The provider on this machine: real sockets on loopback, a real file in a folder of its own. Only `kill -9` is played. */
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { settle, sleep, systemClock } from '../../../src/clock.ts';
import type { DataPath, Planted, ProviderSimulation, Tampering } from '../../../src/conformance/simulation.ts';
import { noCheckpoint } from '../../../src/model/checkpoint.ts';
import type { LoadBalancerKey } from '../../../src/model/ids.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { marksOf, type Owner } from '../../../src/model/owner.ts';
import type { ProviderDefinition } from '../../../src/provider.ts';
import { parseRanges } from '../address-range.ts';
import { DiskStateFile } from '../api/disk-state-file.ts';
import { MachineNetwork } from '../api/machine-network.ts';
import type { Endpoint } from '../api/network.ts';
import type { StateFile } from '../api/state-file.ts';
import { provider } from '../index.ts';
import { Ledger } from '../ledger.ts';
import { LocalProvider } from '../local-provider.ts';
import type { Operation } from '../operation.ts';
import type { Connection, Settings } from '../settings.ts';
import { emptyState, type State } from '../state.ts';
import type { Changed } from '../state-change.ts';
import { parseState } from '../state-text.ts';
import { requested, type ClientNetwork } from './client.ts';
import { mortalNetwork, UnderWay } from './mortal-network.ts';
import { NodePorts } from './node-ports.ts';
import { Outside } from './outside.ts';
import { SimulatedProcess } from './simulated-process.ts';
import { disguised, StandIns } from './stand-ins.ts';

/** After which time a client that has heard nothing gives up. */
const patienceMs = 1000;

interface Instance {
  readonly process: SimulatedProcess;
  readonly provider: LocalProvider;
  readonly network: MachineNetwork;
  /** Whether it has locked the state file. */
  readonly hasFile: () => boolean;
}

/**
 * What the provider waits for it waits for by the clock it is given, so that a test may move that by hand; what its sockets
 * wait for takes real time, and `quiet` waits for it. Nodes and clients have loopback addresses that stand in for their own.
 * `127.96.<number>` and what follows is this one's: two of them on one machine do not meet.
 */
export class MachineSimulation implements ProviderSimulation {
  readonly definition: ProviderDefinition<Connection, Settings>;
  readonly connection: { readonly ranges: { readonly public: string[]; readonly internal: string[] }; readonly stateFile: string };
  readonly smallerPool: JsonObject;
  readonly dataPath: DataPath;
  readonly tamper: Readonly<Record<Tampering, (key: LoadBalancerKey) => Promise<void>>>;
  readonly #folder: string;
  readonly #standIns: StandIns;
  readonly #nodes: NodePorts;
  readonly #outside: Outside;
  readonly #underWay = new UnderWay();
  readonly #instances: Instance[] = [];

  /** In a folder that is its own. */
  static async begin(): Promise<MachineSimulation> {
    return new MachineSimulation(await mkdtemp(join(tmpdir(), 'portolan-local-')), randomInt(256));
  }

  private constructor(folder: string, number: number) {
    this.#folder = folder;
    const ranges = { public: [`127.96.${number}.128/25`], internal: [`127.97.${number}.128/25`] };
    this.connection = { ranges, stateFile: join(folder, 'portolan-local.json') };
    const smaller = [`127.96.${number}.130/31`, `127.96.${number}.192/26`];
    this.smallerPool = { ...this.connection, ranges: { ...ranges, public: smaller } };
    this.definition = { ...provider, create: (connection, host) => this.#create(connection, host) };
    this.#standIns = new StandIns(number);
    this.#nodes = this.#makeNodes();
    this.dataPath = this.#makeDataPath();
    this.#outside = new Outside({
      ranges: parseRanges({ ...this.connection, probeInterval: 0 }),
      state: () => this.#state(),
      change: (operation) => this.#change(operation),
      dropListener: (protocol, at) => this.#instances.some(({ network }) => network.dropListener(protocol, at)),
    });
    const by = (how: Tampering) => (key: LoadBalancerKey) => this.#outside.tamper(how, key);
    this.tamper = {
      'load-balancer-removed': by('load-balancer-removed'),
      'listener-removed': by('listener-removed'),
      'members-changed': by('members-changed'),
    };
  }

  crash(): void {
    for (const { process } of this.#instances) process.kill();
    // It would be taken over from a process that is dead; this one lives on.
    rmSync(`${this.connection.stateFile}.lock`, { force: true });
  }

  async quiet(): Promise<void> {
    do {
      await this.#underWay.none();
      await settle();
    } while (this.#underWay.any);
  }

  async close(): Promise<void> {
    this.crash();
    await this.quiet();
    await this.#nodes.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  plantForeign(what: 'other-cluster' | 'in-the-way', owner: Owner): Promise<Planted> {
    return this.#outside.plant(what === 'other-cluster' ? marksOf(owner) : {});
  }

  plantStray(owner: Owner): Promise<Planted> {
    return this.#outside.plant(marksOf(owner));
  }

  #create(connection: Connection, host: Parameters<typeof provider.create>[1]): ReturnType<typeof provider.create> {
    const process = new SimulatedProcess(1000 + this.#instances.length);
    const network = new MachineNetwork(systemClock);
    // A dead process gets no further in the middle of a write.
    const file = new DiskStateFile(connection.stateFile, (name) => {
      host.checkpoint(name);
      if (!process.alive) throw new Error('killed');
    });
    let hasFile = false;
    const stateFile: StateFile = {
      path: file.path,
      read: () => this.#underWay.during(file.read()),
      write: (text, lastCheck) => this.#underWay.during(file.write(text, lastCheck)),
      lock: async () => {
        const lock = await this.#underWay.during(file.lock());
        hasFile = true;
        const release = () => {
          hasFile = false;
          return this.#underWay.during(lock.release());
        };
        return { release };
      },
    };
    const api = { network: mortalNetwork(disguised(network, this.#standIns), process, this.#underWay), stateFile };
    const instance = new LocalProvider(connection, { ...host, clock: process.clock(host.clock) }, api);
    this.#instances.push({ process, provider: instance, network, hasFile: () => hasFile });
    return instance;
  }

  #makeNodes(): NodePorts {
    const network = new MachineNetwork(systemClock);
    const here = ({ address, port }: Endpoint): Endpoint => ({ address: this.#standIns.of(address), port });
    return new NodePorts({
      at: () => ({
        listenTcp: (at, accept, closed) => network.listenTcp(here(at), accept, closed),
        bindUdp: (at, receive, closed) => network.bindUdp(here(at), receive, closed),
      }),
      serveHttp: (at, status) => serveHttp(here(at), status),
    });
  }

  #makeDataPath(): DataPath {
    return {
      setNodes: (nodes) => {
        this.#nodes.set(nodes);
        return this.#nodes.ready();
      },
      request: async (from, address, port, protocol) => {
        await this.#nodes.ready();
        const patience = () => sleep(systemClock, patienceMs).then(() => undefined);
        const source = from === undefined ? undefined : this.#standIns.of(from);
        return requested(loopbackClient(new MachineNetwork(systemClock, source)), { address, port }, protocol, patience);
      },
    };
  }

  async #state(): Promise<State> {
    const { stateFile } = this.connection;
    const text = await new DiskStateFile(stateFile, noCheckpoint).read();
    return text === undefined ? emptyState : parseState(text, stateFile);
  }

  /** By the process that has the file; where there is none, by one that comes and goes. */
  async #change(operation: Operation): Promise<Changed> {
    const running = this.#instances.find(({ process, hasFile }) => process.alive && hasFile());
    if (running !== undefined) return running.provider.changeFromOutside(operation);
    const ledger = new Ledger(new DiskStateFile(this.connection.stateFile, noCheckpoint));
    await ledger.open();
    try {
      return await ledger.commit(operation);
    } finally {
      await ledger.close();
    }
  }
}

/** No host is silent on loopback: a connection that did not come about was cut before the system told of it. */
const loopbackClient = (network: MachineNetwork): ClientNetwork => ({
  openFlow: (to, receive, lost) => network.openFlow(to, receive, lost),
  connectTcp: async (to, timeoutMs) => {
    const connection = await network.connectTcp(to, timeoutMs);
    return connection === 'unreachable' ? 'refused' : connection;
  },
});

async function serveHttp({ address, port }: Endpoint, status: () => number): Promise<() => Promise<void>> {
  const server = createServer((_request, response) => response.writeHead(status()).end());
  server.listen({ host: address, port, exclusive: true });
  await once(server, 'listening');
  return async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
}
