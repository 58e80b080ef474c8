import { withoutLeases } from './api-writes.ts';
import { code, markdownTable } from '../../src/settings/markdown.ts';
import { median, readResults, type Results, type Row, type Run, type StoreRow } from './results.ts';

/** `docs/reference/bench.md`: what was measured last, as medians. */
export function benchPage(): string {
  return [
    '# Measurements',
    'Every figure here was measured by `npm run bench`, with the bundle as it is published; the page is made from what the last runs ' +
      'kept. Counts are exact and the same each time. Seconds, CPU and memory depend on the machine and on what else ran: ' +
      'compare figures of one table only.',
    ...upstreamSection(readResults('upstream')),
    ...kubeSection(readResults('kube')),
    ...memorySection(readResults('memory')),
    '',
  ].join('\n\n');
}

const notYet = 'Nothing was measured yet.';

function upstreamSection(results: Results | undefined): readonly string[] {
  return [
    "## Beside upstream's service controller",
    'Upstream is the service controller of `k8s.io/cloud-provider` 0.36.3 over a toy cloud; Portolan is `portolan ccm` in its place, with the same ' +
      'toy cloud as a provider in another process, which is counted as part of it. Both have an API server and a toy cloud of their own, and take turns. ' +
      'Each question of upstream is one call, which is the least there can be; its Ensure counts as a write, because it may be one. ' +
      'Calls are those that reach the toy cloud. API writes are those on Services and Events, by the audit log, Leases apart. CPU and memory (the peak) are those of all processes of a controller.',
    'Repeat it: `npm run bench -- upstream`, and with `--latency 100`; `--shipped` leaves out the flags that both get otherwise ' +
      `(${['--concurrent-service-syncs 10', '--kube-api-qps 200', '--kube-api-burst 400'].map(code).join(', ')}).`,
    ...(results === undefined ? [notYet] : [taken(results), ...upstreamTables(results.rows)]),
  ];
}

function upstreamTables(rows: readonly Row[]): readonly string[] {
  const settings = [...new Set(rows.map(({ flags, latencyMs }) => `${flags} ${latencyMs}`))].sort();
  return settings.flatMap((setting) => {
    const [flags, latency] = setting.split(' ');
    const those = rows.filter((row) => `${row.flags} ${row.latencyMs}` === setting);
    const pairs = those
      .filter(({ subject }) => subject === 'upstream')
      .flatMap((upstream) => {
        const ours = those.find((row) => row.subject === 'ccm' && row.phase === upstream.phase && row.services === upstream.services);
        return ours === undefined ? [] : [{ upstream, ours }];
      });
    const title = `### ${latency} ms a call, ${flags === 'shipped' ? 'as shipped' : 'with raised limits'}`;
    return [title, ...pairs.map(({ upstream, ours }) => pairTable(upstream, ours))];
  });
}

const measures: readonly (readonly [name: string, of: (run: Run, row: Row) => number | undefined, digits: number])[] = [
  ['seconds', (run) => run.seconds, 1],
  ['reads of the cloud', (run) => run.reads, 0],
  ['writes to the cloud', (run) => run.writes, 0],
  ['of them changed something', (run) => run.changes, 0],
  ['changes of one load balancer at most', (run) => run.mostChangesOfOne, 0],
  ['API writes: Services', (run) => run.api.services, 0],
  ['API writes: Events', (run) => run.api.events, 0],
  ['API writes per Service', ({ api }, { services }) => withoutLeases(api) / services, 2],
  ['time to address, p50, ms', (run) => run.p50Ms, 0],
  ['time to address, p99, ms', (run) => run.p99Ms, 0],
  ['a new Service waits longer, ms', (run) => run.longerMs, 0],
  ['CPU seconds', (run) => run.cpuSeconds, 2],
  ['memory, MiB', (run) => run.peakMiB, 0],
  ['memory without the toy provider, MiB', (run) => run.alonePeakMiB, 0],
];

function pairTable(upstream: Row, ours: Row): string {
  const rows = measures.flatMap(([name, of, digits]) => {
    const value = (row: Row): number | undefined => medianOf(row, (run) => of(run, row));
    const [theirs, mine] = [value(upstream), value(ours)];
    if (theirs === undefined || mine === undefined) return [];
    return [[name, theirs.toFixed(digits), mine.toFixed(digits), ratio(mine, theirs)]];
  });
  const runs = upstream.runs.length === 1 ? 'one run' : `median of ${upstream.runs.length} runs`;
  return [`**${phaseTitle(upstream)}** (${runs})`, markdownTable(['', 'upstream', 'Portolan', 'ratio'], rows)].join('\n\n');
}

const ratio = (ours: number, theirs: number): string => (theirs === 0 ? (ours === 0 ? '=' : '–') : (ours / theirs).toFixed(2));

function phaseTitle({ phase, services, nodes }: Row): string {
  const of: Readonly<Record<string, string>> = {
    create: `${services} new Services, until the last has its address`,
    restart: `restart with ${services} Services`,
    idle: `one minute with ${services} Services and nothing to do`,
    churn: `${services} Services on ${nodes} nodes, a tenth of which is replaced within 10 s`,
    crowd: `${services} Services on ${nodes} nodes, 50 more at once`,
  };
  return of[phase] ?? phase;
}

