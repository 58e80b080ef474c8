import { LbError } from '../../src/errors.ts';
import { canonicalJson } from '../../src/model/digest.ts';
import type { JsonObject } from '../../src/model/json.ts';
import type { AnyProviderDefinition } from '../../src/provider.ts';
import { parseDescription, type Description } from './door/description-door.ts';
import { answered } from './door/answered.ts';
import { ExternalProvider } from './external-provider.ts';
import type { Launch } from './process/child.ts';
import { Session } from './process/session.ts';
import { protocolVersion } from './protocol.ts';
import { commandText, ownConnection, ownNames } from './settings.ts';
import type { Clock } from '../../src/clock.ts';
import type { Log } from '../../src/log.ts';

/** Where processes come from and go to. */
export interface Processes {
  /** A process that described itself as expected. @throws LbError why there is none */
  open(clock: Clock, log: Log, signal: AbortSignal): Promise<Session>;
  /** One that is not wanted any more; `clean`: it has answered `close`. */
  release(session: Session, how: 'clean' | 'dirty'): Promise<void>;
  /** Sees everything that is under way in processes. */
  during<T>(work: Promise<T>): Promise<T>;
}

/** Asks a process what it is. @throws LbError `BadAnswer`, `ProviderProcessFailed` */
export async function described(session: Session, clock: Clock, signal?: AbortSignal): Promise<Description> {
  const answer = await session.send({ verb: 'describe', body: { protocol: protocolVersion } }, clock, signal);
  return parseDescription(answered(answer, 'describe'));
}

/** A process for each instance, which ends with it. */
export function ownProcesses(launch: Launch, expected: Description): Processes {
  return {
    open: async (clock, log, signal) => {
      const session = new Session(launch, clock, log);
      try {
        assertSame(await described(session, clock, signal), expected, launch);
        return session;
      } catch (thrown) {
        await session.end();
        throw thrown;
      }
    },
    release: (session) => session.end(),
    during: (work) => work,
  };
}

/** Settings were parsed, and Services compiled, by what it said at first: another description needs another start. */
export function assertSame(now: Description, expected: Description, { command }: Launch): void {
  if (canonicalJson(now) === canonicalJson(expected)) return;
  throw new LbError('ProviderBug', `the provider's process (${commandText(command)}) describes itself differently than before`, {
    remedy: 'Restart the controller to take over the new description.',
  });
}

/** The provider as core knows one. What of its connection is Portolan's own stays here. */
export function definitionOf(description: Description, processes: Processes, sandbox?: string): AnyProviderDefinition {
  const { kind, settings, settleMs, clusterUnit, endpointSlices } = description;
  return {
    kind,
    connection: { ...ownConnection, ...description.connection },
    settings,
    settleMs,
    clusterUnit,
    endpointSlices,
    create: (connection, host) =>
      new ExternalProvider({
        description,
        processes,
        connection: withoutOwn(connection),
        host,
        ...(sandbox === undefined ? {} : { sandbox }),
      }),
  };
}

function withoutOwn(connection: unknown): JsonObject {
  const values = Object.entries(connection as JsonObject); // parsed by the rows of the definition
  return Object.fromEntries(values.filter(([name]) => !ownNames.has(name)));
}
