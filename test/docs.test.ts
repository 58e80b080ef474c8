import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Command } from 'commander';
import { expect, test } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import { providers } from '../providers/registry.ts';
import { buildProgram } from '../src/commands/program.ts';
import { providerKinds } from '../src/commands/load-config.ts';
import { parseConfig } from '../src/config/parse-config.ts';
import { metricTable } from '../src/controller/metric-table.ts';
import { kubeMetrics } from '../src/kube/kube-metrics.ts';
import { conditionTypes } from '../src/model/condition.ts';
import { reasons } from '../src/reasons.ts';
import { controlKeys, portableRows } from '../src/settings/portable.ts';
import type { AnySettingsTable, SettingRow } from '../src/settings/row.ts';
import { root } from './import-lines.ts';

interface Page {
  readonly file: string;
  readonly text: string;
}

const read = (file: string): Page => ({ file, text: readFileSync(join(root, file), 'utf8') });
const pagesIn = (folder: string): readonly Page[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => read(join(folder, name)));
const pages = [
  ...readdirSync(root)
    .filter((name) => name.endsWith('.md'))
    .map(read),
  ...pagesIn('docs'),
  ...pagesIn('providers'),
];

/** Everything on the pages that matches and is not as it should be: where, and what. */
function wrong(among: readonly Page[], pattern: RegExp, isRight: (groups: readonly string[], page: Page) => boolean): readonly string[] {
  return among.flatMap((page) =>
    [...page.text.matchAll(pattern)]
      .filter((match) => !isRight(match, page))
      .map((match) => `${page.file}:${page.text.slice(0, match.index).split('\n').length}: ${match[0].trim()}`),
  );
}

/** What GitHub makes of a heading. */
const anchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-');
const anchorsOf = ({ text }: Page): readonly string[] => [...text.matchAll(/^#+ (.*)$/gm)].map((match) => anchor(match[1] ?? ''));

test('there are pages to be tested', () => {
  expect(pages.map(({ file }) => file)).toEqual(
    expect.arrayContaining(['README.md', 'docs/guide/troubleshooting.md', 'providers/local/README.md']),
  );
});

test('every relative link leads somewhere', () => {
  const broken = wrong(pages, /\]\(([^)\s]+)\)/g, ([, target = ''], page) => {
    if (/^[a-z]+:/.test(target)) return true;
    const [path = '', fragment] = target.split('#');
    const file = path === '' ? page.file : join(dirname(page.file), path);
    if (!existsSync(join(root, file))) return false;
    return fragment === undefined || anchorsOf(read(file)).includes(fragment);
  });

  expect(broken).toEqual([]);
});

