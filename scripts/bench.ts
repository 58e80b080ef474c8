import { parseArgs } from 'node:util';
import { apiKinds, type ApiKind } from '../test/bench/bench-api.ts';
import { kubeBench } from '../test/bench/kube-bench.ts';
import { memoryBench } from '../test/bench/memory-bench.ts';
import { builtPrograms, type BuiltPrograms } from '../test/bench/programs.ts';
import { benches, keepResults, loadNow, resultsFile, type Bench, type Results } from '../test/bench/results.ts';
import { upstreamBench } from '../test/bench/upstream-bench.ts';
import { missingForMoto } from '../test/real/aws/moto.ts';
import { missingForControlPlane } from '../test/real/control-plane.ts';
import { missingForServiceController } from '../test/real/upstream/service-controller.ts';

/** `npm run bench`: measures, and keeps what was measured for docs/reference/bench.md. Nothing passes or fails by a time. */
const usage = `Usage: npm run bench -- upstream [--latency MS] [--shipped] [--repeat N] [--small]
       npm run bench -- kube [--api real|embedded] [--repeat N] [--small]
       npm run bench -- memory [--repeat N] [--small]

  --latency MS   how long each call to the toy cloud takes (0)
  --shipped      as shipped, without flags that set a speed: minutes longer
  --repeat N     takes it N times; the page shows medians (1)
  --small        tries the bench itself: keeps nothing

Then npm run docs writes the page.
`;

interface Asked {
  readonly bench: Bench;
  readonly api: ApiKind;
  readonly latencyMs: number;
  readonly shipped: boolean;
  readonly repeat: number;
  readonly small: boolean;
}

function readArguments(argv: readonly string[]): Asked | undefined {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      options: {
        latency: { ...text, default: '0' },
        api: { ...text, default: 'real' },
        repeat: { ...text, default: '1' },
        shipped: flag,
        small: flag,
      },
      allowPositionals: true,
    });
    const [bench, api] = [benches.find((each) => each === positionals[0]), apiKinds.find((each) => each === values.api)];
    const [latencyMs, repeat] = [Number(values.latency), Number(values.repeat)];
    if (bench === undefined || api === undefined || positionals.length !== 1) return undefined;
    if (!Number.isInteger(latencyMs) || latencyMs < 0 || !Number.isInteger(repeat) || repeat < 1) return undefined;
    return { bench, api, latencyMs, repeat, shipped: values.shipped, small: values.small };
  } catch {
    return undefined; // an unknown flag: the usage is the answer
  }
}

const told = (line: string): void => void process.stdout.write(`${line}\n`);

function missingFor({ bench, api }: Asked): string | undefined {
  if (bench === 'memory') return missingForMoto();
  return (bench === 'upstream' ? missingForServiceController() : undefined) ?? (api === 'real' ? missingForControlPlane() : undefined);
}

type Measuring = Asked & { readonly programs: BuiltPrograms; readonly signal: AbortSignal; readonly told: (line: string) => void };

async function measuredBy(options: Measuring): Promise<Pick<Results, 'rows' | 'stores' | 'memory'>> {
  const none = { rows: [], stores: [] };
  if (options.bench === 'memory') return { ...none, memory: await memoryBench(options) };
  if (options.bench === 'upstream') return { ...none, rows: await upstreamBench(options) };
  const { rows, store } = await kubeBench(options);
  return { rows, stores: [store] };
}

async function measure(asked: Asked, signal: AbortSignal): Promise<void> {
  const { bench, small } = asked;
  const missing = missingFor(asked);
  if (missing !== undefined) throw new Error(missing);
  const load = loadNow();
  const programs = await builtPrograms(bench === 'upstream');
  try {
    const results = await measuredBy({ ...asked, programs, signal, told });
    if (small) return;
    keepResults(bench, results, load);
    told(`kept in ${resultsFile(bench)}; load was ${load.toFixed(1)} when it began`);
  } finally {
    programs.remove();
  }
}

const asked = readArguments(process.argv.slice(2));
if (asked === undefined) {
  process.stderr.write(usage);
  process.exitCode = 2;
} else {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort(new Error(`stopped by ${name}`)));
  await measure(asked, stop.signal).catch((thrown: unknown) => {
    process.stderr.write(`${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
    process.exitCode = 1;
  });
}
