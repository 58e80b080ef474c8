import type { ProviderDefinition } from '../../src/provider.ts';
import { DiskStateFile } from './api/disk-state-file.ts';
import { MachineNetwork } from './api/machine-network.ts';
import { LocalProvider } from './local-provider.ts';
import { connection, settings, type Connection, type Settings } from './settings.ts';

/** Load balancers as sockets of this machine. See README.md. */
export const provider: ProviderDefinition<Connection, Settings> = {
  kind: 'local',
  connection,
  settings,
  // A write of the state file is seen by whoever wrote it, or was not made.
  settleMs: 0,
  clusterUnit: false,
  endpointSlices: false,
  create: (of, host) =>
    new LocalProvider(of, host, { network: new MachineNetwork(host.clock), stateFile: new DiskStateFile(of.stateFile, host.checkpoint) }),
};
