import { Command } from 'commander';
import { explainJson } from './explain/explain-json.ts';
import { explainText } from './explain/explain-text.ts';
import { explanationOf, type Explanation } from './explain/explanation.ts';
import type { Verdict } from './explain/verdict.ts';
import { exitCodes, type ExitCode, type Io } from './io.ts';
import { attempt } from './look/attempt.ts';
import { claimWords } from './look/claim-words.ts';
import { readNamedService } from './look/cluster-reads.ts';
import { Looker } from './look/looker.ts';
import { createPaint } from './look/paint.ts';
import { parseServiceName, type ServiceName } from './look/service-name.ts';
import { openSurroundings, withLookFlags, type LookFlags, type OpenSurroundings, type Surroundings } from './look/surroundings.ts';

/** `portolan explain`: why a Service is (not) ready. */
export function explainCommand(io: Io, done: (code: ExitCode) => void): Command {
  const command = new Command('explain')
    .description('Says why a Service is ready or not, also when no class of ours claims it. Changes nothing.')
    .argument('<service>', 'NAMESPACE/NAME of the Service');
  return withLookFlags(command)
    .addHelpText(
      'after',
      `
Example:
  portolan explain shop/web

It says whose the Service is, what it asks for, what stands in the cloud, what would be done, and which Nodes are
members; the last line is the answer, with the first cause in the way and its remedy. What cannot be reached is said,
and the rest explained all the same.

Exit codes: 0 ready, 1 could not find out, 2 wrong input, 3 not ready.`,
    )
    .action(async (service: string, flags: LookFlags) => done(await runExplain(service, flags, io)));
}

/** Prints the explanation and answers the exit code. @throws LbError where the input is wrong or the API server does not answer */
export async function runExplain(service: string, flags: LookFlags, io: Io, open: OpenSurroundings = openSurroundings): Promise<ExitCode> {
  const name = parseServiceName(service);
  const surroundings = await open(flags, io);
  try {
    const explanation = await explain(name, surroundings, io.signal);
    io.out(
      flags.output === 'json'
        ? `${JSON.stringify(explainJson(explanation), undefined, 2)}\n`
        : explainText(explanation, createPaint(io.colour)),
    );
    return exitCodeOf(explanation.verdict);
  } finally {
    await surroundings.close();
  }
}

async function explain(name: ServiceName, surroundings: Surroundings, signal: AbortSignal): Promise<Explanation> {
  const service = await readNamedService(surroundings, name, signal);
  const looker = new Looker(surroundings, { batch: false }, signal);
  try {
    const look = await looker.look(service);
    const nodes = look.intent === undefined ? undefined : await attempt(looker.nodes());
    signal.throwIfAborted();
    return explanationOf(look, claimWords(look.claim, service, surroundings.config.classes), nodes);
  } finally {
    await looker.close();
  }
}

function exitCodeOf({ ready }: Verdict): ExitCode {
  if (ready === 'unknown') return exitCodes.failed;
  return ready ? exitCodes.good : exitCodes.no;
}
