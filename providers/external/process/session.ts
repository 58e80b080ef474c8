import { isUtf8 } from 'node:buffer';
import type { Clock } from '../../../src/clock.ts';
import { LbError } from '../../../src/errors.ts';
import type { Log } from '../../../src/log.ts';
import type { Json, JsonObject } from '../../../src/model/json.ts';
import { cancelGraceMs, depthLimit, lineLimit, timeoutMs, type Request, type Verb } from '../protocol.ts';
import { commandText } from '../settings.ts';
import { startChild, type Child, type Launch } from './child.ts';

/** What came back: a result or an error, both as they were sent. */
export type Answer = { readonly result: Json } | { readonly error: Json };

/** Who listens to a session: its events, and the end nobody asked for. */
export interface SessionOwner {
  /** @throws LbError where it is none of the protocol */
  event(event: JsonObject): void;
  broken(why: LbError): void;
}

interface Pending {
  readonly verb: Verb;
  readonly settle: (answer: Answer | LbError) => void;
  /** Ends the wait for an answer, or for the answer to a cancellation. */
  stopClock: () => void;
}

/**
 * One process and the requests under way in it. What breaks the protocol ends the process, and every request fails with the
 * cause; a request that is given up is cancelled, and a process that does not even answer that counts as hung.
 */
export class Session {
  readonly #launch: Launch;
  readonly #child: Child;
  readonly #pending = new Map<number, Pending>();
  #tellIdle: (() => void)[] = [];
  #sent = 0;
  #broken: LbError | undefined;
  /** Set by whoever uses the session; one that is idle has none. */
  owner: SessionOwner | undefined;

