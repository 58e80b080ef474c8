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
 * One request, when its class has room for it. What the limiter itself sends away is not counted: Amazon never saw it.
 * @throws LbError what `beforeSend` and `send` throw; a throttled answer as `CloudThrottled` with the time to come back
 */
export async function limitedCall<T>(gate: CallGate, operation: Operation, options: CallOptions, send: () => Promise<T>): Promise<T> {
  const { metrics, provider } = gate;
  const count = (result: string) => metrics.count('portolan_cloud_calls_total', { provider, operation: operation.action, result });
  await gate.limiter.take(operation.counts, options.signal);
  await options.beforeSend?.();
  try {
    const answer = await send();
    gate.limiter.succeeded(operation.counts);
    count('ok');
    return answer;
  } catch (thrown) {
    const error = asLbError(thrown);
    count(error.code);
    throw error.code === 'CloudThrottled' ? comeBack(error, gate.limiter.throttled(operation.counts)) : error;
  }
}

function comeBack(error: LbError, holdMs: number): LbError {
  const { field, remedy } = error;
  const kept: LbErrorOptions = { ...(field === undefined ? {} : { field }), ...(remedy === undefined ? {} : { remedy }) };
  return new LbError(error.code, error.text, { ...kept, cause: error, retryAfterMs: Math.max(holdMs, error.retryAfterMs ?? 0) });
}
