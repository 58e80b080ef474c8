import { systemClock } from '../../../src/clock.ts';
import { LbError } from '../../../src/errors.ts';
import { silentLog } from '../../../src/log.ts';
import { assertSame, described } from '../definition.ts';
import type { Description } from '../door/description-door.ts';
import type { Launch } from '../process/child.ts';
import { Session } from '../process/session.ts';

/** A provider is started thousands of times in a run of the suite: a process that was closed in good order serves the next instance. */
const mostSpare = 4;

/** The processes of one command, from which every simulation of it takes what it needs. */
export class SpareProcesses {
  readonly description: Description;
  readonly #launch: Launch;
  readonly #spare: Session[];

  private constructor(launch: Launch, description: Description, first: Session) {
    this.#launch = launch;
    this.description = description;
    this.#spare = [first];
  }

  /** @throws LbError why the command is no provider */
  static async of(command: readonly string[]): Promise<SpareProcesses> {
    const launch = { command };
    const first = new Session(launch, systemClock, silentLog);
    first.hold(false);
    try {
      return new SpareProcesses(launch, await held(first, () => described(first, systemClock)), first);
    } catch (thrown) {
      await first.end();
      throw thrown;
    }
  }

  async take(): Promise<Session> {
    for (let session = this.#spare.pop(); session !== undefined; session = this.#spare.pop()) {
      if (session.broken !== undefined) continue;
      session.hold(true);
      return session;
    }
    const session = new Session(this.#launch, systemClock, silentLog);
    try {
      assertSame(await described(session, systemClock), this.description, this.#launch);
      return session;
    } catch (thrown) {
      await session.end();
      throw thrown;
    }
  }

  /** A process that has answered `close` and is asked nothing. */
  async give(session: Session): Promise<void> {
    if (session.broken !== undefined || !session.idle || this.#spare.length >= mostSpare) return session.end();
    session.owner = undefined;
    session.hold(false);
    this.#spare.push(session);
  }
}

async function held<T>(session: Session, work: () => Promise<T>): Promise<T> {
  session.hold(true);
  try {
    return await work();
  } finally {
    session.hold(false);
  }
}

/** By command. They end with this process: the end of their input tells them. */
const spares = new Map<string, Promise<SpareProcesses>>();

/** @throws LbError why the command is no provider */
export async function sparesOf(command: readonly string[]): Promise<SpareProcesses> {
  if (command.length === 0) throw new LbError('InvalidFlag', 'the command is empty', { field: '--command' });
  const key = JSON.stringify(command);
  const found = spares.get(key) ?? SpareProcesses.of(command);
  spares.set(key, found);
  try {
    return await found;
  } catch (thrown) {
    spares.delete(key);
    throw thrown;
  }
}
