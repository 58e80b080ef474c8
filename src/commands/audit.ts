import { Command } from 'commander';
import { LbError } from '../errors.ts';
import { leaseObject } from '../kube/lease-object.ts';
import { readLease } from '../kube/lease-record.ts';
import { askLeader } from './audit/ask-leader.ts';
import { auditRows, countOf, providerJson } from './audit/audit-rows.ts';
import { auditText, type Done } from './audit/audit-text.ts';
import { leadOnce } from './audit/lead-once.ts';
import { lookAround } from './audit/look-around.ts';
import { durationOption } from './duration-flag.ts';
import { exitCodes, type ExitCode, type Io } from './io.ts';
import { createPaint } from './look/paint.ts';
import { providersNamed } from './look/providers-named.ts';
import { openSurroundings, withLookFlags, type LookFlags, type OpenSurroundings, type Surroundings } from './look/surroundings.ts';

export interface AuditFlags extends LookFlags {
  readonly deleteStrays?: true;
  readonly provider?: string;
  /** How long to wait for the Lease, or for whoever holds it, in milliseconds. */
  readonly timeout: number;
}

/** `portolan audit`: what stands in the clouds, and whose it is. */
export function auditCommand(io: Io, done: (code: ExitCode) => void): Command {
  const command = new Command('audit')
    .description('Lists what carries the mark of this cluster: owned, stray since when, in doubt. Changes nothing without --delete-strays.')
    .option('--provider <name>', 'look at this provider only (default: all)')
    .option('--delete-strays', 'delete what has been a stray for longer than audit.grace')
    .addOption(durationOption('--timeout <duration>', 'how long --delete-strays waits for the controller', 120_000));
  return withLookFlags(command)
    .addHelpText(
      'after',
      `
Examples:
  portolan audit                           what there is
  portolan audit -o json | jq '.providers[].strays[]'
  portolan audit --delete-strays

owned: a Service of a configured class has it. stray: it carries our mark, and no Service has it. in doubt: nobody can
say, so it is left alone. foreign: it stands under a name we would use and carries other marks, or none; it is never
touched. SINCE is when the controller first saw a stray.

--delete-strays never writes beside a running controller: it leaves the wish on the Lease, and whoever leads does it.
Where nobody leads, this command takes the Lease while it works. Only what has been a stray for longer than
audit.grace, and belongs to nobody when looked at again, is deleted.

Exit codes: 0 no strays, 1 could not look or delete, 2 wrong input, 3 there are strays.`,
    )
    .action(async (flags: AuditFlags) => done(await runAudit(flags, io)));
}

/** Prints what there is and answers the exit code. @throws LbError where the input is wrong or the API server does not answer */
export async function runAudit(flags: AuditFlags, io: Io, open: OpenSurroundings = openSurroundings): Promise<ExitCode> {
  if (flags.deleteStrays === true && flags.provider !== undefined)
    throw new LbError('InvalidFlag', '--provider narrows the look, not --delete-strays', { remedy: 'Use one of the two.' });
  const surroundings = await open(flags, io);
  try {
    const names = providersNamed(flags.provider, surroundings);
    const done = flags.deleteStrays === true ? await deleteStrays(surroundings, flags.timeout, io) : undefined;
    const rows = auditRows(await lookAround(names, surroundings, io.signal), surroundings.config.classes);
    io.out(
      flags.output === 'json'
        ? `${JSON.stringify({ ...(done === undefined ? {} : done), providers: rows.map(providerJson) }, undefined, 2)}\n`
        : auditText(rows, {
            now: surroundings.clock.now(),
            graceMs: surroundings.config.audit.graceMs,
            done,
            paint: createPaint(io.colour),
          }),
    );
    if (rows.some(({ error }) => error !== undefined) || (done?.failures.length ?? 0) > 0) return exitCodes.failed;
    return countOf(rows, 'stray') > 0 ? exitCodes.no : exitCodes.good;
  } finally {
    await surroundings.close();
  }
}

/** By whoever leads; by this process where nobody does. @throws LbError where neither can be had */
async function deleteStrays(surroundings: Surroundings, timeoutMs: number, io: Io): Promise<Done> {
  const { client, config } = surroundings;
  const { enabled, namespace, name } = config.leaderElection;
  if (!enabled) {
    throw new LbError(
      'InvalidFlag',
      'without leader election nobody can tell whether a controller runs, and two must not write to one cloud',
      {
        remedy: 'Set audit.deleteStrays in the configuration of the controller, or turn leaderElection on.',
      },
    );
  }
  const tell = (line: string) => io.err(`${line}\n`);
  const lease = await leaseObject(client, namespace, name).read(io.signal);
  const held = lease !== undefined && readLease(lease, 0).holder !== '';
  const answer = held ? await askLeader(surroundings, { timeoutMs, tell }, io.signal) : undefined;
  if (answer !== undefined) return { deleted: answer.deleted, more: answer.more, failures: answer.failures };
  tell('no controller leads; this command takes the Lease and gives it back');
  return await leadOnce(surroundings, timeoutMs, io.signal);
}
