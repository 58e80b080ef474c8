/** Delays after failures in a row: `firstMs` doubling to `longestMs`, each spread over half to one and a half of itself. */
export interface Backoff {
  readonly firstMs: number;
  readonly longestMs: number;
}

/** The wait after the `failures`-th failure in a row (from 1), never shorter than what the server asked for. */
export function backoffMs(backoff: Backoff, failures: number, random: () => number, askedMs = 0): number {
  const plain = Math.min(backoff.firstMs * 2 ** Math.min(failures - 1, 30), backoff.longestMs);
  // Longer than asked, never shorter: all who were sent away at once must not come back at once.
  return askedMs > 0 ? Math.max(plain, askedMs) * (1 + random() / 2) : plain * (0.5 + random());
}
