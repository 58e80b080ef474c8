import { LbError } from '../errors.ts';
import type { PassResult } from '../engine/pass.ts';

/** When a load balancer is looked at next. */
export type NextPass =
  | { readonly kind: 'settled' }
  | { readonly kind: 'again' }
  /** `throttled`: neither success nor failure, so a back-off that has begun stands (contract L3). */
  | { readonly kind: 'after'; readonly ms: number; readonly throttled?: true }
  | { readonly kind: 'retry' }
  /** Nothing brings it back but a change: a provider that starts, a roll that goes on. */
  | { readonly kind: 'parked' };

/** How often what waits for a person is tried unasked. */
export const waitForUserMs = 600_000;
/** So many passes in a row may make progress without finishing: more than any honest replacement needs. */
const progressLimit = 8;

/**
 * Counts passes in a row that made progress without finishing, and calls it a failure when there are too many: a plan that
 * asks for changes for ever is a bug, and must not spin.
 */
export function countProgress(state: { progress: number }, result: PassResult): PassResult {
  state.progress = result.outcome === 'progress' ? state.progress + 1 : 0;
  if (state.progress <= progressLimit) return result;
  return {
    ...result,
    outcome: 'failed',
    error: new LbError('NotConverging', 'plan after plan asks for changes although each was carried out'),
  };
}

/** Whether a pass that came to this ends the back-off of earlier failures. */
export const endsBackOff = (next: NextPass): boolean => next.kind !== 'retry' && !(next.kind === 'after' && next.throttled === true);

/** What an error's verdict says about the next try. */
export function nextAfterError(error: LbError): NextPass {
  switch (error.verdict) {
    case 'retry-after':
      return { kind: 'after', ms: error.retryAfterMs ?? 5_000, throttled: true };
    case 'wait-for-user':
      return { kind: 'after', ms: waitForUserMs };
    case 'retry':
    case 'in-doubt':
    case 'gone':
    case 'bug':
      return { kind: 'retry' };
  }
}

/** Nothing of it is ours, so nothing is remembered. `it-changes`: by its own words it could be, but nothing of ours was found. */
export interface Forgotten {
  readonly kind: 'forgotten';
  readonly until?: 'it-changes';
}

/** What a pass's result says about the next one. */
export function nextAfterPass(result: PassResult): NextPass {
  switch (result.outcome) {
    case 'finished':
      return { kind: 'settled' };
    case 'planned':
      return result.wait === undefined ? { kind: 'settled' } : waiting(result);
    case 'progress':
      return { kind: 'again' };
    case 'waiting':
      return waiting(result);
    case 'held':
    case 'refused':
      // Its members still follow the nodes: where the cloud is not ready for them, that is not for the user to end.
      return result.wait === undefined && result.membersDone ? { kind: 'after', ms: waitForUserMs } : waiting(result);
    case 'failed':
      return result.error === undefined ? { kind: 'retry' } : nextAfterError(result.error);
  }
}

function waiting({ wait }: PassResult): NextPass {
  if (wait?.retryAfterMs === undefined || !Number.isFinite(wait.retryAfterMs)) return { kind: 'retry' };
  // Never at once: a wait that is over by a hair would spin.
  return { kind: 'after', ms: Math.max(wait.retryAfterMs, 10) };
}
