import type { TraceEntry } from '../trace.ts';
import type { Course } from './mutations.ts';
import type { Oracle } from './oracle.ts';

/** Passes that one thing somebody does may cost a load balancer: itself, its replacement, its neighbours' room, health coming and going. */
const perAct = 24;
/** And one for so much time: back-off, drift check, waits of the cloud. */
const perMs = 4_000;

/** A controller is woken by others, never by itself. */
export const boundedPasses: Oracle<Course> = {
  name: 'no self-waking',
  rows: ['idea-5', 'P27'],
  promise: 'what somebody does costs a load balancer a few passes, and time alone hardly any',
  violations: ({ trace, chronicle }) => {
    const cuts = [0, ...chronicle.positions, trace.length];
    return cuts.slice(1).flatMap((end, index) => violationsBetween(trace.slice(cuts[index], end)));
  },
};

function violationsBetween(entries: readonly TraceEntry[]): readonly string[] {
  const passes = new Map<string, number>();
  for (const entry of entries) {
    if (entry.kind !== 'call' || entry.verb !== 'observe' || entry.key === undefined) continue;
    const whose = `${entry.install} ${entry.key}`;
    passes.set(whose, (passes.get(whose) ?? 0) + 1);
  }
  const tookMs = (entries.at(-1)?.at ?? 0) - (entries[0]?.at ?? 0);
  const bound = perAct + tookMs / perMs;
  return [...passes].flatMap(([whose, count]) =>
    count <= bound ? [] : [`${whose} was looked at ${count} times in ${tookMs / 1000} s in which nobody did anything`],
  );
}
