import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

export interface SuiteKind {
  /** The npm script, for messages. */
  readonly script: string;
  /** `test/long`. */
  readonly folder: string;
  /** `.long.ts`: what the files of a suite end with. A suite is a file of that name, or a folder with such files. */
  readonly ending: string;
  /** Suites that run only where they are named. */
  readonly onlyNamed?: readonly string[];
  /** Flags it knows, by the variable that tells the suites. */
  readonly flags: Readonly<Record<string, string>>;
  /** What is said about a suite before it runs. */
  readonly about: (suite: string, flags: ReadonlySet<string>) => string | undefined;
}

const root = join(import.meta.dirname, '..');

/** Runs the suites named on the command line, or all that run unnamed; answers the exit code. */
export async function runSuites(kind: SuiteKind, argv: readonly string[]): Promise<number> {
  const files = suiteFiles(kind);
  const known = [...files.keys()].sort();
  const flagsText = Object.keys(kind.flags)
    .map((flag) => ` [--${flag}]`)
    .join('');
  const usage = `Usage: npm run ${kind.script} -- [${known.join(' ')}]${flagsText}\n`;
  const asked = readArguments(kind, argv);
  const unknown = asked?.suites.find((suite) => !files.has(suite));
  if (asked === undefined || unknown !== undefined) {
    process.stderr.write(`${unknown === undefined ? '' : `there is no suite ${unknown}\n`}${usage}`);
    return 2;
  }
  const suites = asked.suites.length === 0 ? known.filter((suite) => kind.onlyNamed?.includes(suite) !== true) : asked.suites;
  for (const suite of suites) process.stdout.write(`${kind.script} ${suite}: ${kind.about(suite, asked.flags) ?? 'one size'}\n`);
  const vitest = [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--config', 'test/suites.vitest.config.ts'];
  const variables = Object.entries(kind.flags).flatMap(([flag, variable]) => (asked.flags.has(flag) ? [[variable, '1'] as const] : []));
  const folder = await mkdtemp(join(tmpdir(), 'portolan-suites-'));
  // Parts that run as other users find their files in it.
  await chmod(folder, 0o711);
  const child = spawn(process.execPath, [...vitest, ...suites.flatMap((suite) => files.get(suite) ?? [])], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...Object.fromEntries(variables), TMPDIR: folder },
  });
  // Ctrl-C ends the child by itself; this process stays to clean up.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  const [code] = (await once(child, 'exit')) as [number | null]; // the event's own arguments
  await removeWhatIsLeft(folder);
  return code ?? 1;
}

/** Temporary files of suites that were interrupted. A Kubernetes of theirs wipes itself first: see kube-up.sh, KUBE_UP_OWNER. */
async function removeWhatIsLeft(folder: string): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (globSync('*/.kube-up', { cwd: folder }).length > 0) {
    if (Date.now() > deadline) throw new Error(`a Kubernetes in ${folder} does not end: test/real/kube-up.sh wipe`);
    await sleep(200);
  }
  await rm(folder, { recursive: true, force: true });
}

/** By suite, its files from the root of the project. */
function suiteFiles({ folder, ending }: SuiteKind): ReadonlyMap<string, readonly string[]> {
  const suites = new Map<string, string[]>();
  for (const file of globSync(`{*,*/*}${ending}`, { cwd: join(root, folder) }).sort()) {
    const suite = dirname(file) === '.' ? basename(file, ending) : dirname(file);
    suites.set(suite, [...(suites.get(suite) ?? []), join(folder, file)]);
  }
  return suites;
}

function readArguments(
  kind: SuiteKind,
  argv: readonly string[],
): { readonly suites: readonly string[]; readonly flags: ReadonlySet<string> } | undefined {
  const options = Object.fromEntries(Object.keys(kind.flags).map((flag) => [flag, { type: 'boolean' }] as const));
  try {
    const { values, positionals } = parseArgs({ args: [...argv], options, allowPositionals: true });
    return { suites: positionals, flags: new Set(Object.keys(values)) };
  } catch {
    return undefined; // an unknown flag: the usage is the answer
  }
}
