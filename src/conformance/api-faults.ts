import { sleep, type Clock } from '../clock.ts';
import { LbError } from '../errors.ts';
import type { Reason } from '../reasons.ts';
import { ArmedFaults } from './armed-faults.ts';

/** What may go wrong with a call of a provider's narrow API, below the provider. */
export interface ApiFault {
  /** Which calls, `api.method`: a text must be equal, an expression must match. */
  readonly call: string | RegExp;
  /**
   * `error`: it fails with this code before anything was done. `throttle`: the cloud asks to slow down, with or without
   * saying for how long. `latency`: it takes this long. `lost-reply`: it is done and the reply is lost. `late`: the reply is
   * lost and it is done only `ms` later. `stale`: it answers what it answered the same question the time before; `partial`: of
   * a list it gives the first half. The last two are for reads.
   */
  readonly fault: 'error' | 'throttle' | 'latency' | 'lost-reply' | 'late' | 'stale' | 'partial';
  readonly code?: Reason;
  readonly ms?: number;
  /** Lets so many calls pass first. */
  readonly skip?: number;
  /** Hits so many calls, then it is used up; absent: all until `clear`. */
  readonly times?: number;
}

type Method = (...given: unknown[]) => unknown;

/** Stands around the narrow APIs of a provider, whatever they are: objects of methods, of which only asynchronous ones are hit. */
export class ApiFaults {
  readonly #clock: Clock;
  readonly #armed = new ArmedFaults<ApiFault>();
  readonly #counts = new Map<string, number>();
  /** What each question was answered last. */
  readonly #answers = new Map<string, unknown>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(fault: ApiFault): void {
    this.#armed.add(fault, 'pass');
  }

  clear(): void {
    this.#armed.clear('pass');
  }

  /** Whether a call was hit by this very fault. */
  struck(fault: ApiFault): boolean {
    return this.#armed.struck(fault);
  }

  /** How often each call was made. */
  get counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  /** The API as the provider gets it; to be given to `Simulate`. */
  readonly wrap = <T extends object>(api: T, name: string): T =>
    new Proxy(api, {
      get: (target, property) => {
        const member: unknown = Reflect.get(target, property, target);
        if (typeof member !== 'function' || typeof property !== 'string') return member;
        return (...given: unknown[]) => this.#call(`${name}.${property}`, given, () => (member as Method).apply(target, given)); // just checked
      },
    });

  #call(call: string, given: readonly unknown[], make: () => unknown): unknown {
    this.#counts.set(call, (this.#counts.get(call) ?? 0) + 1);
    const question = `${call} ${JSON.stringify(given)}`;
    const fault = this.#next(call);
    if (fault !== undefined) return this.#faulty(fault, call, question, async () => this.#remembered(question, await make()));
    const answer = make();
    return answer instanceof Promise ? answer.then((value) => this.#remembered(question, value)) : answer;
  }

  async #faulty(fault: ApiFault, call: string, question: string, make: () => Promise<unknown>): Promise<unknown> {
    switch (fault.fault) {
      case 'error':
        throw new LbError(fault.code ?? 'CloudUnavailable', `${call} was made to fail`);
      case 'throttle':
        throw new LbError('CloudThrottled', `${call} was asked to slow down`, fault.ms === undefined ? {} : { retryAfterMs: fault.ms });
      case 'latency':
        await sleep(this.#clock, fault.ms ?? 1_000);
        return make();
      case 'lost-reply':
        await make();
        throw new LbError('OutcomeUnknown', `the reply to ${call} was lost`);
      case 'late':
        this.#clock.after(fault.ms ?? 1_000, () => void make().catch(() => {})); // nobody waits for it any more
        throw new LbError('OutcomeUnknown', `the reply to ${call} was lost`);
      case 'stale':
        return this.#answers.has(question) ? this.#answers.get(question) : make();
      case 'partial': {
        const whole = await make();
        return Array.isArray(whole) ? whole.slice(0, Math.floor(whole.length / 2)) : whole;
      }
    }
  }

  #remembered(question: string, answer: unknown): unknown {
    this.#answers.set(question, answer);
    return answer;
  }

  #next(call: string): ApiFault | undefined {
    return this.#armed.next(
      ({ call: wanted }) => (typeof wanted === 'string' ? wanted === call : wanted.test(call)),
      this.#clock.monotonic(),
    );
  }
}
