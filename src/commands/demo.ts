import { once } from 'node:events';
import type { Clock } from '../clock.ts';
import { LbError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Hold } from './demo/address-range.ts';
import { checkChanges, checkTraffic } from './demo/checks.ts';
import { createPrinter, type Output, type Printer } from './demo/printer.ts';
import { openDemo, type Demo } from './demo/running.ts';
import { applySamples, tellSamples } from './demo/sample-story.ts';
import { applySeeds, tellSeeds } from './demo/seed-story.ts';

export interface DemoOptions {
  /** Does it all, checks it, and ends. */
  readonly once: boolean;
  /** Without the sample Services. */
  readonly empty: boolean;
  /** Without a controller. */
  readonly apiOnly: boolean;
  /** Where to write a kubeconfig; a temporary file by default. */
  readonly kubeconfig?: string;
  readonly output: 'text' | 'json';
}

/** What a demo needs of the process it runs in. */
export interface DemoHost extends Output {
  readonly clock: Clock;
  readonly log: Log;
  /** Aborts when the user has had enough. */
  readonly signal: AbortSignal;
  /** Starts a controller for the demo's API server; it is ready when this resolves. */
  readonly startController: (demo: Pick<Demo, 'configText' | 'cluster' | 'config' | 'kubeconfig'>) => Promise<{ close(): Promise<void> }>;
  /** Takes addresses; tests pass one of their own. */
  readonly hold?: Hold;
  /** Called when everything is up and the samples have their addresses, before traffic is sent. */
  readonly onReady?: (demo: Demo) => Promise<void> | void;
}

/**
 * `portolan demo`: a Kubernetes, three nodes and a controller in this process, and Services that get addresses and carry
 * traffic. Answers the exit code: 0; 2 where the machine lacks loopback addresses; 3 when a check of `--once`
 * failed.
 * @throws LbError `InvalidFlag`, for a kubeconfig that is not the demo's among others.
 */
export async function runDemo(options: DemoOptions, host: DemoHost): Promise<number> {
  if (options.once && options.apiOnly) {
    throw new LbError('InvalidFlag', '--once checks what a controller does, and --api-only starts none', { field: '--once' });
  }
  const printer = createPrinter(options.output, host);
  let demo: Demo;
  try {
    demo = await openDemo({ ...host, printer, ...(options.kubeconfig === undefined ? {} : { kubeconfig: options.kubeconfig }) });
  } catch (error) {
    if (!(error instanceof LbError && error.code === 'AddressNotAvailable')) throw error;
    host.err(`${error.message}\n${error.remedy ?? ''}\n`);
    return 2;
  }
  try {
    return await tell(demo, options, host, printer);
  } catch (error) {
    if (!host.signal.aborted) throw error;
    return options.once ? 1 : 0; // Ctrl-C ends what stays up; of a check it makes an unfinished one
  } finally {
    await demo.close();
  }
}

async function tell(demo: Demo, options: DemoOptions, host: DemoHost, printer: Printer): Promise<number> {
  const { world } = demo;
  printer.note(
    `Kubernetes at ${demo.cluster.url}, nodes ${demo.range.nodes.map(({ name, address }) => `${name} (${address})`).join(', ')}`,
  );
  for (const problem of demo.cluster.toyNodes.problems()) printer.note(problem);
  if (options.apiOnly) {
    if (!options.empty) {
      await applySeeds(world);
      await applySamples(world);
    }
    await host.onReady?.(demo);
    const { kubeconfig, config, cluster } = demo;
    if (options.output === 'json') host.out(`${JSON.stringify({ server: cluster.url, kubeconfig, config })}\n`);
    return stayUp(demo, host, printer, apiOnlyText(demo));
  }
  const controller = await host.startController(demo);
  demo.onClose(() => controller.close());
  if (!options.empty) {
    await tellSeeds(world);
    await tellSamples(world);
  }
  await host.onReady?.(demo);
  if (!options.empty) await checkTraffic(world);
  if (!options.once) return stayUp(demo, host, printer, readyText(demo));
  if (!options.empty && world.checklist.failures.length === 0) await checkChanges(world);
  return verdict(demo, printer);
}

function verdict({ world: { checklist } }: Demo, printer: Printer): number {
  const failed = checklist.failures.length;
  printer.heading(failed === 0 ? 'All checks passed.' : `${failed} ${failed === 1 ? 'check' : 'checks'} failed.`);
  return failed === 0 ? 0 : 3;
}

async function stayUp(demo: Demo, { signal }: DemoHost, printer: Printer, text: string): Promise<number> {
  printer.heading('The demo stays up until Ctrl-C.');
  printer.note(text);
  if (!signal.aborted) await once(signal, 'abort');
  printer.note(`Taking ${demo.range.network} down.`);
  return 0;
}

const readyText = ({ kubeconfig }: Demo): string =>
  [
    `export KUBECONFIG=${kubeconfig}`,
    'kubectl get services --all-namespaces',
    'kubectl create service loadbalancer mine --tcp=8080    # what happens to it is told here',
  ].join('\n');

const apiOnlyText = ({ kubeconfig, config, configText }: Demo): string =>
  [`portolan controller --config ${config} --kubeconfig ${kubeconfig}`, '', `# ${config}`, configText.trimEnd()].join('\n');
