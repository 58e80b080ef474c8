import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { settle, systemClock } from '../../../src/clock.ts';
import type { ProviderSimulation } from '../../../src/conformance/simulation.ts';
import { LbError } from '../../../src/errors.ts';
import { definitionOf, type Processes } from '../definition.ts';
import type { Session } from '../process/session.ts';
import { commandText } from '../settings.ts';
import { sparesOf, type SpareProcesses } from './spare-processes.ts';

/** What a provider may take in real time before the clock of a simulation goes on without it. */
const patienceMs = 10_000;

/**
 * A provider in another process on a cloud of its own: a folder, which is all that its processes keep anything in. `crash`
 * kills them; the next instance is another process on the same folder.
 * @throws LbError where the command is no provider, or one that has no sandbox
 */
export async function simulateCommand(command: readonly string[]): Promise<ProviderSimulation> {
  const spares = await sparesOf(command);
  const { description } = spares;
  if (description.sandbox === undefined) {
    throw new LbError('InvalidFlag', `${commandText(command)} says in describe that it has no sandbox, so it cannot be tried out`, {
      field: '--command',
      remedy: 'Let it answer describe with sandbox, the connection to use there (docs/reference/provider-protocol.md).',
    });
  }
  const folder = await mkdtemp(join(tmpdir(), 'portolan-sandbox-'));
  const processes = new SandboxProcesses(spares);
  return {
    definition: definitionOf(description, processes, folder),
    connection: { command: [...command], ...description.sandbox },
    crash: () => processes.crash(),
    quiet: () => processes.quiet(),
    close: async () => {
      await processes.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The processes of one simulation. */
class SandboxProcesses implements Processes {
  readonly #spares: SpareProcesses;
  readonly #inUse = new Set<Session>();
  readonly #ending = new Set<Promise<unknown>>();
  readonly #working = new Set<Promise<unknown>>();
  /** Instances are told apart by how often there was a crash before them. */
  #lives = 0;

  constructor(spares: SpareProcesses) {
    this.#spares = spares;
  }

  async open(): Promise<Session> {
    const life = this.#lives;
    // Nobody else writes into the folder any more.
    await Promise.all(this.#ending);
    const session = await this.#spares.take();
    if (life === this.#lives) {
      this.#inUse.add(session);
      return session;
    }
    await this.#spares.give(session);
    throw new LbError('Stopping', 'the process that wanted it was killed');
  }

  async release(session: Session, how: 'clean' | 'dirty'): Promise<void> {
    this.#inUse.delete(session);
    await this.#end(how === 'clean' ? this.#spares.give(session) : session.end());
  }

  during<T>(work: Promise<T>): Promise<T> {
    const counted = work.finally(() => this.#working.delete(counted));
    this.#working.add(counted);
    return counted;
  }

  crash(): void {
    this.#lives++;
    for (const session of this.#inUse) {
      session.kill();
      void this.#end(session.gone);
    }
    this.#inUse.clear();
  }

  /** Also what was given up and is still worked on counts: it may yet change something. */
  async quiet(): Promise<void> {
    let late = false;
    const patience = new Promise<void>((resolve) => {
      const cancel = systemClock.after(patienceMs, () => {
        late = true;
        resolve();
      });
      void this.#allQuiet(() => late).finally(() => {
        cancel();
        resolve();
      });
    });
    await patience;
  }

  async close(): Promise<void> {
    const left = [...this.#inUse];
    this.#inUse.clear();
    await Promise.all(left.map((session) => this.#end(this.#closeInGoodOrder(session))));
    await Promise.all(this.#ending);
  }

  async #allQuiet(late: () => boolean): Promise<void> {
    while (!late()) {
      // What was just answered may lead to the next request within this turn.
      if (this.#busy().length === 0) await settle();
      const busy = this.#busy();
      if (busy.length === 0) return;
      await Promise.allSettled(busy);
    }
  }

  #busy(): readonly Promise<unknown>[] {
    const asked = [...this.#inUse].filter(({ idle }) => !idle);
    return [...this.#working, ...this.#ending, ...asked.map((session) => session.whenIdle())];
  }

  async #closeInGoodOrder(session: Session): Promise<void> {
    session.owner = undefined;
    try {
      const answer = await session.send({ verb: 'close', body: {} }, systemClock);
      await ('result' in answer ? this.#spares.give(session) : session.end());
    } catch {
      await session.end(); // it does not answer, which nobody asks about any more
    }
  }

  #end(work: Promise<void>): Promise<void> {
    const ending = work.finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
    return ending;
  }
}
