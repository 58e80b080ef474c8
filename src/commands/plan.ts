import { Command } from 'commander';
import type { ExitCode, Io } from './io.ts';
import { Looker } from './look/looker.ts';
import { createPaint } from './look/paint.ts';
import { parseServiceName } from './look/service-name.ts';
import { openSurroundings, withLookFlags, type LookFlags, type OpenSurroundings, type Surroundings } from './look/surroundings.ts';
import { readManifests } from './plan/manifests.ts';
import { planText } from './plan/plan-text.ts';
import { exitCodeOf, plannedJson, type Planned } from './plan/planned.ts';
import { claimedTargets, manifestTargets, namedTargets, type Target } from './plan/targets.ts';

export interface PlanFlags extends LookFlags {
  /** Manifests; `-` is standard input. */
  readonly filename?: readonly string[];
}

/** `portolan plan`: what would be done, without doing it. */
export function planCommand(io: Io, done: (code: ExitCode) => void): Command {
  const command = new Command('plan')
    .description('Prints what the controller would do to load balancers, against the live cloud. Changes nothing.')
    .argument('[services...]', 'NAMESPACE/NAME of Services (default: all that a class claims)')
    .option(
      '-f, --filename <file>',
      'plan as if the Services of this manifest replaced what is there; - is standard input; repeatable',
      collect,
    );
  return withLookFlags(command)
    .addHelpText(
      'after',
      `
Examples:
  portolan plan                            every Service a class claims
  portolan plan shop/web shop/dns          these two
  portolan plan -f service.yaml            before kubectl apply -f service.yaml
  portolan plan -o json | jq '.services[] | select(.outcome == "held") | .held[].code'

What stands in front of a step: + creates, ~ changes, - takes away. What would lose an address or destroys is held
until the annotation portolan.dev/approve carries the printed code. Of a Service that is not there yet, node ports
and addresses are examples.

Exit codes: 0 nothing to do, 1 could not look, 2 wrong input, 3 changes pending or refused, 4 held for approval.`,
    )
    .action(async (services: readonly string[], flags: PlanFlags) => done(await runPlan(services, flags, io)));
}

/** Prints the plan and answers the exit code. @throws LbError where the input is wrong or the API server does not answer */
export async function runPlan(
  services: readonly string[],
  flags: PlanFlags,
  io: Io,
  open: OpenSurroundings = openSurroundings,
): Promise<ExitCode> {
  const names = services.map(parseServiceName);
  const files = flags.filename ?? [];
  const manifests = await readManifests(files);
  for (const line of manifests.skipped) io.err(`${line}\n`);
  const surroundings = await open(flags, io);
  const all = names.length === 0 && files.length === 0;
  try {
    const targets = all
      ? await claimedTargets(surroundings, io.signal)
      : [...(await manifestTargets(manifests.services, surroundings, io.signal)), ...(await namedTargets(names, surroundings, io.signal))];
    const planned = await lookAtAll(targets, surroundings, io.signal);
    io.out(
      flags.output === 'json'
        ? `${JSON.stringify({ services: planned.map(plannedJson) }, undefined, 2)}\n`
        : planText(planned, { classes: surroundings.config.classes, quiet: all, paint: createPaint(io.colour) }),
    );
    return exitCodeOf(planned);
  } finally {
    await surroundings.close();
  }
}

async function lookAtAll(targets: readonly Target[], surroundings: Surroundings, signal: AbortSignal): Promise<readonly Planned[]> {
  const looker = new Looker(surroundings, { batch: targets.length > 1 }, signal);
  const planned: Planned[] = [];
  try {
    // One after the other: a command that only looks must not take a credential's calls from the controller.
    for (const target of targets) {
      if (target.kind === 'rejected') planned.push(target);
      else planned.push({ kind: 'looked', service: target.service.key, look: await looker.look(target.service) });
      signal.throwIfAborted();
    }
    return planned;
  } finally {
    await looker.close();
  }
}

const collect = (file: string, before: readonly string[] = []): readonly string[] => [...before, file];