function kubeSection(results: Results | undefined): readonly string[] {
  const about =
    '`portolan controller` with a class, on a real kube-apiserver with etcd and on the embedded API, each in another process, over the same toy cloud ' +
    'at 0 ms a call. Memory is that of the controller; the toy provider is another process. The Services of the first table are headless, because ' +
    'kube-apiserver takes longer for each further cluster IP.';
  const repeat = 'Repeat it: `npm run bench -- kube`, and with `--api embedded`.';
  if (results === undefined) return ['## Figures to hold', about, repeat, notYet];
  return ['## Figures to hold', about, repeat, taken(results), storeTable(results.stores), lifeTable(results.rows)];
}

function memorySection(results: Results | undefined): readonly string[] {
  const about =
    '`portolan controller` with one class on the embedded API: memory of the process by which provider it has. Of Amazon stands moto. ' +
    "What loads no provider `aws` loads nothing of Amazon's SDK; a test holds that.";
  const repeat = 'Repeat it: `npm run bench -- memory`.';
  if (results === undefined) return ['## Memory by provider', about, repeat, notYet];
  const rows = (results.memory ?? []).map(({ provider, services, runs }) => {
    const of = (value: (run: (typeof runs)[number]) => number): string => median(runs.map(value)).toFixed(0);
    return [code(provider), of((run) => run.startedMiB), String(services), of((run) => run.servingMiB), of((run) => run.peakMiB)];
  });
  const header = ['Provider', 'with nothing to do, MiB', 'Services', 'all of them served, MiB', 'at most, MiB'];
  return ['## Memory by provider', about, repeat, taken(results), markdownTable(header, rows)];
}

function storeTable(stores: readonly StoreRow[]): string {
  const header = [
    'API',
    'Services, nodes',
    'both watches and stores: CPU s (< 1)',
    'MiB (< 160)',
    'longest block, ms (< 100)',
    'controller, MiB (< 220)',
  ];
  const cells = ({ api, runs }: StoreRow): readonly string[] => {
    const of = (value: (run: StoreRow['runs'][number]) => number): number => median(runs.map(value));
    const size = runs[0] === undefined ? '' : `${runs[0].services}, ${runs[0].nodes}`;
    return [
      api,
      size,
      of(({ cpuSeconds }) => cpuSeconds).toFixed(2),
      of(({ peakMiB }) => peakMiB).toFixed(0),
      of(({ longestBlockMs }) => longestBlockMs).toFixed(0),
      of(({ controllerPeakMiB }) => controllerPeakMiB).toFixed(0),
    ];
  };
  return markdownTable(header, stores.map(cells));
}

function lifeTable(rows: readonly Row[]): string {
  const header = ['What', 'API', 'figure to hold', 'measured', 'reads', 'writes', 'of one at most', 'API writes', 'CPU s'];
  const cells = (row: Row): readonly string[] => {
    const count = (of: (run: Run) => number): string => (medianOf(row, of) ?? 0).toFixed(0);
    const [held, measured] = figureOf(row);
    return [
      phaseTitle(row),
      row.api,
      held,
      measured,
      count(({ reads }) => reads),
      count(({ writes }) => writes),
      count(({ mostChangesOfOne }) => mostChangesOfOne),
      count(({ api }) => withoutLeases(api)),
      (medianOf(row, ({ cpuSeconds }) => cpuSeconds) ?? 0).toFixed(2),
    ];
  };
  return markdownTable(header, rows.map(cells));
}

/** What is to hold, and what was measured of it. */
function figureOf(row: Row): readonly [held: string, measured: string] {
  const seconds = (of: (run: Run) => number | undefined): string => `${((medianOf(row, of) ?? 0) / 1_000).toFixed(2)} s`;
  switch (row.phase) {
    case 'restart':
      return [
        'ready ≤ 10 s, 0 writes, 0 API writes',
        `ready after ${(medianOf(row, ({ readySeconds }) => readySeconds) ?? 0).toFixed(1)} s`,
      ];
    case 'idle':
      return ['0 calls', `${medianOf(row, ({ reads, writes }) => reads + writes)?.toFixed(0)} calls`];
    case 'churn':
      return ['≤ 2 writes a pool, a new Service waits ≤ 5 s longer', `waits ${seconds(({ longerMs }) => longerMs)} longer`];
    case 'crowd':
      return ['time to address p99 ≤ 1 s', `p99 ${seconds(({ p99Ms }) => p99Ms)}`];
    default:
      return ['', ''];
  }
}

/** Undefined where no run has it. */
function medianOf({ runs }: Row, of: (run: Run) => number | undefined): number | undefined {
  const values = runs.map(of).filter((value) => value !== undefined);
  return values.length === 0 ? undefined : median(values);
}

const taken = ({ taken: day, machine, load }: Results): string => `Measured ${day} on ${machine}; load average ${load} when it began.`;
