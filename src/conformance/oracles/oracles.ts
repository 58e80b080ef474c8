import { addressPermanence } from './address-permanence.ts';
import type { AtRest } from './at-rest.ts';
import { boundedPasses } from './bounded-passes.ts';
import type { Course } from './mutations.ts';
import { disruption } from './disruption.ts';
import { finalizerRight } from './finalizer.ts';
import { foreignUntouched, noDuplicates, noOrphans } from './left-over.ts';
import { lastWantIsCurrent, secondPlanEmpty } from './nothing-left-to-do.ts';
import type { Oracle } from './oracle.ts';
import { ownership } from './ownership.ts';
import { plannedFirst } from './planned-first.ts';
import { recordRight } from './record-right.ts';
import { statusRight } from './status-right.ts';

/** What must be true of everything that happened. */
export const courseOracles: readonly Oracle<Course>[] = [ownership, plannedFirst, disruption, addressPermanence, boundedPasses];

/** What must be true once nothing but time is waited for: also what a crash must leave behind. */
export const restOracles: readonly Oracle<AtRest>[] = [
  noOrphans,
  noDuplicates,
  foreignUntouched,
  finalizerRight,
  recordRight,
  statusRight,
  secondPlanEmpty,
  lastWantIsCurrent,
];
