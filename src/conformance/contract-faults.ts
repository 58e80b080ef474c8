import type { Clock } from '../clock.ts';
import { sleep } from '../clock.ts';
import { LbError } from '../errors.ts';
import type { CallContext } from '../provider.ts';
import type { Reason } from '../reasons.ts';
import { ArmedFaults, type Whose } from './armed-faults.ts';
import type { WrongAnswer } from './wrong-answers.ts';

/** Calls that may reach the cloud. */
export type CallVerb = 'start' | 'observe' | 'apply' | 'inventory';
/** Calls whose answer is made of what the provider was given or has seen. */
export type AnswerVerb = 'plan' | 'report' | 'capabilities';

/** What may go wrong with a call to a provider, whatever its cloud: it happens at the contract, around the call. */
export interface ContractFault {
  /** `plan`, `report` and `capabilities` only answer wrongly; they reach no cloud. */
  readonly verb: CallVerb | AnswerVerb;
  /**
   * `error`: it fails with this code before anything was done. `throttle`: the cloud asks to slow down, with or without
   * saying for how long. `latency`: it takes this long. `hang`: it never answers, until it is aborted. `lost-reply`: it is
   * done and the reply is lost. `late`: the reply is lost and it is done only `ms` later (never longer than the provider's
   * `settleMs`). `partial`: an inventory that breaks off after its first thing. `answer`: it is done, and what it answers is
   * not what the contract allows: see `answer`.
   */
  readonly fault: 'error' | 'throttle' | 'latency' | 'hang' | 'lost-reply' | 'late' | 'partial' | 'answer';
  readonly answer?: WrongAnswer;
  readonly code?: Reason;
  readonly ms?: number;
  /** Lets so many calls pass first. */
  readonly skip?: number;
  /** Hits so many calls, then it is used up; absent: all until `no-faults`. */
  readonly times?: number;
  /** `times` counts tries: calls of one moment are one. */
  readonly tries?: true;
}

/** The faults armed between one controller and its provider. The first that matches a call hits it. */
export class ContractFaults {
  readonly #clock: Clock;
  readonly #armed = new ArmedFaults<ContractFault>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(fault: ContractFault, whose: Whose = 'story'): void {
    this.#armed.add(fault, whose);
  }

  clear(whose: Whose = 'story'): void {
    this.#armed.clear(whose);
  }

  /** Whether a call was hit by this very fault. */
  struck(fault: ContractFault): boolean {
    return this.#armed.struck(fault);
  }

  /** Makes the call, or what the next armed fault makes of it. */
  async around<T>(verb: CallVerb, settleMs: number, ctx: CallContext, call: (ctx: CallContext) => Promise<T>): Promise<T> {
    const fault = this.#next(verb, (kind) => kind !== 'partial' && kind !== 'answer');
    switch (fault?.fault) {
      case 'error':
        throw new LbError(fault.code ?? 'CloudUnavailable', `${verb} was made to fail`);
      case 'throttle':
        throw new LbError('CloudThrottled', `${verb} was asked to slow down`, fault.ms === undefined ? {} : { retryAfterMs: fault.ms });
      case 'latency':
        await sleep(this.#clock, fault.ms ?? 1_000, ctx.signal);
        return call(ctx);
      case 'hang':
        return neverUnlessAborted(ctx.signal);
      case 'lost-reply':
        await call(ctx);
        throw new LbError('OutcomeUnknown', `the reply to ${verb} was lost`);
      case 'late':
        await ctx.beforeCall();
        // The cloud has the request: whether its sender is still there when it is carried out is all the same. Where absence
        // is never in doubt, nothing may come late.
        if (settleMs === 0) await call(onItsWay(ctx));
        else this.#clock.after(Math.min(fault.ms ?? settleMs / 2, settleMs), () => void call(onItsWay(ctx)).catch(() => {}));
        throw new LbError('OutcomeUnknown', `the reply to ${verb} was lost`);
      default:
        return call(ctx);
    }
  }

  /** Whether an inventory breaks off now. */
  breaksOff(): boolean {
    return this.#next('inventory', (kind) => kind === 'partial') !== undefined;
  }

  /** What is to be answered now in place of the right answer. */
  answerTo(verb: ContractFault['verb']): WrongAnswer | undefined {
    return this.#next(verb, (kind) => kind === 'answer')?.answer;
  }

  #next(verb: ContractFault['verb'], kinds: (kind: ContractFault['fault']) => boolean): ContractFault | undefined {
    return this.#armed.next((fault) => fault.verb === verb && kinds(fault.fault), this.#clock.monotonic());
  }
}

/** A request that has left: no fence and no abort holds it any more. */
const onItsWay = (ctx: CallContext): CallContext => ({ ...ctx, signal: new AbortController().signal, beforeCall: async () => {} });

function neverUnlessAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const abort = () => reject(signal.reason as Error); // an abort reason is an Error throughout this project
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
}
