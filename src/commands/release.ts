import { Command } from 'commander';
import { asLbError, LbError } from '../errors.ts';
import type { ServiceKey } from '../model/ids.ts';
import { durationOption } from './duration-flag.ts';
import { exitCodes, type ExitCode, type Io } from './io.ts';
import { Looker } from './look/looker.ts';
import { createPaint } from './look/paint.ts';
import { parseServiceName } from './look/service-name.ts';
import { openSurroundings, withLookFlags, type LookFlags, type OpenSurroundings, type Surroundings } from './look/surroundings.ts';
import { claimedTargets, namedTargets } from './plan/targets.ts';
import { leavingJson, leavingOf, type Ended, type EndedByKey, type Leaving } from './release/leaving.ts';
import { endedText, leavingText } from './release/release-text.ts';
import { awaitRelease, writeWish } from './release/wishes.ts';

export interface ReleaseFlags extends LookFlags {
  readonly all?: true;
  readonly yes?: true;
  /** How long to wait for the controller, in milliseconds. */
  readonly timeout: number;
}

/** `portolan release`: leave load balancers to others. */
export function releaseCommand(io: Io, done: (code: ExitCode) => void): Command {
  const command = new Command('release')
    .description('Leaves load balancers to others: they go on serving, without our marks. Changes nothing without --yes.')
    .argument('[services...]', 'NAMESPACE/NAME of Services')
    .option('--all', 'every Service that a class of the configuration claims')
    .option('--yes', 'do it: put the annotation portolan.dev/release on the Services and wait for the controller')
    .addOption(durationOption('--timeout <duration>', 'how long to wait for the controller', 120_000));
  return withLookFlags(command)
    .addHelpText(
      'after',
      `
Examples:
  portolan release shop/web                what would be left behind
  portolan release shop/web --yes          do it
  portolan release --all --yes             before Portolan is uninstalled

The controller does the work: it takes its marks off what serves the Service, then its finalizer and its record off the
Service. Address and status stay. The Service is not claimed again while the annotation stands. Without it a new load
balancer with a new address is made; what was left is not taken over.

Exit codes: 0 released, 1 could not look or not done in time, 2 wrong input, 3 something is to be released and --yes
was not given, or it is of a class this configuration does not have.`,
    )
    .action(async (services: readonly string[], flags: ReleaseFlags) => done(await runRelease(services, flags, io)));
}

/** Prints what is left behind, and with `--yes` has it done. @throws LbError where the input is wrong or the API server does not answer */
export async function runRelease(
  services: readonly string[],
  flags: ReleaseFlags,
  io: Io,
  open: OpenSurroundings = openSurroundings,
): Promise<ExitCode> {
  const names = services.map(parseServiceName);
  const all = flags.all === true;
  if (all === names.length > 0)
    throw new LbError('InvalidFlag', 'release takes Services or --all', { remedy: 'Name Services, or say --all.' });
  const yes = flags.yes === true;
  const surroundings = await open(flags, io);
  try {
    const targets = all ? await claimedTargets(surroundings, io.signal) : await namedTargets(names, surroundings, io.signal);
    const leavings = await lookAtAll(
      targets.flatMap((target) => (target.kind === 'service' ? [target.service] : [])),
      surroundings,
      io.signal,
    );
    const paint = createPaint(io.colour);
    if (flags.output === 'text') io.out(leavingText(leavings, { classes: surroundings.config.classes, yes, paint }));
    const ended = yes ? await release(leavings, surroundings, flags.timeout, io) : new Map<ServiceKey, Ended>();
    if (flags.output === 'json')
      io.out(
        `${JSON.stringify({ services: leavings.map((leaving) => leavingJson(leaving, ended.get(leaving.service.key))) }, undefined, 2)}\n`,
      );
    else if (ended.size > 0) io.out(endedText(ended, paint));
    return exitCodeOf(leavings, ended, yes);
  } finally {
    await surroundings.close();
  }
}

async function lookAtAll(
  services: readonly Leaving['service'][],
  surroundings: Surroundings,
  signal: AbortSignal,
): Promise<readonly Leaving[]> {
  const looker = new Looker(surroundings, { batch: services.length > 1 }, signal);
  const leavings: Leaving[] = [];
  try {
    // One after the other: a command must not take a credential's calls from the controller.
    for (const service of services) {
      leavings.push(await leavingOf(service, looker));
      signal.throwIfAborted();
    }
    return leavings;
  } finally {
    await looker.close();
  }
}

async function release(leavings: readonly Leaving[], surroundings: Surroundings, timeoutMs: number, io: Io): Promise<EndedByKey> {
  const ended = new Map<ServiceKey, Ended>();
  const wished: Leaving['service'][] = [];
  for (const { service, state } of leavings) {
    if (state !== 'to-release') continue;
    try {
      await writeWish(surroundings, service, io.signal);
      wished.push(service);
    } catch (thrown) {
      ended.set(service.key, { released: false, why: asLbError(thrown).text });
    }
  }
  const tell = (line: string) => io.err(`${line}\n`);
  if (wished.length > 0) tell(`waiting for the controller to release ${wished.length} ${wished.length === 1 ? 'Service' : 'Services'}`);
  for (const [key, how] of await awaitRelease(wished, surroundings, { timeoutMs, tell }, io.signal)) ended.set(key, how);
  return ended;
}

/** What most needs somebody: failure, then what is not done. */
function exitCodeOf(leavings: readonly Leaving[], ended: EndedByKey, yes: boolean): ExitCode {
  const failed = yes ? [...ended.values()].some(({ released }) => !released) : leavings.some(({ look }) => look?.error !== undefined);
  if (failed) return exitCodes.failed;
  const open = leavings.some(({ state }) => state === 'left-behind' || (state === 'to-release' && !yes));
  return open ? exitCodes.no : exitCodes.good;
}
