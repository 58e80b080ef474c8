import { hostname } from 'node:os';
import { Command } from 'commander';
import { systemClock } from '../clock.ts';
import { changeAtRunTime } from '../config/changes.ts';
import { asLbError } from '../errors.ts';
import { Health } from '../health.ts';
import { KubeClient } from '../kube/client.ts';
import { connect, type Connection } from '../kube/connection.ts';
import { allServices } from '../kube/paths.ts';
import { createLog, type RootLog } from '../log.ts';
import { MetricsRegistry } from '../metrics.ts';
import { noCheckpoint, type ReachCheckpoint } from '../model/checkpoint.ts';
import type { ProviderName } from '../model/ids.ts';
import { version } from '../version.ts';
import { buildController } from '../controller/build-controller.ts';
import { checkPermissions, checkProviders, type CheckLine } from './controller/check.ts';
import { readClusterId, waitForClusterId } from './controller/cluster-id.ts';
import { followConfig } from './controller/follow-config.ts';
import { serve } from './controller/serving.ts';
import { exitCodes, type ExitCode, type Io } from './io.ts';
import { loadConfig, loadProviders, type LoadedConfig } from './load-config.ts';

export interface ControllerFlags {
  readonly config?: string;
  readonly kubeconfig?: string;
  readonly check?: true;
}

/** `portolan controller`: the in-cluster controller. */
export function controllerCommand(io: Io, done: (code: ExitCode) => void): Command {
  return new Command('controller')
    .description('Runs the controller: watches Services and Nodes and makes load balancers of the configured classes.')
    .option('--config <file>', 'configuration (default: ./portolan.yaml, then /etc/portolan/portolan.yaml)')
    .option('--kubeconfig <file>', 'kubeconfig (default: KUBECONFIG, ~/.kube/config, in-cluster)')
    .option('--check', 'check configuration, credentials and permissions, then end')
    .action(async (flags: ControllerFlags) => done(await runController(flags, io)));
}

/** Runs until the signal aborts. The checkpoints are for the kill test. @throws LbError where the input is wrong */
export async function runController(flags: ControllerFlags, io: Io, checkpoint: ReachCheckpoint = noCheckpoint): Promise<ExitCode> {
  const loaded = await loadConfig(flags.config);
  const connection = await connect({ ...(flags.kubeconfig === undefined ? {} : { kubeconfig: flags.kubeconfig }), version }, io.env);
  try {
    if (flags.check === true) return await check(loaded, connection, io);
    return await control(loaded, connection, io, checkpoint);
  } finally {
    await connection.transport.close();
  }
}

async function control(loaded: LoadedConfig, connection: Connection, io: Io, checkpoint: ReachCheckpoint): Promise<ExitCode> {
  const { config, path } = loaded;
  const log = createLog(config.log.level, { write: io.err });
  const health = new Health();
  const metrics = new MetricsRegistry();
  const serving = await serve(config.serving.address, config.serving.port, health, metrics);
  log.info({ version, config: path, cluster: connection.describe, port: serving.port }, 'starting');
  try {
    return await lead(loaded, connection, io, { log, health, metrics, checkpoint });
  } finally {
    await serving.close();
    log.info({}, 'ended');
  }
}

async function lead(
  loaded: LoadedConfig,
  { transport }: Connection,
  io: Io,
  parts: { readonly log: RootLog; readonly health: Health; readonly metrics: MetricsRegistry; readonly checkpoint: ReachCheckpoint },
): Promise<ExitCode> {
  const { config } = loaded;
  const { log, health, metrics } = parts;
  let unreachable: string | undefined = 'the API server has not answered yet';
  health.add('ready', 'kubernetes', () => unreachable);
  const client = new KubeClient({ transport, clock: systemClock });
  const found = config.clusterId ?? (await waitForClusterId(client, io.signal, tell).catch(() => undefined));
  if (found === undefined || io.signal.aborted) return exitCodes.good;
  unreachable = undefined;
  const reread = async (name: ProviderName) => {
    const next = await loadConfig(loaded.path);
    controller.reload(changeAtRunTime(config, next.config).config);
    return next.config.providers.find((entry) => entry.name === name)?.connection;
  };
  const { controller, run } = buildController({
    ...parts,
    config,
    providers: await loadProviders(config, reread),
    clusterId: found,
    transport,
    clock: systemClock,
    random: Math.random,
    host: io.env.POD_NAME ?? hostname(),
  });
  const stopFollowing = followConfig(loaded, {
    clock: systemClock,
    log,
    health,
    metrics,
    apply: (settings) => controller.reload(settings),
  });
  const ended = await run(io.signal);
  await stopFollowing();
  if (ended === 'lost') log.error({}, 'leadership was lost; the process ends so that another one is sure to be alone');
  return ended === 'lost' ? exitCodes.failed : exitCodes.good;

  function tell(why: string): void {
    if (why !== unreachable) log.warn({ why }, 'API server cannot be reached, trying again');
    unreachable = why;
  }
}

async function check({ config, path }: LoadedConfig, { transport, describe }: Connection, io: Io): Promise<ExitCode> {
  const client = new KubeClient({ transport, clock: systemClock });
  // What is no Kubernetes, or cannot be reached, ends here; what is forbidden is told below.
  await client.get(`${allServices}?limit=1`, io.signal).catch(undefinedIfForbidden);
  const rights = await checkPermissions(client, config, io.signal);
  const clusterId = config.clusterId ?? (await readClusterId(client, io.signal).catch(undefinedIfForbidden));
  const lines: CheckLine[] = [
    { what: 'configuration', good: true, text: path },
    { what: 'cluster', good: true, text: clusterId === undefined ? describe : `${describe}, id ${clusterId}` },
    ...rights,
    // A provider is told whose things it looks at.
    ...(clusterId === undefined ? [] : await checkProviders(await loadProviders(config), clusterId, io.signal)),
  ];
  for (const { what, good, text } of lines) io.out(`${good ? 'ok' : 'NO'}  ${what}: ${text}\n`);
  return lines.every(({ good }) => good) ? exitCodes.good : exitCodes.no;
}

function undefinedIfForbidden(thrown: unknown): undefined {
  if (asLbError(thrown).code !== 'ApiForbidden') throw thrown;
}
