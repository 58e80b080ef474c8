import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { canonicalJson } from '../../src/model/digest.ts';
import type { Phase } from './phases.ts';
import type { StoreFigures } from './store-process.ts';
import type { SubjectKind } from './subject.ts';
import type { ApiKind } from './bench-api.ts';

/** What was measured of one phase of one controller; repeated runs stand beside each other. */
export interface Row {
  readonly subject: SubjectKind;
  readonly api: ApiKind;
  readonly latencyMs: number;
  /** `shipped`: nobody set a flag. `raised`: workers and calls to the API server, the same for both. */
  readonly flags: 'shipped' | 'raised';
  readonly phase: string;
  readonly services: number;
  readonly nodes: number;
  readonly runs: readonly Run[];
}

export interface Run extends Phase {
  /** From the appearance of a Service to its address, in milliseconds. */
  readonly p50Ms?: number;
  readonly p99Ms?: number;
  /** How much longer a new Service waited meanwhile, in milliseconds. */
  readonly longerMs?: number;
  readonly readySeconds?: number;
}

/** Both watches with their stores alone, and the whole controller over the same objects. */
export interface StoreRow {
  readonly api: ApiKind;
  readonly runs: readonly (StoreFigures & {
    readonly controllerMiB: number;
    readonly controllerPeakMiB: number;
    readonly providerMiB: number;
  })[];
}

/** What a controller holds in memory by which provider it has. */
export interface MemoryRow {
  readonly provider: 'local' | 'aws';
  readonly services: number;
  readonly runs: readonly {
    /** With nothing to do, with all Services served, and the most it was at. */
    readonly startedMiB: number;
    readonly servingMiB: number;
    readonly peakMiB: number;
  }[];
}

export interface Results {
  readonly taken: string;
  readonly machine: string;
  /** Of the minute before it began: 1 = one processor was busy with something else. */
  readonly load: number;
  readonly rows: readonly Row[];
  readonly stores: readonly StoreRow[];
  readonly memory?: readonly MemoryRow[];
}

export const benches = ['upstream', 'kube', 'memory'] as const;
export type Bench = (typeof benches)[number];

export const resultsFile = (bench: Bench): string => join(import.meta.dirname, 'results', `${bench}.json`);

export function readResults(bench: Bench): Results | undefined {
  const file = resultsFile(bench);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Results) : undefined; // written below
}

/** New rows take the place of old ones that say the same thing. */
export function keepResults(bench: Bench, { rows, stores, memory }: Pick<Results, 'rows' | 'stores' | 'memory'>, load: number): void {
  const old = readResults(bench);
  const results: Results = {
    taken: new Date().toISOString().slice(0, 10),
    machine: machine(),
    load: Math.round(load * 10) / 10,
    rows: [...(old?.rows ?? []).filter((row) => !rows.some((other) => nameOf(other) === nameOf(row))), ...rows],
    stores: [...(old?.stores ?? []).filter(({ api }) => !stores.some((other) => other.api === api)), ...stores],
    ...(memory === undefined ? {} : { memory }),
  };
  mkdirSync(dirname(resultsFile(bench)), { recursive: true });
  writeFileSync(resultsFile(bench), `${JSON.stringify(results, null, 1)}\n`);
}

const nameOf = (row: Row): string => canonicalJson({ ...row, runs: undefined });

export const loadNow = (): number => loadavg()[0] ?? 0;

const machine = (): string =>
  `${cpus().length} processors (${cpus()[0]?.model.trim() ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release().split('-')[0]}, Node.js ${process.version}`;

/** The one in the middle; the lower of two. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}

/** @param sorted ascending */
export const quantile = (sorted: readonly number[], part: number): number =>
  sorted[Math.min(sorted.length - 1, Math.ceil(part * sorted.length) - 1)] ?? 0;
