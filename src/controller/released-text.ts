import type { StepRun } from '../engine/run-steps.ts';

/** Names what is left behind, as far as this very pass saw it: what a pass before a crash released is in the log only. */
export function releasedText(runs: readonly StepRun[]): string {
  const left = new Set(runs.map(({ step: { resource } }) => `${resource.kind} ${resource.id ?? resource.name}`));
  return `Released load balancer${left.size === 0 ? '' : `; left behind: ${[...left].join(', ')}`}`;
}
