import { Command, CommanderError } from 'commander';
import { asLbError } from '../errors.ts';
import { reasons } from '../reasons.ts';
import { version } from '../version.ts';
import { conformanceCommand } from './conformance.ts';
import { auditCommand } from './audit.ts';
import { ccmCommand } from './ccm.ts';
import { controllerCommand } from './controller.ts';
import { demoCommand } from './demo.ts';
import { explainCommand } from './explain.ts';
import { exitCodes, type ExitCode, type Io } from './io.ts';
import { planCommand } from './plan.ts';
import { preflightCommand } from './preflight.ts';
import { releaseCommand } from './release.ts';

/** A sub-command: its options and what it does; the number it resolves to is the exit code. */
export type AddCommand = (io: Io, done: (code: ExitCode) => void) => Command;

const commands: readonly AddCommand[] = [
  controllerCommand,
  ccmCommand,
  demoCommand,
  planCommand,
  explainCommand,
  auditCommand,
  preflightCommand,
  releaseCommand,
  conformanceCommand,
];

/** The whole command line; nothing is parsed yet. */
export function buildProgram(io: Io, done: (code: ExitCode) => void): Command {
  const program = new Command('portolan')
    .description('Makes Kubernetes Services of type LoadBalancer work: plan, guard, then act.')
    .version(version, '--version', 'print the version')
    .helpOption('--help', 'show this help')
    .helpCommand(false)
    .showSuggestionAfterError()
    .configureOutput({ writeOut: io.out, writeErr: io.err })
    .exitOverride()
    .addHelpText('after', '\nExit codes: 0 good, 1 could not do it, 2 your input is wrong, 3 the answer is no, 4 held for approval.');
  for (const add of commands) {
    const command = add(io, done)
      .helpOption('--help', 'show this help')
      .exitOverride()
      .configureOutput({ writeOut: io.out, writeErr: io.err });
    program.addCommand(command);
  }
  return program;
}

/** Runs one command line to its end. Never throws: what goes wrong is said in at most three lines on stderr. */
export async function runCommandLine(argv: readonly string[], io: Io): Promise<ExitCode> {
  let code: ExitCode = exitCodes.good;
  const program = buildProgram(io, (result) => {
    code = result;
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? exitCodes.good : exitCodes.input;
    return sayFailure(thrown, io);
  }
}

/** A failure as people read it: what, and what to do; the stack is for bug reports only. */
function sayFailure(thrown: unknown, io: Io): ExitCode {
  const error = asLbError(thrown);
  const lines = [`portolan: ${error.text}`, ...(error.remedy === undefined || error.remedy === '' ? [] : [error.remedy])];
  io.err(`${lines.join('\n').split('\n').slice(0, 3).join('\n')}\n`);
  return reasons[error.code].input === true ? exitCodes.input : exitCodes.failed;
}
