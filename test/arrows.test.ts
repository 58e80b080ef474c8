import { expect, test } from 'vitest';
import { importLines, isTest, sourceFiles, type ImportLine } from './import-lines.ts';

/** What every file may import, and what these may import of each other: only what stands before them. */
const ground = ['reasons.ts', 'net', 'errors.ts', 'model', 'clock.ts', 'log.ts', 'metrics.ts', 'health.ts'];

/** The arrows of the design; a key may import its values, `(types)` only their types. */
const arrows: Readonly<Record<string, readonly string[]>> = {
  settings: [],
  plan: [],
  'provider.ts': ['settings (types)'],
  kube: ['provider.ts (types)'],
  serving: ['kube'],
  intent: ['settings'],
  engine: ['plan', 'provider.ts'],
  controller: ['engine', 'intent', 'kube', 'settings', 'provider.ts'],
  config: ['settings'],
  embedded: [],
  conformance: ['controller', 'engine', 'intent', 'kube', 'settings', 'embedded', 'provider.ts'],
  'version.ts': ['package.json'],
  published: ['settings', 'plan', 'provider.ts', 'engine', 'embedded', 'conformance', 'version.ts'],
  commands: [
    'settings',
    'plan',
    'provider.ts',
    'kube',
    'serving',
    'intent',
    'engine',
    'controller',
    'config',
    'embedded',
    'conformance',
  ].concat('version.ts', 'providers/registry.ts'),
  'main.ts': ['commands', 'config'],
  // A registry knows the door of each provider and nothing else of it.
  'providers/registry.ts': ['provider.ts (types)', 'conformance (types)', 'providers/*'],
  'providers/*': ['provider.ts', 'plan', 'settings', 'conformance (types)'],
  'providers/openstack-api-client': [],
};
const withoutGround = ['providers/openstack-api-client', 'version.ts'];

/** The part of the tree a file belongs to: a folder of `src`, a file beside them, or one provider. */
function partOf(file: string): string {
  const [top = '', name = '', ...rest] = file.split('/');
  if (top === 'src') return name;
  return top === 'providers' && rest.length > 0 ? `${top}/${name}` : file;
}

const rowOf = (part: string): string => (part in arrows || ground.includes(part) || !part.startsWith('providers/') ? part : 'providers/*');

function mayImport(line: ImportLine): boolean {
  const [from, to] = [partOf(line.from), partOf(line.to)];
  if (from === to) return true;
  const row = rowOf(from);
  if (ground.includes(to) && !ground.includes(row)) return !withoutGround.includes(row);
  // Types of the ground may be named anywhere in it: a type is no dependency in time.
  if (ground.includes(row)) return ground.includes(to) && (line.typeOnly || ground.indexOf(to) < ground.indexOf(row));
  const allowed = arrows[row] ?? [];
  return allowed.includes(rowOf(to)) || (line.typeOnly && allowed.includes(`${rowOf(to)} (types)`));
}

const files = [...sourceFiles('src'), ...sourceFiles('providers')].filter((file) => !isTest(file));
const lines = files.flatMap((file) => importLines(file));
const own = lines.filter((line) => !line.package);
const told = (line: ImportLine) => `${line.from} -> ${line.to}`;

test('every import follows an arrow of the design', () => {
  expect(own.length).toBeGreaterThan(300);

  expect(own.filter((line) => !mayImport(line)).map(told)).toEqual([]);
});

test('an arrow that points up is found', () => {
  const planted = (from: string, to: string, typeOnly = false) => mayImport({ from, to, typeOnly, package: false });

  expect(planted('src/plan/diff.ts', 'src/engine/pass.ts')).toBe(false);
  expect(planted('src/engine/pass.ts', 'src/kube/client.ts')).toBe(false);
  expect(planted('src/kube/documents.ts', 'src/provider.ts')).toBe(false);
  expect(planted('src/kube/documents.ts', 'src/provider.ts', true)).toBe(true);
  expect(planted('src/controller/ensure.ts', 'src/commands/io.ts')).toBe(false);
  expect(planted('src/kube/client.ts', 'src/serving/serve-securely.ts')).toBe(false);
  expect(planted('src/errors.ts', 'src/model/ids.ts')).toBe(false);
  expect(planted('providers/aws/plan.ts', 'providers/local/plan.ts')).toBe(false);
  expect(planted('providers/aws/plan.ts', 'src/kube/client.ts')).toBe(false);
  expect(planted('providers/aws/plan.ts', 'src/plan/diff.ts')).toBe(true);
  expect(planted('providers/openstack-api-client/client.ts', 'src/errors.ts')).toBe(false);
  expect(planted('src/commands/plan.ts', 'providers/local/index.ts')).toBe(false);
});

test('nothing shipped imports a test', () => {
  const strays = own.filter((line) => isTest(line.to) || !/^(src|providers|package\.json$)/.test(line.to));

  expect(strays.map(told)).toEqual([]);
});

test('a provider is entered by its door only', () => {
  const strays = own.filter((line) => partOf(line.from) === 'providers/registry.ts' && /^providers\/./.test(line.to));

  expect(strays.map((line) => line.to).filter((to) => !/^providers\/[^/]+\/(index|simulator\/[^/]+)\.ts$/.test(to))).toEqual([]);
});

test('no two parts need each other at run time', () => {
  const needs = new Map<string, Set<string>>();
  for (const line of own) {
    const [from, to] = [partOf(line.from), partOf(line.to)];
    if (from !== to && !line.typeOnly) needs.set(from, (needs.get(from) ?? new Set()).add(to));
  }

  expect([...needs.keys()].map((part) => circleFrom(part, needs)).filter((circle) => circle !== undefined)).toEqual([]);
});

function circleFrom(start: string, needs: ReadonlyMap<string, ReadonlySet<string>>): string | undefined {
  const open: (readonly string[])[] = [[start]];
  const seen = new Set<string>();
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    for (const next of needs.get(path.at(-1) ?? '') ?? []) {
      if (next === start) return [...path, next].join(' -> ');
      if (seen.has(next)) continue;
      seen.add(next);
      open.push([...path, next]);
    }
  }
  return undefined;
}
