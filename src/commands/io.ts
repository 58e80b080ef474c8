import type { Environment } from '../config/environment.ts';

/** Everything a command may touch of the process it runs in; tests pass their own. */
export interface Io {
  /** The answer. */
  readonly out: (text: string) => void;
  /** Logs and progress. */
  readonly err: (text: string) => void;
  readonly env: Environment;
  /** Aborts when the user or the system asks the process to end. */
  readonly signal: AbortSignal;
  /** Whether stdout is a terminal that shows colours. */
  readonly colour: boolean;
}

/** What a command ends with (design §8). */
export const exitCodes = {
  good: 0,
  /** Could not do it: cloud, API server, lost lease, bug. */
  failed: 1,
  /** The user's input is wrong: flag, file, configuration, manifest. */
  input: 2,
  /** Done, and the answer is no: changes pending, not ready, a check failed. */
  no: 3,
  /** A plan is held for approval. */
  held: 4,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
