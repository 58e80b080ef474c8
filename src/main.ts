import { constants } from 'node:os';
import { exitCodes, type ExitCode, type Io } from './commands/io.ts';
import { readEnvironment } from './config/environment.ts';
import { runCommandLine } from './commands/program.ts';

/**
 * argv → command, with signals: the first SIGINT, SIGTERM or SIGHUP asks the command to end, the second ends the process. The
 * only place that exits.
 */
export async function main(): Promise<void> {
  const stop = new AbortController();
  let asked = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (asked) process.exit(128 + constants.signals[signal]);
      asked = true;
      stop.abort(new Error(`received ${signal}`));
    });
  }
  // The answer has no reader any more: nothing is left to do but to clean up. One that goes away (`| head`) is no failure.
  let unread: ExitCode | undefined;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    unread ??= error.code === 'EPIPE' ? exitCodes.good : exitCodes.failed;
    stop.abort(error);
  });
  process.stderr.on('error', () => {}); // logs that nobody reads stop nothing
  process.on('unhandledRejection', (reason) => {
    process.stderr.write(
      `portolan: unexpected failure, please report: ${reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)}\n`,
    );
    process.exit(1);
  });
  const env = readEnvironment();
  const io: Io = {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    env,
    signal: stop.signal,
    colour: process.stdout.isTTY && env.NO_COLOR === undefined,
  };
  const code = await runCommandLine(process.argv.slice(2), io);
  // A pipe takes 64 KiB at once; what is not in it yet when the process exits is lost.
  await Promise.all([process.stdout, process.stderr].map(written));
  process.exit(unread ?? code);
}

/** Resolves when everything is out, or nobody reads it any more. */
const written = (stream: NodeJS.WriteStream): Promise<void> => new Promise((resolve) => void stream.write('', () => resolve()));
