import type { Feature } from '../../model/capabilities.ts';
import type { ActionStep, Hook, Setup } from '../case.ts';

/**
 * Something users do, told so that it can go wrong at any point of it: with a process that dies, or a call that fails.
 * However it went wrong, its end must be the same.
 */
export interface Scenario {
  readonly id: string;
  /** What is done, in a few words. */
  readonly title: string;
  /** It is left out where the provider lacks one of these. */
  readonly needs?: readonly Feature[];
  /** It is left out where the simulated cloud lacks one of these. */
  readonly hooks?: readonly Hook[];
  readonly setup?: Setup;
  /** What stands before; at rest after it. */
  readonly given: readonly ActionStep[];
  /** What is done. */
  readonly acts: readonly ActionStep[];
  /** Services that get another address by it; all others keep theirs. */
  readonly moves?: readonly string[];
}
