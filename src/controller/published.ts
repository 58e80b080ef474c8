import type { KeyState } from './key-state.ts';
import type { LoopParts } from './loop-parts.ts';

/**
 * For how many milliseconds more these addresses must be served: all of the handover time while a status names one; after
 * that, what is left of it. Since when is not known after a restart, so the time then runs from the first question.
 */
export function stillPublished(
  parts: Pick<LoopParts, 'clock' | 'namesAddress'>,
  state: KeyState,
  addresses: readonly string[],
  handoverMs: number,
): number {
  const now = parts.clock.monotonic();
  let left = 0;
  for (const address of addresses) {
    if (parts.namesAddress(address)) {
      state.unpublishedAt.delete(address);
      left = Math.max(left, handoverMs, 1);
      continue;
    }
    const since = state.unpublishedAt.get(address) ?? now;
    state.unpublishedAt.set(address, since);
    left = Math.max(left, since + handoverMs - now);
  }
  return left;
}
