import type { Clock } from '../../src/clock.ts';
import { LbError } from '../../src/errors.ts';
import type { Log } from '../../src/log.ts';
import type { AnyProviderDefinition, ProviderDefinition } from '../../src/provider.ts';
import { definitionOf, described, ownProcesses } from './definition.ts';
import { Session } from './process/session.ts';
import { ownConnection, type OwnConnection } from './settings.ts';

/** What every external provider has in common; what it is besides that, its process says. */
export const provider: ProviderDefinition<OwnConnection, object> = {
  kind: 'external',
  connection: ownConnection,
  settings: {},
  settleMs: 0,
  clusterUnit: false,
  endpointSlices: false,
  create: () => {
    throw new LbError('ProviderBug', 'an external provider is made of its description');
  },
};

/**
 * Starts the command, asks what it is, and ends it. Its rows of `connection` stand beside `command`, `env` and `directory`.
 * @throws LbError why it cannot be known; it may be tried again
 */
export async function describe(
  connection: Readonly<Record<string, unknown>>,
  { clock, log, environment }: { readonly clock: Clock; readonly log: Log; readonly environment: Readonly<Record<string, string>> },
): Promise<AnyProviderDefinition> {
  const { command, env, directory } = connection as unknown as OwnConnection; // parsed by its rows
  const launch = { command, directory, environment: { ...environment, ...env } };
  const session = new Session(launch, clock, log);
  try {
    const description = await described(session, clock);
    return definitionOf(description, ownProcesses(launch, description));
  } finally {
    await session.end();
  }
}
