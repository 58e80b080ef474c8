import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startLoadingBed } from '../fixtures/loading-bed.ts';

const root = join(import.meta.dirname, '../..');
const run = promisify(execFile);
// This Node before any other, as a machine of the user's has it.
const path = [dirname(process.execPath), process.env['PATH']].join(delimiter);

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function ended(program: string, args: readonly string[], cwd: string, searchPath = path): Promise<Ended> {
  const env = { ...process.env, PATH: searchPath };
  try {
    const { stdout, stderr } = await run(program, args, { cwd, env, maxBuffer: 1 << 26 });
    return { code: 0, out: stdout, err: stderr };
  } catch (thrown) {
    const { code, stdout, stderr } = thrown as { code: number; stdout: string; stderr: string }; // how execFile tells a code
    return { code, out: stdout, err: stderr };
  }
}

describe('the published package in an empty folder', () => {
  let folder = '';
  let installed = '';
  let tarball = '';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'portolan-package-'));
    const packed = await ended('npm', ['pack', '--silent', '--pack-destination', folder], root);
    expect(packed.code, packed.err).toBe(0);
    tarball = (await readdir(folder)).find((file) => file.endsWith('.tgz')) ?? '';
    await mkdir(join(folder, 'empty'));
    // Offline: the package must need nothing but itself.
    const install = await ended(
      'npm',
      ['install', '--offline', '--omit=optional', '--no-audit', '--no-fund', join(folder, tarball)],
      join(folder, 'empty'),
    );
    expect(install.code, install.err).toBe(0);
    installed = join(folder, 'empty/node_modules');
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  const portolan = (...args: readonly string[]) => ended('npx', ['portolan', ...args], join(folder, 'empty'));

  test('depends on nothing and carries no TypeScript to be run', async () => {
    const files = await readdir(join(installed, 'portolan'), { recursive: true });

    expect((await readdir(installed)).filter((name) => !name.startsWith('.'))).toEqual(['portolan']);
    expect(files.filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))).toEqual([]);
    expect(files).toContain('dist/THIRD-PARTY-NOTICES.txt');
  });

  test('says its version and shows its help', async () => {
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string }; // our own manifest

    expect(await portolan('--version')).toMatchObject({ code: 0, out: `${version}\n` });
    expect((await portolan('controller', '--help')).out).toContain('--config <file>');
  });

  test('brings a Node of its own along where the machine has an older one', async ({ skip }) => {
    const machine = (process.env['PATH'] ?? '')
      .split(delimiter)
      .filter((entry) => !entry.includes('node_modules') && entry !== dirname(process.execPath))
      .join(delimiter);
    const { code, out: version } = await ended('node', ['--version'], folder, machine);
    skip(code !== 0 || Number(/^v(\d+)/.exec(version)?.[1]) >= 24, 'this machine has no Node that is too old');
    const older = join(folder, 'older');
    await mkdir(older);
    const install = await ended('npm', ['install', '--no-audit', '--no-fund', join(folder, tarball)], older, machine);
    expect(install.code, install.err).toBe(0);

    const demo = await ended('npx', ['portolan', 'demo', '--once'], older, machine);

    expect(demo.code, `${demo.out}\n${demo.err}`).toBe(0);
  });

  test('runs the demo to its end', async () => {
    const demo = await portolan('demo', '--once');

    expect(demo.code, `${demo.out}\n${demo.err}`).toBe(0);
  });

  test("Amazon's SDK is loaded for whoever has that provider, and for nobody else", async () => {
    const home = join(installed, 'portolan');
    const chunks = (await readdir(join(home, 'dist/chunks'))).filter((file) => file.endsWith('.mjs'));
    const texts = await Promise.all(chunks.map(async (file) => ({ file, text: await readFile(join(home, 'dist/chunks', file), 'utf8') })));
    const ofSdk = texts.filter(({ text }) => /^\/\/ node_modules\/@(aws-sdk|smithy)\//m.test(text)).map(({ file }) => file);
    await using bed = await startLoadingBed();
    const sdkIn = async (kind: 'aws' | 'local'): Promise<readonly string[]> => {
      const { check, loaded } = await bed.controller(join(home, 'bin/portolan.mjs'), kind);
      await check();
      const urls = await loaded();
      expect(urls.filter((url) => url.includes('/dist/')).length).toBeGreaterThan(3);
      return ofSdk.filter((file) => urls.some((url) => url.endsWith(`/${file}`)));
    };

    expect(await sdkIn('aws')).not.toEqual([]);
    expect(await sdkIn('local')).toEqual([]);
  });

  test('a wrong configuration is three lines at most, no stack, exit 2', async () => {
    const wrong = await portolan('controller', '--config', 'nowhere.yaml');

    expect(wrong.code).toBe(2);
    // npm has its own to say on the same stream.
    const lines = wrong.err.split('\n').filter((line) => line !== '' && !line.startsWith('npm '));
    expect(lines.length).toBeLessThanOrEqual(3);
    expect(lines.filter((line) => line.startsWith('    at '))).toEqual([]);
    expect(lines[0]).toContain('nowhere.yaml');
  });

  test('a provider outside of the repository is written and run with portolan/provider alone', async () => {
    await cp(join(import.meta.dirname, 'outside-provider'), join(folder, 'empty/provider'), { recursive: true });
    await writeFile(join(folder, 'empty/provider/package.json'), '{ "type": "module" }');
    const strict = ['--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess', '--types', ''];
    const module = ['--module', 'nodenext', '--target', 'es2024', '--allowImportingTsExtensions', '--erasableSyntaxOnly', '--noEmit'];
    const programs = ['provider/try-it.ts', 'provider/conform.ts'];
    const types = await ended(join(root, 'node_modules/.bin/tsc'), [...module, ...strict, ...programs], join(folder, 'empty'));
    const tried = await ended('node', ['provider/try-it.ts'], join(folder, 'empty'));
    const conforms = await ended('node', ['provider/conform.ts'], join(folder, 'empty'));

    expect(types.out + types.err).toBe('');
    expect(tried, tried.err).toMatchObject({ code: 0, out: 'finished\nListenFailed\n' });
    expect(conforms, conforms.err).toMatchObject({ code: 0, out: 'found wanting\n' });
  });
});
