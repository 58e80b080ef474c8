import { hostname } from 'node:os';
import { systemClock } from '../../clock.ts';
import { parseCloudConfig } from '../../config/cloud-config.ts';
import { readConfigFile } from '../../config/file.ts';
import { buildController, type ControllerConfig } from '../../controller/build-controller.ts';
import { LbError } from '../../errors.ts';
import { Health } from '../../health.ts';
import { KubeClient } from '../../kube/client.ts';
import { connect, type Connection } from '../../kube/connection.ts';
import { createLog, type RootLog } from '../../log.ts';
import { MetricsRegistry } from '../../metrics.ts';
import { noCheckpoint, type ReachCheckpoint } from '../../model/checkpoint.ts';
import { providerName } from '../../model/ids.ts';
import { nearest } from '../../settings/nearest.ts';
import { version } from '../../version.ts';
import { waitForClusterId } from '../controller/cluster-id.ts';
import { exitCodes, type ExitCode, type Io } from '../io.ts';
import { loadProviders, providerKinds } from '../load-config.ts';
import { ccmClass, ccmConduct } from './ccm-class.ts';
import { configzOf } from './configz.ts';
import type { CcmFlags } from './flag-rows.ts';
import { limitedTransport } from './limited-transport.ts';
import { runsServices, type ReadFlags } from './read-flags.ts';
import { openSecurePort } from './secure-port.ts';
import { upstreamSigns } from './upstream-signs.ts';

/** From this verbosity on upstream's components speak to developers. */
const debugVerbosity = 4;

/** What is told about, in one place. */
interface Told {
  readonly log: RootLog;
  readonly health: Health;
  readonly metrics: MetricsRegistry;
  /** Work begins or has ended. */
  readonly leading: (leads: boolean) => void;
  readonly checkpoint: ReachCheckpoint;
}

/** Runs until the signal aborts or the Lease is lost. @throws LbError where the input is wrong */
export async function runCcm({ flags, warning }: ReadFlags, io: Io, checkpoint: ReachCheckpoint = noCheckpoint): Promise<ExitCode> {
  const cloud = await readCloud(flags);
  const { kubeconfig, master } = flags;
  const connection = await connect(
    { ...(kubeconfig === '' ? {} : { kubeconfig }), ...(master === '' ? {} : { server: master }), version },
    io.env,
  );
  const log = createLog(flags.v >= debugVerbosity ? 'debug' : 'info', { write: io.err });
  for (const text of [...(warning === undefined ? [] : [warning]), ...cloud.warnings]) log.warn({}, text);
  const [health, metrics, runs] = [new Health(), new MetricsRegistry(), runsServices(flags)];
  const signs = upstreamSigns(health, metrics, { elects: runs && flags['leader-elect'] });
  const told: Told = { log, health, metrics, leading: signs.leading, checkpoint };
  try {
    const serving = await openSecurePort(flags, io, { log, health: signs.health, metrics, configz: () => configzOf(flags) });
    log.info({ version, provider: flags['cloud-provider'], cluster: connection.describe, port: serving.port }, 'starting');
    try {
      if (runs) return await lead(flags, cloud, connection, io, told);
      log.warn({}, 'the service controller is switched off, so there is nothing to do');
      await aborted(io.signal);
      return exitCodes.good;
    } finally {
      await serving.close();
      log.info({}, 'ended');
    }
  } finally {
    await connection.transport.close();
  }
}

type Cloud = Awaited<ReturnType<typeof readCloud>>;

async function readCloud(flags: CcmFlags) {
  const kind = flags['cloud-provider'];
  if (!providerKinds.names.includes(kind)) {
    const meant = nearest(kind, providerKinds.names);
    const hint = meant === undefined ? `; there are ${providerKinds.names.join(', ')}` : `; did you mean ${meant}?`;
    throw new LbError('InvalidFlag', `--cloud-provider: there is no provider ${kind}${hint}`, { field: '--cloud-provider' });
  }
  const path = flags['cloud-config'];
  const text = path === '' ? '' : await readConfigFile(path);
  return { kind, name: providerName(kind), ...(await parseCloudConfig(text, path === '' ? '--cloud-config' : path, kind, providerKinds)) };
}

async function lead(flags: CcmFlags, cloud: Cloud, connection: Connection, io: Io, told: Told): Promise<ExitCode> {
  const { log, health } = told;
  let unreachable: string | undefined = 'the API server has not answered yet';
  health.add('ready', 'kubernetes', () => unreachable);
  const limit = { perSecond: flags['kube-api-qps'], burst: flags['kube-api-burst'] };
  const transport = limitedTransport(connection.transport, systemClock, limit);
  const client = new KubeClient({ transport, clock: systemClock });
  const tell = (why: string) => {
    if (why !== unreachable) log.warn({ why }, 'API server cannot be reached, trying again');
    unreachable = why;
  };
  const found = cloud.clusterId ?? (await waitForClusterId(client, io.signal, tell).catch(() => undefined));
  if (found === undefined || io.signal.aborted) return exitCodes.good;
  unreachable = undefined;
  const providers = [{ name: cloud.name, kind: cloud.kind, connection: cloud.connection }];
  const { run } = buildController({
    ...told,
    config: controllerConfig(flags, cloud),
    providers: await loadProviders({ providers }),
    clusterId: found,
    transport,
    clock: systemClock,
    random: Math.random,
    host: io.env.POD_NAME ?? hostname(),
  });
  if ((await run(io.signal)) !== 'lost') return exitCodes.good;
  log.error({}, 'leadership was lost; the process ends so that another one is sure to be alone');
  return exitCodes.failed;
}

function controllerConfig(flags: CcmFlags, cloud: Cloud): ControllerConfig {
  return {
    classes: [ccmClass(cloud.name, cloud.settings)],
    workers: flags['concurrent-service-syncs'],
    nodeDebounceMs: 1_000,
    driftCheckMs: 0,
    audit: { intervalMs: 3_600_000, graceMs: 1_800_000, deleteStrays: false },
    leaderElection: {
      enabled: flags['leader-elect'],
      namespace: flags['leader-elect-resource-namespace'],
      name: flags['leader-elect-resource-name'],
      timing: {
        leaseDurationMs: flags['leader-elect-lease-duration'],
        renewDeadlineMs: flags['leader-elect-renew-deadline'],
        retryPeriodMs: flags['leader-elect-retry-period'],
      },
    },
    conduct: ccmConduct(flags.conditions),
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
