import type { Clock } from '../../../src/clock.ts';
import { LbError } from '../../../src/errors.ts';
import type { CallOptions } from './elb.ts';
import { mutates, type Operation } from './operations.ts';
import { sdkError, type SentRequest } from './sdk-errors.ts';

/** Two clients of one service: reads are repeated, changes never. */
export interface ClientPair<Client> {
  readonly reads: Client;
  readonly writes: Client;
}

/** What the SDK is given with each request. */
export interface Within {
  readonly abortSignal: AbortSignal;
}

/**
 * A change is over before the lease could be: the fence lets it go out when the lease has ten seconds left (design §9). It
 * includes asking for a credential; nothing is sent after it.
 */
export const changeMs = 9_000;
/** A read with all its repeats. */
export const readMs = 30_000;

/** Sends the requests of one service, each in its time, and says what became of it. */
export class SdkRequests<Client> {
  readonly #clients: ClientPair<Client>;
  readonly #clock: Clock;

  constructor(clients: ClientPair<Client>, clock: Clock) {
    this.#clients = clients;
    this.#clock = clock;
  }

  /**
   * @param send sends one command by the client it is given and parses the answer
   * @throws LbError, also where the answer cannot be read
   */
  async one<T>(request: SentRequest, options: CallOptions, send: (client: Client, within: Within) => Promise<T>): Promise<T> {
    const isChange = mutates(request.operation);
    const client = isChange ? this.#clients.writes : this.#clients.reads;
    try {
      return await this.#inTime(isChange ? changeMs : readMs, options.signal, (within) => send(client, within));
    } catch (thrown) {
      throw sdkError(thrown, request);
    }
  }

  /** All pages of a listing. `send` is given the mark of the page, and answers its items and the mark of the next. @throws LbError */
  async pages<T>(
    operation: Operation,
    options: CallOptions,
    send: (client: Client, within: Within, page: string | undefined) => Promise<{ readonly items: readonly T[]; readonly next: unknown }>,
  ): Promise<readonly T[]> {
    const all: T[] = [];
    const seen = new Set<string>();
    for (let page: string | undefined; ; ) {
      const at = page;
      const { items, next } = await this.one({ operation }, options, (client, within) => send(client, within, at));
      all.push(...items);
      if (typeof next !== 'string' || next === '') return all;
      if (seen.has(next)) throw new LbError('BadAnswer', `${operation.action} answered the same page twice`);
      seen.add(next);
      page = next;
      await options.beforeNext?.(operation);
    }
  }

  async #inTime<T>(ms: number, signal: AbortSignal, send: (within: Within) => Promise<T>): Promise<T> {
    const inner = new AbortController();
    const end = () => inner.abort();
    const cancel = this.#clock.after(ms, end);
    // By hand: a signal made of this one would live as long as it does, which is as long as the process.
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) end();
    const ended = new Promise<never>((_, reject) => {
      const giveUp = () => reject(new DOMException('given up', 'AbortError'));
      if (inner.signal.aborted) giveUp();
      else inner.signal.addEventListener('abort', giveUp, { once: true });
    });
    try {
      // The SDK does not look at the signal while it waits for a credential.
      return await Promise.race([ended, send({ abortSignal: inner.signal })]);
    } finally {
      cancel();
      signal.removeEventListener('abort', end);
    }
  }
}

/**
 * What Amazon refuses as a whole for the sake of one: asks for all; where that is refused as `refused` says, for each half, and
 * where one alone is refused it is left out.
 */
export async function halved<T, Answer>(
  things: readonly T[],
  operation: Operation,
  options: CallOptions,
  ask: (things: readonly T[]) => Promise<readonly Answer[]>,
  refused: (error: unknown) => boolean,
): Promise<readonly Answer[]> {
  if (things.length === 0) return [];
  try {
    return await ask(things);
  } catch (error) {
    if (!refused(error)) throw error;
    if (things.length === 1) return [];
  }
  const middle = Math.ceil(things.length / 2);
  const answers: Answer[] = [];
  for (const half of [things.slice(0, middle), things.slice(middle)]) {
    await options.beforeNext?.(operation);
    answers.push(...(await halved(half, operation, options, ask, refused)));
  }
  return answers;
}

export const isNotFound = (error: unknown): boolean => error instanceof LbError && error.code === 'NotFound';
