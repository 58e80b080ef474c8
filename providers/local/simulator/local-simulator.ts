import type { Clock } from '../../../src/clock.ts';
import type { IpAddress } from '../../../src/net/ip.ts';
import type { ProviderDefinition } from '../../../src/provider.ts';
import { provider } from '../index.ts';
import { LocalProvider } from '../local-provider.ts';
import type { StateFile } from '../api/state-file.ts';
import type { Connection, Settings } from '../settings.ts';
import { MemoryNetwork } from './memory-network.ts';
import { memoryDisk, MemoryStateFile } from './memory-state-file.ts';
import { SimulatedProcess } from './simulated-process.ts';

/** From where the simulated machine talks to its nodes. */
const ownAddress = '127.0.0.1' as IpAddress; // canonical

/**
 * The provider on a machine in memory. Network and disk are the machine's and outlive its processes; each instance the
 * definition makes is a process of its own.
 */
export class LocalSimulator {
  readonly network: MemoryNetwork;
  readonly disk = memoryDisk();
  readonly definition: ProviderDefinition<Connection, Settings>;
  readonly connection = {
    ranges: { public: ['127.80.0.128/25'], internal: ['127.81.0.128/25'] },
    stateFile: 'portolan-local.json',
  };
  readonly #processes: SimulatedProcess[] = [];

  constructor(clock: Clock, wrap: <T extends object>(api: T, name: string) => T = (api) => api) {
    this.network = new MemoryNetwork(clock);
    this.definition = {
      ...provider,
      create: (connection, host) => {
        const process = new SimulatedProcess(1000 + this.#processes.length);
        this.#processes.push(process);
        const stateFile = new MemoryStateFile(connection.stateFile, this.disk, process, host.checkpoint);
        const network = this.network.at(ownAddress, process);
        return new LocalProvider(
          connection,
          { ...host, clock: process.clock(host.clock) },
          {
            network: wrap(network, 'network'),
            stateFile: wrap<StateFile>(stateFile, 'state-file'),
          },
        );
      },
    };
  }

  /** `kill -9` of every process there is. */
  crash(): void {
    for (const process of this.#processes) process.kill();
  }
}
