import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** One series family: names are API, listed in `docs/reference/metrics.md`, never renamed without a deprecation. */
export interface MetricRow {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
  /** Histogram bounds; seconds for times. */
  readonly buckets?: readonly number[];
}
export type MetricTable = Readonly<Record<string, MetricRow>>;
type Labels = Readonly<Record<string, string>>;

/** What code that measures sees: the name of a row, a value, its labels. */
export interface Metrics {
  count(name: string, labels?: Labels, by?: number): void;
  set(name: string, value: number, labels?: Labels): void;
  observe(name: string, value: number, labels?: Labels): void;
  /** Takes a series away, so that nothing stale is shown after a deletion. */
  remove(name: string, labels: Labels): void;
}

/** A registry of its own, never the library's global one: two controllers in one process do not mix. */
export class MetricsRegistry implements Metrics {
  readonly #registry = new Registry();
  readonly #series = new Map<string, Counter | Gauge | Histogram>();

  /** @throws Error when a name is declared twice. */
  declare(table: MetricTable): void {
    for (const [name, row] of Object.entries(table)) {
      const options = { name, help: row.help, labelNames: [...row.labels], registers: [this.#registry] };
      if (row.kind === 'counter') this.#series.set(name, new Counter(options));
      else if (row.kind === 'gauge') this.#series.set(name, new Gauge(options));
      else this.#series.set(name, new Histogram({ ...options, ...(row.buckets === undefined ? {} : { buckets: [...row.buckets] }) }));
    }
  }

  count(name: string, labels: Labels = {}, by = 1): void {
    const series = this.#series.get(name);
    if (series instanceof Counter) series.inc(labels, by);
  }

  set(name: string, value: number, labels: Labels = {}): void {
    const series = this.#series.get(name);
    if (series instanceof Gauge) series.set(labels, value);
  }

  observe(name: string, value: number, labels: Labels = {}): void {
    const series = this.#series.get(name);
    if (series instanceof Histogram) series.observe(labels, value);
  }

  remove(name: string, labels: Labels): void {
    this.#series.get(name)?.remove(labels);
  }

  /** The exposition format of Prometheus. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }
}

/** Measures nothing: for tests and one-shot commands. */
export const noMetrics: Metrics = { count() {}, set() {}, observe() {}, remove() {} };
