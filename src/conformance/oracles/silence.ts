import type { TraceEntry } from '../trace.ts';
import type { Oracle } from './oracle.ts';

/** A stretch of the trace in which nobody did anything, and nothing was left to do. */
export interface Quiet {
  readonly trace: readonly TraceEntry[];
  readonly ms: number;
}

/** A drift check, and one more look at what waits for a user. */
const looksPerTenMinutes = 3;

/** Nothing changed: no write, no mutation, hardly a read. */
export const silence: Oracle<Quiet> = {
  name: 'silence',
  rows: ['idea-5', 'P27', 'A6'],
  promise: 'at rest nothing is written to the cloud or to the API server but Leases, and little is read',
  violations: ({ trace, ms }) => {
    const looks = new Map<string, number>();
    const wrong: string[] = [];
    for (const entry of trace) {
      if (entry.kind === 'api' && !entry.path.includes('/leases/')) wrong.push(`${entry.method} ${entry.path.split('?')[0]} at rest`);
      if (entry.kind !== 'call') continue;
      if (entry.verb === 'apply') wrong.push(`step ${entry.step?.id} (${entry.step?.summary}) at rest`);
      if (entry.verb === 'observe' && entry.key !== undefined) looks.set(entry.key, (looks.get(entry.key) ?? 0) + 1);
    }
    const most = looksPerTenMinutes * Math.max(1, ms / 600_000) * 2;
    for (const [key, count] of looks) if (count > most) wrong.push(`${key} was looked at ${count} times in ${ms / 60_000} min at rest`);
    return wrong;
  },
};
