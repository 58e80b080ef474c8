import { sleep } from '../../../src/clock.ts';
import type { CallOptions } from '../api/elb.ts';
import type { Operation } from '../api/operations.ts';
import { sdkError } from '../api/sdk-errors.ts';
import { AmazonRefusal, refused } from './amazon-error.ts';
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

  async call<Asked, Answer>(
    operation: Operation,
    { signal }: CallOptions,
    asked: Asked,
    act: (state: AmazonState, asked: Asked) => Answer,
  ) {
    const copy = frozenCopy(asked);
    const { clock, times } = this.#state;
    signal.throwIfAborted();
    if (times.call > 0) await sleep(clock, times.call, signal);
    else await Promise.resolve();
    signal.throwIfAborted();
    this.#count(operation);
    try {
      if (this.denied.has(nameOf(operation))) throw refused('AccessDenied', `the credential may not do ${nameOf(operation)}`);
      if (!this.#state.throttle.lets(operation.counts)) {
        throw refused(operation.service === 'ec2' ? 'RequestLimitExceeded' : 'Throttling', 'rate exceeded');
      }
      this.#state.pass();
      return frozenCopy(act(this.#state, copy));
    } catch (error) {
      throw error instanceof AmazonRefusal ? sdkError(error, { operation }) : error;
    }
  }

  /** A listing is one request per page; what it lists is what stands there at the first. */
  async pages<Item>(operation: Operation, size: number, options: CallOptions, list: (state: AmazonState) => readonly Item[]) {
    const items = await this.call(operation, options, undefined, list);
    for (let shown = size; shown < items.length; shown += size) await this.further(operation, options);
    return items;
  }

  /** One more request for the same answer. */
  async further(operation: Operation, options: CallOptions): Promise<void> {
    await options.beforeNext?.(operation);
    await this.call(operation, options, undefined, () => undefined);
  }

  #count(operation: Operation): void {
    this.calls.set(nameOf(operation), (this.calls.get(nameOf(operation)) ?? 0) + 1);
  }
}

const nameOf = ({ service, action }: Operation): string => `${service}:${action}`;
