import { asLbError, LbError, type LbErrorOptions } from '../../../src/errors.ts';
import type { Metrics } from '../../../src/metrics.ts';
import type { CallOptions } from './elb.ts';
import type { ApiLimiter } from './limiter.ts';
import type { Operation } from './operations.ts';

export interface CallGate {
  readonly limiter: ApiLimiter;
  readonly metrics: Metrics;
  /** The name of the provider's entry, as metrics show it. */
  readonly provider: string;
}

/**
 * One request, when its class has room for it; where `send` needs further ones, each of them by `beforeNext` of the options it is
 * given. What the limiter itself sends away is not counted: Amazon never saw it.
 * @throws LbError what `beforeSend` and `send` throw; a throttled answer as `CloudThrottled` with the time to come back
 */
export async function limitedCall<T>(
  gate: CallGate,
  operation: Operation,
  options: CallOptions,
  send: (each: CallOptions) => Promise<T>,
): Promise<T> {
  const { limiter, metrics, provider } = gate;
  const count = ({ action }: Operation, result: string) =>
    metrics.count('portolan_cloud_calls_total', { provider, operation: action, result });
  let current: Operation | undefined;
  const admit = async (next: Operation) => {
    await limiter.take(next.counts, options.signal);
    await options.beforeSend?.();
    current = next;
  };
  const answered = () => {
    if (current === undefined) return;
    limiter.succeeded(current.counts);
    count(current, 'ok');
    current = undefined;
  };
  const beforeNext = async (next: Operation) => {
    answered();
    await admit(next);
  };
  await admit(operation);
  try {
    const answer = await send({ ...options, beforeNext });
    answered();
    return answer;
  } catch (thrown) {
    const error = asLbError(thrown);
    if (current === undefined) throw error;
    count(current, error.code);
    throw error.code === 'CloudThrottled' ? comeBack(error, limiter.throttled(current.counts)) : error;
  }
}

function comeBack(error: LbError, holdMs: number): LbError {
  const { field, remedy } = error;
  const kept: LbErrorOptions = { ...(field === undefined ? {} : { field }), ...(remedy === undefined ? {} : { remedy }) };
  return new LbError(error.code, error.text, { ...kept, cause: error, retryAfterMs: Math.max(holdMs, error.retryAfterMs ?? 0) });
}
