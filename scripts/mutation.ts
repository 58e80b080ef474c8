import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { Stryker } from '@stryker-mutator/core';
import { explained } from '../test/mutation/explained.ts';
import { scoreOf, scoreTable, type Score } from './mutation-score.ts';

/**
 * `npm run mutation`: changes the code in more than a thousand small ways, one after the other, and asks the tests of each. A change
 * that no test notices is a test that is missing, or code that is not needed. Those that nobody can notice are in
 * `test/mutation/explained.ts`, each with its reason; any other, or a score below the least, fails the command.
 */
const modules: Readonly<Record<string, readonly string[]>> = {
  plan: ['src/plan/*.ts'],
  guard: ['src/engine/{guard,approval-code,check-*,judge}.ts'],
  engine: ['src/engine/*.ts', '!src/engine/{guard,approval-code,check-*,judge}.ts'],
  intent: ['src/intent/*.ts'],
  queue: ['src/controller/lane-queue.ts'],
};
const leastPercent = 80;
/** Apart, because the type of the options has none of plugins. */
const ofPlugin = { vitest: { configFile: 'test/mutation/vitest.config.ts' } };

const root = join(import.meta.dirname, '..');
const reports = join(root, 'reports');
const usage = `Usage: npm run mutation -- [${Object.keys(modules).join(' ')}]\n`;

const asked = readArguments();
if (asked === undefined) {
  process.stderr.write(usage);
  process.exitCode = 2;
} else {
  process.exitCode = await run(asked);
}

function readArguments(): readonly string[] | undefined {
  try {
    const { positionals } = parseArgs({ allowPositionals: true });
    if (positionals.some((name) => !Object.hasOwn(modules, name))) return undefined;
    return positionals.length === 0 ? Object.keys(modules) : positionals;
  } catch {
    return undefined; // an unknown flag: the usage is the answer
  }
}

async function run(names: readonly string[]): Promise<number> {
  process.chdir(root);
  const scores: Score[] = [];
  for (const name of names) scores.push(await ask(name));
  for (const { unexplained, stale } of scores) {
    for (const { file, line, from, to } of unexplained) process.stdout.write(`\n${file}:${line} no test notices\n- ${from}\n+ ${to}\n`);
    for (const { file, from, to } of stale) process.stdout.write(`\n${file} explained, but noticed or gone\n- ${from}\n+ ${to}\n`);
  }
  process.stdout.write(`\n${scoreTable(scores)}\n`);
  mkdirSync(reports, { recursive: true });
  writeFileSync(join(reports, 'mutation.json'), `${JSON.stringify(scores, null, 2)}\n`);
  const good = scores.every(({ percent, unexplained, stale }) => percent >= leastPercent && unexplained.length === 0 && stale.length === 0);
  return good ? 0 : 1;
}

async function ask(name: string): Promise<Score> {
  const stryker = new Stryker({
    mutate: [...(modules[name] ?? []), '!**/*.test.ts'],
    testRunner: 'vitest',
    plugins: ['@stryker-mutator/vitest-runner'],
    ...ofPlugin,
    // It would read tsconfig.json through an interface that TypeScript 7 does not have; there is no such file.
    tsconfigFile: 'no-tsconfig.json',
    coverageAnalysis: 'perTest',
    tempDirName: 'reports/mutation-sandbox',
    cleanTempDir: 'always',
    ignorePatterns: ['docs', 'dist', 'coverage', 'test/long', 'test/real', 'test/fixtures/kube'],
    reporters: ['progress-append-only'],
    allowConsoleColors: false,
  });
  const mutants = await stryker.runMutationTest();
  const named = mutants.map((mutant) => ({ ...mutant, fileName: relative(root, mutant.fileName) }));
  return scoreOf(name, named, explained, (file) => readFileSync(join(root, file), 'utf8'));
}
