import type { Simulate } from './simulation.ts';
import type { ProgressEvent } from './suite.ts';

/** What a pass over one provider gets. The same seed gives the same result. */
export interface PassOptions {
  readonly simulate: Simulate;
  readonly seed: number;
  /** Ends it after the run that is under way. */
  readonly signal: AbortSignal;
  readonly progress: (event: ProgressEvent) => void;
}
