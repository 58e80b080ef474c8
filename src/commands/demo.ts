import { once as waitFor } from 'node:events';
import { Command, Option } from 'commander';
import { systemClock } from '../clock.ts';
import { LbError } from '../errors.ts';
import { createLog } from '../log.ts';
import type { Hold } from './demo/hold.ts';
import { checkChanges, checkTraffic } from './demo/checks.ts';
import { startInProcess, type InProcessOptions } from './demo/in-process-controller.ts';
import { createPrinter } from './demo/printer.ts';
import { openDemo, type Demo } from './demo/running.ts';
import { applySamples, tellSamples } from './demo/sample-story.ts';
import { applySeeds, tellSeeds } from './demo/seed-story.ts';
import type { World } from './demo/world.ts';
import { exitCodes, type ExitCode, type Io } from './io.ts';

export interface DemoFlags {
  /** Does it all, checks it, and ends. */
  readonly once?: true;
  /** Without the sample Services. */
  readonly empty?: true;
  /** Without a controller. */
  readonly apiOnly?: true;
  /** Where to write a kubeconfig; a temporary file by default. */
  readonly kubeconfig?: string;
  readonly output: 'text' | 'json';
}

/** Where a test may have its hand in. */
export interface DemoSeams {
  /** Takes addresses. */
  readonly hold?: Hold;
  readonly providers?: InProcessOptions['providers'];
  /** For how long a check may be wrong before it has failed, in milliseconds. */
  readonly patienceMs?: number;
  /** Called when everything is up and the samples have their addresses, before traffic is sent. */
  readonly onReady?: (demo: Demo) => Promise<void> | void;
}

/** As short as a manifest can be. */
const ownService = JSON.stringify({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'mine' },
  spec: { type: 'LoadBalancer', selector: { app: 'mine' }, ports: [{ port: 18_080 }] },
});

/** The sub-command `demo`. */
export function demoCommand(io: Io, done: (code: ExitCode) => void): Command {
  return new Command('demo')
    .description('Runs a Kubernetes API, three nodes and a controller in this process: sample Services get addresses and carry traffic.')
    .option('--once', 'do it all, check it, and end (exit code 3 when a check fails)')
    .option('--empty', 'without the sample Services: API, nodes and controller only')
    .option('--api-only', 'start no controller; print a configuration to use with one')
    .option('--kubeconfig <file>', 'write a kubeconfig there, removed at the end (default: a temporary file)')
    .addOption(
      new Option('-o, --output <format>', 'json prints each request and who answered, one line each')
        .choices(['text', 'json'])
        .default('text'),
    )
    .addHelpText(
      'after',
      `
It takes a free /24 of 127.90.0.0/16, so several can run side by side. Without --once it stays up until Ctrl-C, for you to use:

  kubectl --kubeconfig FILE get services --all-namespaces
  echo '${ownService}' | kubectl --kubeconfig FILE apply -f -

The toy nodes answer every connection with one line of JSON that says who answered.`,
    )
    .action(async (flags: DemoFlags) => done(await runDemo(flags, io)));
}

/**
 * `portolan demo`: a Kubernetes, three nodes and a controller in this process, and Services that get addresses and carry
 * traffic. Answers the exit code: 0; 2 where the machine lacks loopback addresses; 3 when a check of `--once` failed.
 * @throws LbError `InvalidFlag`, for a kubeconfig that is not the demo's among others.
 */
export async function runDemo(flags: DemoFlags, io: Io, seams: DemoSeams = {}): Promise<ExitCode> {
  if (flags.once && flags.apiOnly) {
    throw new LbError('InvalidFlag', '--once checks what a controller does, and --api-only starts none', { field: '--once' });
  }
  const printer = createPrinter(flags.output, io);
  // Warnings are about Services, and the story tells those better.
  const log = createLog('error', { write: io.err });
  let demo: Demo;
  try {
    demo = await openDemo({ clock: systemClock, log, printer, signal: io.signal, kubeconfig: flags.kubeconfig, ...seams });
  } catch (error) {
    if (!(error instanceof LbError && error.code === 'AddressNotAvailable')) throw error;
    io.err(`portolan: ${error.text}\n${error.remedy ?? ''}\n`);
    return exitCodes.input;
  }
  try {
    if (flags.apiOnly) return await apiOnly(demo, flags, io, seams);
    const controller = await startInProcess(demo, { clock: systemClock, log, signal: io.signal, providers: seams.providers });
    demo.onClose(() => controller.close());
    await demo.world.checklist.expect('the controller is ready', () => controller.problem());
    return await tell(demo, flags, io, seams);
  } catch (error) {
    if (!io.signal.aborted) throw error;
    return flags.once ? exitCodes.failed : exitCodes.good; // Ctrl-C ends what stays up; of a check it makes an unfinished one
  } finally {
    await demo.close();
  }
}

async function tell(demo: Demo, { once, empty }: DemoFlags, io: Io, { onReady }: DemoSeams): Promise<ExitCode> {
  const { world, kubeconfig, config } = demo;
  if (!empty) {
    await tellSeeds(world);
    await tellSamples(world);
  }
  await onReady?.(demo);
  if (!empty) await checkTraffic(world);
  if (!once) {
    return stayUp(demo, io, [
      `export KUBECONFIG=${kubeconfig}`,
      'kubectl get services --all-namespaces',
      `echo '${ownService}' | kubectl apply -f -    # what becomes of it is told here`,
      `portolan explain default/mine --config ${config}`,
    ]);
  }
  // What is broken already says no more when it is changed.
  if (!empty && world.checklist.failures.length === 0) await checkChanges(world);
  return verdict(world);
}

/** Without stories: what they tell is a controller's doing. */
async function apiOnly(demo: Demo, { empty, output }: DemoFlags, io: Io, { onReady }: DemoSeams): Promise<ExitCode> {
  const { world, cluster, kubeconfig, config, configText } = demo;
  if (!empty) {
    await applySeeds(world);
    await applySamples(world);
  }
  await onReady?.(demo);
  if (output === 'json') io.out(`${JSON.stringify({ server: cluster.url, kubeconfig, config })}\n`);
  const command = `portolan controller --config ${config} --kubeconfig ${kubeconfig}`;
  return stayUp(demo, io, [command, '', `# ${config}`, ...configText.trimEnd().split('\n')]);
}

function verdict({ checklist, printer }: World): ExitCode {
  const failed = checklist.failures.length;
  printer.heading(failed === 0 ? 'All checks passed.' : `${failed} ${failed === 1 ? 'check' : 'checks'} failed.`);
  return failed === 0 ? exitCodes.good : exitCodes.no;
}

async function stayUp({ world, range }: Demo, { signal }: Io, lines: readonly string[]): Promise<ExitCode> {
  world.printer.heading('The demo stays up until Ctrl-C.');
  for (const line of lines) world.printer.note(line);
  if (!signal.aborted) await waitFor(signal, 'abort');
  world.printer.note(`Taking ${range.network} down.`);
  return exitCodes.good;
}
