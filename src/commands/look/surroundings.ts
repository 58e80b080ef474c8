import { Option, type Command } from 'commander';
import { systemClock, type Clock } from '../../clock.ts';
import type { Config } from '../../config/config.ts';
import type { LoadedProvider } from '../../controller/provider-pool.ts';
import { KubeClient } from '../../kube/client.ts';
import { connect } from '../../kube/connection.ts';
import { createLog, type Log } from '../../log.ts';
import { version } from '../../version.ts';
import type { Io } from '../io.ts';
import { loadConfig, loadProviders } from '../load-config.ts';

/** The flags of every command that looks at a cluster. */
export interface LookFlags {
  readonly config?: string;
  readonly kubeconfig?: string;
  readonly output: 'text' | 'json';
}

export const withLookFlags = (command: Command): Command =>
  command
    .option('--config <file>', 'configuration (default: ./portolan.yaml, then /etc/portolan/portolan.yaml)')
    .option('--kubeconfig <file>', 'kubeconfig (default: KUBECONFIG, ~/.kube/config, in-cluster)')
    .addOption(new Option('-o, --output <format>', 'how to print the answer').choices(['text', 'json']).default('text'));

/** All that a command which only looks needs of the world outside of it. */
export interface Surroundings {
  readonly config: Config;
  readonly entries: readonly LoadedProvider[];
  readonly client: KubeClient;
  /** Where a manifest that names no namespace belongs. */
  readonly namespace: string;
  readonly clock: Clock;
  readonly log: Log;
  /** How often a read that failed is tried again, and how long to wait before the first time, in milliseconds. */
  readonly retry: { readonly times: number; readonly waitMs: number };
  close(): Promise<void>;
}

export type OpenSurroundings = (flags: LookFlags, io: Io) => Promise<Surroundings>;

/** Reads configuration and kubeconfig; makes no call. @throws LbError `InvalidConfig`, `InvalidKubeconfig` */
export const openSurroundings: OpenSurroundings = async (flags, io) => {
  const { config } = await loadConfig(flags.config);
  const entries = await loadProviders(config);
  const { transport, namespace } = await connect(
    { ...(flags.kubeconfig === undefined ? {} : { kubeconfig: flags.kubeconfig }), version },
    io.env,
  );
  return {
    config,
    entries,
    client: new KubeClient({ transport, clock: systemClock }),
    namespace,
    clock: systemClock,
    log: createLog('warn', { write: io.err }),
    retry: { times: 2, waitMs: 300 },
    close: () => transport.close(),
  };
};
