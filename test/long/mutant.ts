import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Hunt } from './hunt.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');
const folder = join(root, 'test/mutants');
const bin = join(root, 'node_modules/.bin');
/** What a planted bug needs to be type-checked, linted and run. */
const parts = ['src', 'providers', 'package.json', 'tsconfig.json', '.oxlintrc.json'];

/** A patch that plants one real bug; its head says which, its body is a unified diff. */
export interface Mutant {
  /** The file without `.patch`: `seed-03-type-change-forgotten`. */
  readonly name: string;
  readonly path: string;
  /** The bug in one line. */
  readonly bug: string;
  /** Where a real controller had it: `owner/repo#N`. */
  readonly source: string;
  /** Why no case catches it, where none does. */
  readonly missed?: string;
  /** The files it changes. */
  readonly files: readonly string[];
}

/** All there are, by name. @throws Error where a head lacks a line. */
export async function readMutants(): Promise<readonly Mutant[]> {
  const names = (await readdir(folder)).filter((file) => file.endsWith('.patch')).sort();
  return Promise.all(names.map(async (file) => parseMutant(file, await readFile(join(folder, file), 'utf8'))));
}

function parseMutant(file: string, text: string): Mutant {
  const head = text.slice(0, text.indexOf('\n--- '));
  const line = (key: string): string | undefined => new RegExp(`^${key}: (.+)$`, 'm').exec(head)?.[1];
  const [bug, source, missed] = [line('bug'), line('source'), line('missed')];
  const files = [...text.matchAll(/^\+\+\+ b\/(.+)$/gm)].map(([, path = '']) => path);
  if (bug === undefined || source === undefined || files.length === 0)
    throw new Error(`${file}: a mutant has the lines bug: and source: and a diff`);
  const name = file.slice(0, -'.patch'.length);
  return { name, path: join(folder, file), bug, source, files, ...(missed === undefined ? {} : { missed }) };
}

/** Sources as they are now, type-checked: what bugs are planted in copies of. */
export interface Sources {
  readonly folder: string;
  remove(): Promise<void>;
}

/** @throws Error where the sources do not type-check */
export async function prepareSources(): Promise<Sources> {
  const folder = await mkdtemp(join(tmpdir(), 'portolan-sources-'));
  for (const part of parts) await cp(join(root, part), join(folder, part), { recursive: true, filter: (from) => !isTest(from) });
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  await typeCheck('no bug', folder);
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/**
 * Plants the bug in a copy and lets the kit look for it there.
 * @throws Error where the patch does not apply, type-check or pass lint, or the kit cannot run: it is no honest bug then.
 */
export async function huntFor({ name, path, files }: Mutant, sources: Sources, until: 'first' | 'end'): Promise<Hunt> {
  const copy = await mkdtemp(join(tmpdir(), 'portolan-mutant-'));
  try {
    await cp(sources.folder, copy, { recursive: true });
    await output(name, copy, 'git', ['apply', path]);
    await typeCheck(name, copy);
    await output(name, copy, join(bin, 'oxlint'), ['--type-aware', ...files]);
    return await huntIn(copy, name, until);
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

/** The kit of a folder looks for what is wrong with the local provider and the controller of that folder. */
export async function huntIn(folder: string, name: string, until: 'first' | 'end'): Promise<Hunt> {
  return JSON.parse(await output(name, folder, process.execPath, [join(import.meta.dirname, 'hunt.ts'), folder, until])) as Hunt; // what hunt.ts prints
}

/** What one copy has learnt of its files the next need not learn again. */
const typeCheck = (name: string, folder: string): Promise<string> =>
  output(name, folder, join(bin, 'tsc'), ['--noEmit', '-p', 'tsconfig.json', '--incremental', '--tsBuildInfoFile', 'types.tsbuildinfo']);

/** The tests of the sources would see most of the bugs: here it is the kit's turn. */
const isTest = (path: string): boolean => path.endsWith('.test.ts') || path.endsWith('test-bed.ts');

async function output(name: string, cwd: string, program: string, args: readonly string[]): Promise<string> {
  try {
    return (await run(program, args, { cwd, maxBuffer: 1 << 28, timeout: 600_000 })).stdout;
  } catch (thrown) {
    const { stdout = '', stderr = '' } = thrown as { stdout?: string; stderr?: string }; // how execFile fails
    throw new Error(`${name}: ${program.split('/').at(-1)} ${args[0]} fails\n${stdout}${stderr}`.slice(0, 4_000), { cause: thrown });
  }
}
