import { churn, live, longLife, type LifeOptions } from './lives.ts';
import { quantile, type Row, type Run } from './results.ts';
import type { Limits, Programs } from './subject.ts';

export interface UpstreamOptions {
  readonly programs: Programs;
  readonly latencyMs: number;
  /** As shipped, without any flag that sets a speed. */
  readonly shipped: boolean;
  readonly repeat: number;
  readonly small: boolean;
  readonly signal: AbortSignal;
  readonly told: (line: string) => void;
}

/** The same for both: enough that neither waits for itself. */
const raised: Limits = { workers: 10, qps: 200, burst: 400 };

/** Upstream's service controller and `portolan ccm` in its place: each on an API server and a toy cloud of its own, in turns. */
export async function upstreamBench({
  programs,
  latencyMs,
  shipped,
  repeat,
  small,
  signal,
  told,
}: UpstreamOptions): Promise<readonly Row[]> {
  const [services, idleMs] = small ? [50, 5_000] : [1_000, 60_000];
  const churned = small
    ? { services: 20, nodes: 20, replaced: 5, overMs: 2_000 }
    : { services: 200, nodes: 500, replaced: 50, overMs: 10_000 };
  const rows = new Map<string, Row>();
  const keep = (row: Omit<Row, 'runs'>, run: Run): void => {
    const name = `${row.subject} ${row.phase}`;
    rows.set(name, { ...row, runs: [...(rows.get(name)?.runs ?? []), run] });
    told(
      `${name}, ${latencyMs} ms: ${run.seconds.toFixed(1)} s, ${run.reads} reads, ${run.writes} writes, ${run.cpuSeconds.toFixed(1)} CPU s`,
    );
  };
  for (let turn = 0; turn < repeat; turn++) {
    for (const kind of ['upstream', 'ccm'] as const) {
      const options: LifeOptions = { kind, api: 'real', programs, latencyMs, signal, ...(shipped ? {} : { limits: raised }) };
      const row = { subject: kind, api: 'real', latencyMs, flags: shipped ? 'shipped' : 'raised' } as const;
      const { create, restart, idle, waits } = await longLife(options, services, idleMs);
      const [p50Ms, p99Ms] = [quantile(waits, 0.5), quantile(waits, 0.99)];
      keep({ ...row, phase: 'create', services, nodes: 3 }, { ...create, p50Ms, p99Ms });
      keep({ ...row, phase: 'restart', services, nodes: 3 }, restart);
      if (idle !== undefined) keep({ ...row, phase: 'idle', services, nodes: 3 }, idle);
      const { phase, idleWait, meanwhile } = await live(options, (life) => churn(life, churned));
      const { services: those, nodes } = churned;
      keep({ ...row, phase: 'churn', services: those, nodes }, { ...phase, longerMs: meanwhile - idleWait });
    }
  }
  return [...rows.values()];
}
