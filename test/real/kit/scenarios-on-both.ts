import { execFile } from 'node:child_process';
import { globSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { notTold, type OnBoth } from './on-both.ts';

/** Scenarios that are told on the embedded API only, and why. */
export const notOnReal: Readonly<Record<string, string>> = {
  'demo-check': 'the demo brings its own API server along',
  'demo-empty': 'the demo brings its own API server along',
  'demo-end': 'the demo brings its own API server along',
  random: 'a random story needs the same answers again for the same seed',
};

const root = join(import.meta.dirname, '../../..');
const vitest = join(root, 'node_modules/vitest/vitest.mjs');
/** A story of a second takes several where each request is one. */
const timeoutMs = 120_000;

/** Every scenario, told twice by the same files. */
export async function scenariosOnBoth(kubeconfigs: readonly string[]): Promise<readonly OnBoth[]> {
  const files = globSync('test/scenarios/*.test.ts', { cwd: root }).sort();
  const told = files.filter((file) => !(nameOf(file) in notOnReal));
  const embedded = await outcomes(told, '');
  const real = await outcomes(told, kubeconfigs.join(','));
  const everywhere = [...embedded].map(([story, outcome]) => ({ story, embedded: outcome, real: real.get(story) ?? 'was not told' }));
  return [
    ...everywhere,
    ...Object.entries(notOnReal).map(([story, why]) => ({ story: `${story}: ${why}`, embedded: 'in npm test', real: notTold })),
  ];
}

/** `life: serves a Service` → how it went. */
async function outcomes(files: readonly string[], on: string): Promise<ReadonlyMap<string, string>> {
  const folder = await mkdtemp(join(tmpdir(), 'portolan-scenarios-'));
  try {
    const report = join(folder, 'report.json');
    const flags = [
      '--no-file-parallelism',
      `--testTimeout=${timeoutMs}`,
      `--hookTimeout=${timeoutMs}`,
      '--reporter=json',
      `--outputFile=${report}`,
    ];
    const env = { ...process.env, PORTOLAN_SCENARIOS_ON: on, PORTOLAN_REPORT: '' };
    // That a story fails is in the report.
    await promisify(execFile)(process.execPath, [vitest, 'run', ...files, ...flags], { cwd: root, env }).catch(() => {});
    return read(JSON.parse(await readFile(report, 'utf8')) as Report); // vitest's own
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

function read({ testResults }: Report): ReadonlyMap<string, string> {
  const all = new Map<string, string>();
  for (const { name, message, assertionResults } of testResults) {
    if (assertionResults.length === 0) throw new Error(`${name}: ${message}`);
    for (const { fullName, status, failureMessages } of assertionResults)
      all.set(`${nameOf(name)}: ${fullName}`, inWords(status, failureMessages));
  }
  return new Map([...all].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function inWords(status: string, messages: readonly string[]): string {
  if (status === 'passed') return status;
  return status === 'failed' ? `failed: ${messages.join('\n')}` : notTold;
}

const nameOf = (file: string): string => basename(file, '.test.ts');
