import { Command } from 'commander';
import { LbError } from '../errors.ts';
import type { ClusterId, ProviderName } from '../model/ids.ts';
import { clusterIdOf } from './audit/look-around.ts';
import { exitCodes, type ExitCode, type Io } from './io.ts';
import { createPaint } from './look/paint.ts';
import { providersNamed } from './look/providers-named.ts';
import { readingInstance } from './look/read-providers.ts';
import { openSurroundings, withLookFlags, type LookFlags, type OpenSurroundings, type Surroundings } from './look/surroundings.ts';
import { preflightJson, preflightText } from './preflight/preflight-text.ts';
import { tryPermissions, type Tried, type TriedPermission } from './preflight/try-permissions.ts';

export interface PreflightFlags extends LookFlags {
  readonly provider?: string;
  readonly policy?: true;
}

/** `portolan preflight`: whether the credentials of the configuration are enough, permission by permission. */
export function preflightCommand(io: Io, done: (code: ExitCode) => void): Command {
  const command = new Command('preflight')
    .description('Tries the permissions of each provider one by one and names what is missing. Changes nothing.')
    .option('--provider <name>', 'this provider only (default: all)')
    .option('--policy', 'print the policy that gives a credential what it needs for this cluster, and no more, instead of trying');
  return withLookFlags(command)
    .addHelpText(
      'after',
      `
Examples:
  portolan preflight                                  every permission, with what it is for
  portolan preflight -o json | jq '.providers[].permissions[] | select(.outcome == "missing")'
  portolan preflight --provider aws-main --policy > policy.json

Run it with the credential of the controller: in its Pod, or with the same environment. Reads are tried; of changes only
what a cloud offers to try without doing it (EC2: DryRun). Others are not checked, and it says so.

Exit codes: 0 nothing is missing, 1 could not look, 2 wrong input, 3 a permission is missing.`,
    )
    .action(async (flags: PreflightFlags) => done(await runPreflight(flags, io)));
}

/** Prints what came of each permission, or a policy, and answers the exit code. @throws LbError where the input is wrong */
export async function runPreflight(flags: PreflightFlags, io: Io, open: OpenSurroundings = openSurroundings): Promise<ExitCode> {
  const surroundings = await open(flags, io);
  try {
    const names = providersNamed(flags.provider, surroundings);
    const clusterId = await clusterIdOf(surroundings, io.signal);
    if (flags.policy === true) {
      io.out(`${JSON.stringify(await policyOf(surroundings, names, clusterId), undefined, 2)}\n`);
      return exitCodes.good;
    }
    const all: Tried[] = [];
    for (const name of names) all.push(await tryPermissions(surroundings, name, clusterId, io.signal));
    io.out(
      flags.output === 'json'
        ? `${JSON.stringify({ providers: all.map(preflightJson) }, undefined, 2)}\n`
        : preflightText(all, createPaint(io.colour)),
    );
    const has = (outcome: TriedPermission['outcome']) => all.some(({ permissions }) => permissions.some((one) => one.outcome === outcome));
    if (has('missing')) return exitCodes.no;
    return has('failed') || all.some(({ error }) => error !== undefined) ? exitCodes.failed : exitCodes.good;
  } finally {
    await surroundings.close();
  }
}

/** @throws LbError `InvalidFlag` where no provider, or more than one, has a policy */
async function policyOf(surroundings: Surroundings, names: readonly ProviderName[], clusterId: ClusterId): Promise<unknown> {
  const policies: { readonly name: ProviderName; readonly policy: unknown }[] = [];
  for (const name of names) {
    const instance = readingInstance(surroundings, name, clusterId);
    const policy = instance.policy?.();
    await instance.close();
    if (policy !== undefined) policies.push({ name, policy });
  }
  const [only, ...more] = policies;
  if (only === undefined) throw new LbError('InvalidFlag', `${names.join(', ')}: the cloud has no policies`, { field: '--policy' });
  if (more.length > 0) {
    const found = policies.map(({ name }) => name).join(', ');
    throw new LbError('InvalidFlag', `there are policies for ${found}`, { field: '--policy', remedy: 'Name one with --provider.' });
  }
  return only.policy;
}
