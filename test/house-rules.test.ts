import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { isTest, root, sourceFiles } from './import-lines.ts';

const maximumLines = 400;

interface SourceFile {
  readonly file: string;
  readonly text: string;
}

const read = (file: string): SourceFile => ({ file, text: readFileSync(join(root, file), 'utf8') });
const shipped = [...sourceFiles('src'), ...sourceFiles('providers')].filter((file) => !isTest(file)).map(read);
/** The tests and scripts too. */
const all = ['src', 'providers', 'test', 'scripts'].flatMap((folder) => sourceFiles(folder)).map(read);

/** Files that match, with the matching line, as a list that says where to look. */
function found(files: readonly SourceFile[], pattern: RegExp, except: readonly string[] = []): readonly string[] {
  return files
    .filter(({ file }) => !except.includes(file))
    .flatMap(({ file, text }) =>
      text.split('\n').flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [])),
    );
}

test('no file is longer than one idea', () => {
  const long = shipped.map(({ file, text }) => ({ file, lines: text.split('\n').length - 1 })).filter(({ lines }) => lines > maximumLines);

  expect(long).toEqual([]);
});

test('a file is named in kebab-case by its idea, not by a drawer', () => {
  const names = shipped.map(({ file }) => file).filter((file) => !/^[a-z0-9]+(-[a-z0-9]+)*\.ts$/.test(basename(file)));
  const drawers = shipped.map(({ file }) => file).filter((file) => /(^|[-/])(utils?|helpers?|common|shared|misc)([-./]|$)/.test(file));

  expect([...names, ...drawers]).toEqual([]);
});

test('the environment of the process is read in one folder', () => {
  const inConfig = shipped.map(({ file }) => file).filter((file) => file.startsWith('src/config/'));

  expect(found(shipped, /process\.env\b/, inConfig)).toEqual([]);
});

test('one file ends the process', () => {
  expect(found(shipped, /process\.(exit|abort|exitCode)\b/, ['src/main.ts'])).toEqual([]);
});

test('there are no barrels: index.ts is the door of a provider, src/published those of the package', () => {
  const doors = shipped
    .map(({ file }) => file)
    .filter((file) => basename(file) === 'index.ts' && !/^providers\/[^/]+\/index\.ts$/.test(file));
  const handsOn = shipped.filter(({ file, text }) => !file.startsWith('src/published/') && isBarrel(text)).map(({ file }) => file);

  expect([...doors, ...handsOn]).toEqual([]);
});

/** Exports nothing that is its own. */
function isBarrel(text: string): boolean {
  const exported = text.split('\n').filter((line) => line.startsWith('export '));
  return exported.length > 0 && exported.every((line) => /^export (type )?(\*|\{)/.test(line));
}

test('nothing is left for later', () => {
  const later = new RegExp(['TO', 'DO|FIX', 'ME|X', 'XX|PLACE', 'HOLDER'].join(''));

  expect(found(all, later)).toEqual([]);
});

test('zod is imported whole: any other way bundles every language of its messages', () => {
  expect(found(shipped, /from 'zod'/).filter((line) => !line.includes("import * as z from 'zod'"))).toEqual([]);
});

test('waiting takes a clock: timers are set in one file', () => {
  expect(found(shipped, /\b(setTimeout|setInterval)\(/, ['src/clock.ts'])).toEqual([]);
});

test('each cast says why', () => {
  const cast = /\bas (?!const\b)[A-Z{('\w]/;
  const noCast = /^\s*(\*|\/\/|import\b|export \{)|['"`/][^'"`]* as |\b(import|export) .* as /;
  const silent = shipped.flatMap(({ file, text }) => {
    const lines = text.split('\n');
    const explained = (index: number) => lines[index]?.includes('// ') === true || lines[index - 1]?.trim().startsWith('// ') === true;
    return lines.flatMap((line, index) =>
      cast.test(line) && !noCast.test(line) && !explained(index) ? [`${file}:${index + 1}: ${line.trim()}`] : [],
    );
  });

  expect(silent).toEqual([]);
});