  constructor(launch: Launch, clock: Clock, log: Log) {
    this.#launch = launch;
    this.#child = startChild(launch, clock, log, {
      line: (line) => this.#read(line),
      tooLong: () => this.#break('BadAnswer', `wrote a line of more than ${lineLimit / 1024 / 1024} MiB`),
      ended: (how) => this.#break('ProviderProcessFailed', how),
    });
  }

  /** Why it can be used no more; absent while it can. */
  get broken(): LbError | undefined {
    return this.#broken;
  }

  get gone(): Promise<void> {
    return this.#child.gone;
  }

  /**
   * Sends a request. What it throws was not sent.
   * @returns the answer; it rejects with a LbError where there is none.
   * @throws LbError ProviderBug for a request that is too long, else why the process cannot be asked
   */
  send({ verb, body }: Request, clock: Clock, signal?: AbortSignal): Promise<Answer> {
    if (this.#broken !== undefined) throw this.#broken;
    if (signal?.aborted === true) throw givenUp(verb, 'was not sent: the process is ending');
    const id = ++this.#sent;
    const line = JSON.stringify({ id, verb, ...body });
    if (Buffer.byteLength(line) > lineLimit) {
      throw new LbError('ProviderBug', `what the provider is to be asked by ${verb} is longer than the protocol allows`);
    }
    return new Promise((resolve, reject) => {
      const abort = () => this.#cancel(id, clock, givenUp(verb, 'was given up'));
      const entry: Pending = {
        verb,
        stopClock: clock.after(timeoutMs[verb], () =>
          this.#cancel(id, clock, this.#failure('ProviderProcessFailed', `did not answer ${verb} in time`)),
        ),
        settle: (answer) => {
          signal?.removeEventListener('abort', abort);
          if (answer instanceof LbError) reject(answer);
          else resolve(answer);
        },
      };
      this.#pending.set(id, entry);
      signal?.addEventListener('abort', abort, { once: true });
      this.#child.write(line);
    });
  }

  /** True while nothing is asked, not even what nobody waits for any more. */
  get idle(): boolean {
    return this.#pending.size === 0;
  }

  /** Resolves when that is so. */
  whenIdle(): Promise<void> {
    return this.idle ? Promise.resolve() : new Promise((resolve) => this.#tellIdle.push(resolve));
  }

  /** Whether this process, while it is there, keeps the one that started it from ending by itself. */
  hold(held: boolean): void {
    this.#child.hold(held);
  }

  /** Ends the process in good order; nobody is told. */
  async end(): Promise<void> {
    this.owner = undefined;
    await this.#child.terminate();
  }

  kill(): void {
    this.owner = undefined;
    this.#child.kill();
    this.#break('ProviderProcessFailed', 'was ended by SIGKILL');
  }

  /** Nobody waits for it any more; its answer is still allowed, and must come. */
  #cancel(id: number, clock: Clock, why: LbError): void {
    const entry = this.#pending.get(id);
    if (entry === undefined) return;
    entry.stopClock();
    entry.settle(why);
    entry.stopClock = clock.after(cancelGraceMs, () => this.#break('ProviderProcessFailed', `did not answer ${entry.verb} in time`));
    this.#child.write(JSON.stringify({ id, cancel: true }));
  }

  #read(bytes: Buffer): void {
    if (this.#broken !== undefined) return;
    const message = messageOf(bytes);
    if (message === undefined) return this.#break('BadAnswer', 'wrote to stdout what is no message of the protocol');
    if (message['event'] !== undefined) return this.#event(message);
    const id = message['id'];
    const entry = typeof id === 'number' ? this.#pending.get(id) : undefined;
    if (typeof id !== 'number' || entry === undefined) return this.#break('BadAnswer', 'answered what it was not asked, or answered twice');
    const answer = answerOf(message);
    if (answer === undefined) return this.#break('BadAnswer', `answered ${entry.verb} with neither a result nor an error`);
    this.#pending.delete(id);
    entry.stopClock();
    entry.settle(answer);
    this.#idleNow();
  }

  #event(event: JsonObject): void {
    try {
      this.owner?.event(event);
    } catch (thrown) {
      this.#break('BadAnswer', 'sent an event that the protocol does not have', thrown);
    }
  }

  #idleNow(): void {
    if (!this.idle) return;
    for (const tell of this.#tellIdle) tell();
    this.#tellIdle = [];
  }

  #break(code: 'BadAnswer' | 'ProviderProcessFailed', how: string, cause?: unknown): void {
    if (this.#broken !== undefined) return;
    this.#broken = this.#failure(code, how, cause);
    this.#child.kill();
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const entry of pending) {
      entry.stopClock();
      entry.settle(this.#broken);
    }
    this.#idleNow();
    this.owner?.broken(this.#broken);
  }

  #failure(code: 'BadAnswer' | 'ProviderProcessFailed', how: string, cause?: unknown): LbError {
    const command = commandText(this.#launch.command);
    const remedy = `See the log for what it wrote to stderr, and run ${command} by hand.`;
    return new LbError(code, `the provider's process (${command}) ${how}`, { remedy, cause });
  }
}

const givenUp = (verb: Verb, how: string): LbError => new LbError('CloudUnavailable', `the call ${verb} of the provider ${how}`);

/** A line as a JSON object; undefined where it is none. */
function messageOf(bytes: Buffer): JsonObject | undefined {
  if (!isUtf8(bytes)) return undefined;
  const text = bytes.toString('utf8');
  if (isTooDeep(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined; // JSON, and no list
  } catch {
    return undefined; // no JSON at all
  }
}

function answerOf(message: JsonObject): Answer | undefined {
  const { result, error } = message;
  if (Object.keys(message).length !== 2 || (result === undefined) === (error === undefined)) return undefined;
  return result === undefined ? { error: error ?? null } : { result };
}

/** Nesting beyond what any walk over it can bear. */
function isTooDeep(text: string): boolean {
  let [depth, inText] = [0, false];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (inText) {
      if (code === 92) at++;
      else if (code === 34) inText = false;
    } else if (code === 34) inText = true;
    else if (code === 123 || code === 91) {
      if (++depth > depthLimit) return true;
    } else if (code === 125 || code === 93) depth--;
  }
  return false;
}
