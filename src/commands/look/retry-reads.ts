import pRetry from 'p-retry';
import { LbError } from '../../errors.ts';
import type { Surroundings } from './surroundings.ts';

/** Makes a read that may simply be made again: only what the catalogue calls `retry` is, and only a few times. */
export async function retryReads<T>(read: () => Promise<T>, { times, waitMs }: Surroundings['retry'], signal: AbortSignal): Promise<T> {
  return await pRetry(read, {
    retries: times,
    minTimeout: waitMs,
    randomize: true,
    signal,
    shouldRetry: ({ error }) => error instanceof LbError && error.verdict === 'retry' && !signal.aborted,
  });
}
