import { LbError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Budget, CallContext } from '../provider.ts';
import type { Lane } from './lane-queue.ts';

/** No mutating request, to the cloud or to the API server, is given longer than this. */
export const mutationDeadlineMs = 10_000;

/** Whether this process may still write: the lease must outlive the request (design §9). */
export interface Leader {
  remainingMs(): number;
}

/** @throws LbError `LeaseLost` where the lease may end before a request that is sent now. */
export function fence(leader: Leader): void {
  if (leader.remainingMs() <= mutationDeadlineMs)
    throw new LbError('LeaseLost', 'this process does not lead for long enough to finish a request');
}

/** The context of calls to a provider: fence, then budget, then fence again, because waiting for budget takes time. */
export function callContextFor(leader: Leader, budget: Budget, lane: Lane, log: Log, signal: AbortSignal): CallContext {
  return {
    signal,
    log,
    beforeCall: async () => {
      fence(leader);
      await budget.take(lane, signal);
      fence(leader);
    },
  };
}
