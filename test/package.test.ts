import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { leftOut } from '../scripts/lock-platforms.ts';
import { importLines, isTest, root, sourceFiles } from './import-lines.ts';

const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const manifest = JSON.parse(read('package.json')) as {
  engines: Record<string, string>;
  allowScripts: Record<string, boolean>;
  dependencies?: Record<string, string>;
  optionalDependencies: Record<string, string>;
  devDependencies: Record<string, string>;
}; // our own file
const lock = JSON.parse(read('package-lock.json')) as { packages: Record<string, { version?: string; hasInstallScript?: boolean }> }; // npm wrote it

/** `@scope/name` of `@scope/name/deep/file.js`. */
const packageOf = (specifier: string): string => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');

/** What shipped code imports: the dependencies the bundle is made of. */
const runtime = [...sourceFiles('src'), ...sourceFiles('providers')]
  .filter((file) => !isTest(file))
  .flatMap((file) => importLines(file))
  .filter((line) => line.package && !line.typeOnly && !line.to.startsWith('node:'))
  .map((line) => packageOf(line.to));

test('tests run on the Node that npm ci installed, whatever the machine has', () => {
  expect(manifest.engines['node']).toBe('>=24');
  expect(process.versions.node).toBe(manifest.devDependencies['node']);
});

test('every version is pinned, and the lock file agrees', () => {
  const loose = Object.entries(manifest.devDependencies).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version));
  const other = Object.entries(manifest.devDependencies).filter(
    ([name, version]) => lock.packages[`node_modules/${name}`]?.version !== version,
  );

  expect([...loose, ...other]).toEqual([]);
});

test('npm ci takes the lock file on every platform (else: npm run lock)', () => {
  expect(leftOut(lock)).toEqual({});
});

test('the published package depends on nothing: what it needs is in the bundle', () => {
  expect(manifest.dependencies).toBeUndefined();
  // For machines whose own Node is too old; see the decision about the published package.
  expect(manifest.optionalDependencies).toEqual({ node: manifest.devDependencies['node'] });
  expect(runtime.filter((name) => !(name in manifest.devDependencies))).toEqual([]);
});

test('shipped code names built-in modules with node:', () => {
  expect(runtime.filter((name) => builtinModules.includes(name))).toEqual([]);
});

test('install scripts run only where they are allowed by name', () => {
  const wanting = Object.entries(lock.packages).filter(
    ([path, { hasInstallScript }]) => path.startsWith('node_modules/') && hasInstallScript === true,
  );
  // A folder watcher that only macOS would install; nothing here watches folders.
  const names = wanting.map(([path]) => path.slice('node_modules/'.length)).filter((name) => name !== 'fsevents');

  expect(names.sort()).toEqual(Object.keys(manifest.allowScripts).sort());
});

test('each package in the bundle that we import has a page that says why', () => {
  const pages = readdirSync(join(root, 'docs/decisions')).filter((file) => /^\d{4}-.*\.md$/.test(file));
  const titles = pages.map((file) => read(`docs/decisions/${file}`).split('\n', 1)[0] ?? '');
  const silent = [...new Set(runtime)].filter((name) => !titles.some((title) => title.includes(`\`${name}\``)));

  expect(silent).toEqual([]);
});

test('decisions are numbered without gaps or repeats, dated, and listed', () => {
  const pages = readdirSync(join(root, 'docs/decisions')).filter((file) => file !== 'README.md');
  const numbers = pages.map((file) => Number(/^(\d{4})-[a-z0-9-]+\.md$/.exec(file)?.[1]));
  const list = read('docs/decisions/README.md');

  expect(numbers.toSorted((a, b) => a - b)).toEqual(pages.map((_, index) => index + 1));
  expect(pages.filter((file) => !/^Date: \d{4}-\d\d-\d\d/m.test(read(`docs/decisions/${file}`)))).toEqual([]);
  expect(pages.filter((file) => !list.includes(`](${file})`))).toEqual([]);
});
