import { sleep } from '../../../src/clock.ts';
import type { CallOptions } from '../api/elb.ts';
import { refused } from './amazon-error.ts';
import type { AmazonState } from './amazon-state.ts';
import { frozenCopy } from './frozen-copy.ts';

/**
 * Through which every request of both APIs goes. What is asked is copied when it is asked, takes effect at one moment, and
 * what is answered is a copy that nobody can change. A call that is aborted before that moment has done nothing.
 */
export class Door {
  /** How often each action was asked for, `elasticloadbalancing:CreateListener`; one per page. */
  readonly calls = new Map<string, number>();
  /** Actions that the credential may not do. */
  readonly denied = new Set<string>();
  readonly #state: AmazonState;

  constructor(state: AmazonState) {
    this.#state = state;
  }

  async call<Asked, Answer>(action: string, { signal }: CallOptions, asked: Asked, act: (state: AmazonState, asked: Asked) => Answer) {
    const copy = frozenCopy(asked);
    const { clock, times } = this.#state;
    signal.throwIfAborted();
    if (times.call > 0) await sleep(clock, times.call, signal);
    else await Promise.resolve();
    signal.throwIfAborted();
    this.count(action, 1);
    if (this.denied.has(action)) throw refused('AccessDenied', `the credential may not do ${action}`);
    this.#state.pass();
    return frozenCopy(act(this.#state, copy));
  }

  /** A listing is one request per page: those after the first. */
  async pages<Item>(action: string, size: number, options: CallOptions, list: (state: AmazonState) => readonly Item[]) {
    const items = await this.call(action, options, undefined, list);
    this.count(action, Math.max(Math.ceil(items.length / size) - 1, 0));
    return items;
  }

  count(action: string, times: number): void {
    this.calls.set(action, (this.calls.get(action) ?? 0) + times);
  }
}
