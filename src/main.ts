import { constants } from 'node:os';
import type { Io } from './commands/io.ts';
import { readEnvironment } from './config/environment.ts';
import { runCommandLine } from './commands/program.ts';

/**
 * argv → command, with signals: the first SIGINT or SIGTERM asks the command to end, the second ends the process. The only
 * place that exits.
 */
export async function main(): Promise<void> {
  const stop = new AbortController();
  const ask = (signal: 'SIGINT' | 'SIGTERM') => {
    if (stop.signal.aborted) process.exit(128 + constants.signals[signal]);
    stop.abort(new Error(`received ${signal}`));
  };
  process.on('SIGINT', ask);
  process.on('SIGTERM', ask);
  // A reader that goes away (`| head`) is no failure of ours.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
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
  process.exit(await runCommandLine(process.argv.slice(2), io));
}
