import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

export interface SuiteKind {
  /** The npm script, for messages. */
  readonly script: string;
  /** `test/long`. */
  readonly folder: string;
  /** `.long.ts`: what a suite's file ends with. */
  readonly ending: string;
  /** Whether there is more to run than usual. */
  readonly full: boolean;
  /** What is said about a suite before it runs. */
  readonly about: (suite: string, full: boolean) => string | undefined;
}

const root = join(import.meta.dirname, '..');

/** Runs the suites named on the command line, or all there are; answers the exit code. */
export async function runSuites(kind: SuiteKind, argv: readonly string[]): Promise<number> {
  const known = readdirSync(join(root, kind.folder))
    .filter((file) => file.endsWith(kind.ending))
    .map((file) => file.slice(0, -kind.ending.length))
    .sort();
  const usage = `Usage: npm run ${kind.script} -- [${known.join(' ')}]${kind.full ? ' [--full]' : ''}\n`;
  const asked = readArguments(kind, argv);
  const unknown = asked?.suites.find((suite) => !known.includes(suite));
  if (asked === undefined || unknown !== undefined) {
    process.stderr.write(`${unknown === undefined ? '' : `there is no suite ${unknown}\n`}${usage}`);
    return 2;
  }
  const suites = asked.suites.length === 0 ? known : asked.suites;
  for (const suite of suites) process.stdout.write(`${kind.script} ${suite}: ${kind.about(suite, asked.full) ?? 'one size'}\n`);
  const files = suites.map((suite) => join(kind.folder, `${suite}${kind.ending}`));
  const vitest = [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--config', 'test/suites.vitest.config.ts', ...files];
  const child = spawn(process.execPath, vitest, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...(asked.full ? { PORTOLAN_FULL: '1' } : {}) },
  });
  const [code] = (await once(child, 'exit')) as [number | null]; // the event's own arguments
  return code ?? 1;
}

function readArguments(
  kind: SuiteKind,
  argv: readonly string[],
): { readonly suites: readonly string[]; readonly full: boolean } | undefined {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      options: { full: { type: 'boolean', default: false } },
      allowPositionals: true,
    });
    return values.full && !kind.full ? undefined : { suites: positionals, full: values.full };
  } catch {
    return undefined; // an unknown flag: the usage is the answer
  }
}