test('every file that is named exists', () => {
  const path = /(?<![\w./-])(?:src|providers|test|scripts|docs|\.ci|bin)\/[\w./*-]*\w/g;

  expect(wrong(pages, path, ([name = '']) => existsSync(join(root, name)))).toEqual([]);
});

test("every file a provider's README names is in its folder, or in the tree", () => {
  const readmes = pages.filter(({ file }) => file.startsWith('providers/'));
  const isThere = (page: Page, name: string): boolean => [dirname(page.file), '.'].some((folder) => existsSync(join(root, folder, name)));

  expect(wrong(readmes, /`([\w./-]+(?:\.ts|\/))`/g, ([, name = ''], page) => isThere(page, name))).toEqual([]);
});

test('every decision is in the index, and has every part', () => {
  const index = read('docs/decisions/README.md').text;
  const decisions = pagesIn('docs/decisions').filter(({ file }) => !file.endsWith('README.md'));
  const parts = ['Date: ', '## Context', '## Decision', '## Options rejected', '## Consequences'];

  expect(decisions.filter(({ file }) => !index.includes(`](${basename(file)})`)).map(({ file }) => file)).toEqual([]);
  expect(decisions.filter(({ text }) => !parts.every((part) => text.includes(`\n${part}`))).map(({ file }) => file)).toEqual([]);
});

test('every reason on the troubleshooting page is one of the catalogue', () => {
  const kubernetes = new Set(['Accepted', 'Programmed', 'Degraded', 'LoadBalancerPortsError', 'Local', 'ClusterIP']);
  const page = [read('docs/guide/troubleshooting.md')];
  const named = /`([A-Z][a-z]+(?:[A-Z][a-z]+)*)`/g;

  expect([...(page[0]?.text ?? '').matchAll(named)].length).toBeGreaterThan(30);
  expect(wrong(page, named, ([, word = '']) => word in reasons || kubernetes.has(word))).toEqual([]);
});

const program = buildProgram({ out: () => {}, err: () => {}, env: {}, signal: new AbortController().signal, colour: false }, () => {});

/** The first word of a command line that the help does not have; undefined where it has all. */
function unknownWord(words: readonly string[]): string | undefined {
  const [name, ...rest] = words;
  const isFlag = (word: string | undefined): boolean => word?.startsWith('-') === true;
  const command = isFlag(name) ? program : program.commands.find((known) => known.name() === name);
  if (command === undefined) return name;
  return (isFlag(name) ? words : rest).find((word) => isFlag(word) && !hasFlag(command, word));
}

const hasFlag = (command: Command, flag: string): boolean =>
  flag === '--help' || command.options.some(({ long, short }) => flag === long || flag === short);

test('every command and flag that is shown is in the help', () => {
  // In code only: `portolan plan -f x`, a line of a block, `npm run demo -- --once`.
  const shown = /(?:(?<=[`\n])|npx )\s*portolan ([a-z-][^`\n#|…]*)|npm run demo --? ?(-[^`\n#|…]*)/g;
  const hand = pages.filter(({ file }) => !file.startsWith('docs/reference/'));

  expect(hand.flatMap(({ text }) => [...text.matchAll(shown)]).length).toBeGreaterThan(15);
  expect(wrong(hand, shown, ([, words, demo]) => unknownWord((words ?? `demo ${demo ?? ''}`).trim().split(/\s+/)) === undefined)).toEqual(
    [],
  );
});

test('every npm script that is named exists', () => {
  expect(wrong(pages, /npm run ([\w:]+)/g, ([, name = '']) => name in manifest.scripts)).toEqual([]);
});

test('every example of a configuration is a good one', async () => {
  const examples = pages
    .flatMap(({ file, text }) =>
      [...text.matchAll(/^( *)```yaml\n([\s\S]*?)^ *```$/gm)].map((match) => ({ file, indent: match[1] ?? '', text: match[2] ?? '' })),
    )
    .filter(({ text }) => text.includes('kind: Config'));

  expect(examples.length).toBeGreaterThanOrEqual(3);
  for (const { file, indent, text } of examples) {
    const plain = text.replaceAll(new RegExp(`^${indent}`, 'gm'), '');
    await expect(parseConfig(plain, file, providerKinds), `${file}\n${plain}`).resolves.toBeDefined();
  }
});

test('every annotation, condition and metric that is named exists', async () => {
  const tables = await Promise.all(['aws', 'local'].map(async (kind) => (await providers[kind]?.load())?.provider.settings ?? {}));
  const rows: readonly SettingRow[] = [portableRows, ...tables].flatMap((table: AnySettingsTable) => Object.values(table));
  const annotations = rows.flatMap((row) => row.annotations ?? []);
  // Marks, the Lease's annotations, the version of the file, classes that examples make, and what users misspell there.
  const marks = ['cluster', 'key', 'service', 'listener', 'addresses', 'tags', 'protected'];
  const others = [...marks, 'epoch', 'strays', 'v1', 'local', 'aws', 'public', 'internal', 'drian-timeout', 'lb'];
  const known = new Set([...annotations, ...Object.values(controlKeys), ...Object.values(conditionTypes)]);
  const metrics = new Set([...Object.keys(metricTable), ...Object.keys(kubeMetrics)]);
  const hand = pages.filter(({ file }) => !file.startsWith('docs/reference/'));

  expect(
    wrong(
      hand,
      /(?<![\w.])portolan\.dev\/([\w-]*\w)/g,
      ([key = '', name = '']) => known.has(key) || others.includes(name) || name in reasons,
    ),
  ).toEqual([]);
  // Where a page says with what the keys of one cloud begin, it names them by the rest.
  const amazon = 'service.beta.kubernetes.io/aws-load-balancer-';
  const isAmazon = (rest: string): boolean => annotations.some((key) => key.replace('.*', '') === (amazon + rest).replace(/\.[\w-]+$/, ''));
  expect(wrong(hand, /`…-([a-z][\w.-]*)/g, ([, rest = '']) => isAmazon(rest))).toEqual([]);
  expect(wrong(hand, /`(portolan_[a-z_]+)`/g, ([, name = '']) => metrics.has(name))).toEqual([]);
});

test('no page knows the machine it was written on', () => {
  expect(wrong(pages, /\/(?:work|home|root|Users)\/[\w-]+/g, () => false)).toEqual([]);
});
