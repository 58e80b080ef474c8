import { Command } from 'commander';
import { addFlags, readFlags } from './ccm/read-flags.ts';
import { runCcm } from './ccm/run-ccm.ts';
import type { ExitCode, Io } from './io.ts';

/** `portolan ccm`: in the place of a cloud-controller-manager's service controller, with its flags. */
export function ccmCommand(io: Io, done: (code: ExitCode) => void): Command {
  const command = new Command('ccm').description(
    "Runs in the place of a cloud-controller-manager's service controller: its flags, Lease, events, finalizer and metrics.",
  );
  return addFlags(command).action(async () => done(await runCcm(readFlags(command), io)));
}
