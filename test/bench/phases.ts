import { sleep, systemClock } from '../../src/clock.ts';
import { membersDigest } from '../real/upstream/toy-cloud.ts';
import type { ToyBackend } from '../real/upstream/backend-process.ts';
import type { ToyCounts } from '../real/upstream/call-counts.ts';
import { withoutLeases, type WriteCounts } from './api-writes.ts';
import type { BenchApi } from './bench-api.ts';
import type { Subject } from './subject.ts';

/** What one phase of a controller's life took. Counts are exact; seconds depend on the machine and on what else ran. */
export interface Phase {
  readonly seconds: number;
  readonly reads: number;
  /** Calls that may change the cloud. */
  readonly writes: number;
  /** Those that did. */
  readonly changes: number;
  readonly mostChangesOfOne: number;
  readonly api: WriteCounts;
  readonly cpuSeconds: number;
  readonly peakMiB: number;
  /** Without a provider in another process. */
  readonly alonePeakMiB: number;
}

export interface Measured {
  readonly api: BenchApi;
  readonly backend: ToyBackend;
}

/** How often it is looked whether something still happens. */
const lookMs = 200;
/** So long nothing must have happened for a phase to be over. */
const quietMs = 4_000;

/**
 * Measures from before `work` until everything it led to is over. Seconds count to the end of `work`; what is counted, to the
 * last thing that happened.
 */
export async function phase(
  { api, backend }: Measured,
  subject: () => Subject,
  signal: AbortSignal,
  work: () => Promise<void>,
): Promise<Phase> {
  await Promise.all([api.reset(), backend.reset()]);
  // One that has ended used nothing: its successor's time counts from its start.
  const before = subject().usage().cpuSeconds;
  const began = systemClock.monotonic();
  await work();
  const seconds = (systemClock.monotonic() - began) / 1_000;
  const [counts, writes] = await quiet({ api, backend }, signal);
  const { cpuSeconds, peakMiB } = subject().usage();
  return {
    seconds,
    reads: counts.reads,
    writes: counts.writes,
    changes: counts.changes,
    mostChangesOfOne: counts.mostChangesOfOne,
    api: writes,
    cpuSeconds: cpuSeconds - before,
    peakMiB,
    alonePeakMiB: subject().usageAlone().peakMiB,
  };
}

/** Waits until neither cloud nor API server (Leases apart) hears anything of it for a while. */
export async function quiet({ api, backend }: Measured, signal: AbortSignal, forMs = quietMs): Promise<readonly [ToyCounts, WriteCounts]> {
  let [since, last] = [systemClock.monotonic(), ''];
  for (;;) {
    const [counts, writes] = await Promise.all([backend.counts(), api.writes()]);
    const now = `${counts.reads} ${counts.writes} ${counts.open} ${withoutLeases(writes)}`;
    if (now !== last) [since, last] = [systemClock.monotonic(), now];
    if (systemClock.monotonic() - since >= forMs) return [counts, writes];
    await sleep(systemClock, lookMs, signal);
  }
}

/** Waits until the cloud says so. */
export async function untilCloud(backend: ToyBackend, signal: AbortSignal, enough: (counts: ToyCounts) => boolean): Promise<void> {
  while (!enough(await backend.counts())) await sleep(systemClock, lookMs, signal);
}

/** Waits until every load balancer has exactly these members. */
export async function untilMembers(backend: ToyBackend, names: readonly string[], signal: AbortSignal): Promise<void> {
  const wanted = membersDigest(names);
  await untilCloud(backend, signal, ({ byMembers, loadBalancers }) => byMembers[wanted] === loadBalancers);
}
