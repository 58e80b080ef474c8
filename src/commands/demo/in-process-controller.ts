import { hostname } from 'node:os';
import type { Config } from '../../config/config.ts';
import type { LoadedProvider } from '../../controller/provider-pool.ts';
import type { Clock } from '../../clock.ts';
import { Health } from '../../health.ts';
import { KubeClient } from '../../kube/client.ts';
import { plainEndpoint } from '../../kube/endpoint.ts';
import { HttpTransport } from '../../kube/http-transport.ts';
import type { Log } from '../../log.ts';
import { MetricsRegistry } from '../../metrics.ts';
import { noCheckpoint } from '../../model/checkpoint.ts';
import { buildController } from '../../controller/build-controller.ts';
import { readClusterId } from '../controller/cluster-id.ts';
import { serve } from '../controller/serving.ts';
import { loadConfig, loadProviders } from '../load-config.ts';
import type { Demo } from './running.ts';

export interface InProcessOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** The providers of a configuration; tests put their own network under one. */
  readonly providers?: ((config: Config) => Promise<readonly LoadedProvider[]>) | undefined;
}

export interface InProcessController {
  /** Why it is not ready, as `/readyz` would say. */
  problem(): string | undefined;
  close(): Promise<void>;
}

/** What `portolan controller` does with the demo's own configuration, in this process. */
export async function startInProcess(
  { config: path, cluster }: Pick<Demo, 'config' | 'cluster'>,
  { clock, log, signal, providers = loadProviders }: InProcessOptions,
): Promise<InProcessController> {
  const { config } = await loadConfig(path);
  const [health, metrics] = [new Health(), new MetricsRegistry()];
  const transport = new HttpTransport(plainEndpoint(cluster.url), 'portolan');
  const clusterId = config.clusterId ?? (await readClusterId(new KubeClient({ transport, clock }), signal));
  const parts = {
    config,
    clusterId,
    transport,
    clock,
    log,
    metrics,
    health,
    checkpoint: noCheckpoint,
    host: hostname(),
    random: Math.random,
  };
  const { run } = buildController({ ...parts, providers: await providers(config) });
  const serving = await serve(config.serving.address, config.serving.port, health, metrics);
  const end = new AbortController();
  const running = run(end.signal).catch((error: unknown) => log.error({ error }, 'the controller has ended'));
  return {
    problem() {
      const { good, text } = health.probe('ready');
      return good ? undefined : text;
    },
    async close() {
      end.abort(new Error('the demo has ended'));
      await running;
      await serving.close();
      await transport.close();
    },
  };
}
