import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { addCounts, toldBy, type Counts, type Told } from './test-counts.ts';

/**
 * `.ci/run`: the demo and the three test commands, to the end also where one fails. Cold builds for the real suites go on in
 * the background meanwhile. Says how long each part took, names again what failed, and says in its last line what became of all
 * the tests.
 */
interface Part {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  /** A part that takes longer is ended and has failed. */
  readonly limitMinutes: number;
  /** Writes a report of its tests; a part that writes none counts as one test. */
  readonly tests: boolean;
}

const root = join(import.meta.dirname, '..');
const reports = join(root, 'reports');
const minute = 60_000;

const parts: readonly Part[] = [
  { name: 'demo', command: ['npm', 'run', 'demo', '--', '--once'], limitMinutes: 5, tests: false },
  { name: 'test', command: ['npm', 'test'], limitMinutes: 15, tests: true },
  { name: 'test:long', command: ['npm', 'run', 'test:long'], limitMinutes: 40, tests: true },
  { name: 'test:real', command: ['npm', 'run', 'test:real'], limitMinutes: 45, tests: true },
];

rmSync(reports, { recursive: true, force: true });
mkdirSync(reports, { recursive: true });

const lines: string[] = [];
const failed: string[] = [];
const building = buildInBackground();
let total: Counts = { passed: 0, failed: 0, skipped: 0 };
for (const part of parts) {
  if (part.name === 'test:real') await building;
  const { counts, failures, minutes } = await run(part);
  total = addCounts(total, counts);
  lines.push(`${part.name}: ${minutes.toFixed(1)} min, ${told(counts)}`);
  failed.push(...failures.map((failure) => `failed: ${failure}`));
  say(lines.at(-1) ?? '');
}
say(['', ...failed, '', ...lines].join('\n'));
say(told(total));
process.exitCode = total.failed === 0 ? 0 : 1;

async function run(part: Part): Promise<Told & { readonly minutes: number }> {
  const report = join(reports, `${part.name.replace(':', '-')}.json`);
  const env = { ...process.env, PORTOLAN_REQUIRE_REAL: '1', ...(part.tests ? { PORTOLAN_REPORT: report } : {}) };
  say(`\n=== ${part.name}: ${part.command.join(' ')}`);
  const begun = performance.now();
  const [program, ...args] = part.command;
  // A process group of its own, so that a part that hangs is ended with all it started.
  const child = spawn(program, args, { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'], detached: true });
  const limit = setTimeout(() => {
    say(`=== ${part.name} takes longer than ${part.limitMinutes} minutes and is ended`);
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  }, part.limitMinutes * minute);
  const [code] = (await once(child, 'exit')) as [number | null]; // the event's own arguments
  clearTimeout(limit);
  return { ...toldBy(code === 0, part.tests ? report : undefined), minutes: (performance.now() - begun) / minute };
}

/** Real binaries for the real suites, at the lowest priority; whether it worked shows in the suite that needs them. */
async function buildInBackground(): Promise<void> {
  const log = openSync(join(reports, 'kube-build.log'), 'w');
  const begun = performance.now();
  const child = spawn('nice', ['-n', '19', process.execPath, join(root, 'scripts/build-real.ts')], {
    cwd: root,
    stdio: ['ignore', log, log],
  });
  const good = await once(child, 'exit').then(
    ([code]) => code === 0,
    () => false, // it could not be started
  );
  const minutes = ((performance.now() - begun) / minute).toFixed(1);
  lines.push(`builds in the background: ${minutes} min${good ? '' : ', failed, see reports/kube-build.log'}`);
}

function told({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
