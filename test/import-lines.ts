import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

export const root = join(import.meta.dirname, '..');

export interface ImportLine {
  /** The importing file and what it imports, from the root of the repository; a package as it is written. */
  readonly from: string;
  readonly to: string;
  /** Nothing of it is left at run time. */
  readonly typeOnly: boolean;
  readonly package: boolean;
}

/** Every TypeScript file under a folder, from the root of the repository. */
export function sourceFiles(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.includes('node_modules'))
    .map((file) => join(folder, file))
    .sort();
}

export const isTest = (file: string): boolean => file.endsWith('.test.ts');

const statement = /^(?:import|export)\s+(type\s)?(?:[^;'"]*?\sfrom\s+)?'([^']+)'/gm;
const dynamic = /\bimport\('([^']+)'\)/g;

/** The import lines of one file: static, re-exported and dynamic. */
export function importLines(file: string): readonly ImportLine[] {
  const text = readFileSync(join(root, file), 'utf8');
  const line = (to: string, typeOnly: boolean): ImportLine => {
    const own = to.startsWith('.');
    return { from: file, to: own ? relative(root, join(root, dirname(file), to)) : to, typeOnly, package: !own };
  };
  return [
    ...[...text.matchAll(statement)].map(([, type, to]) => line(to ?? '', type !== undefined)),
    ...[...text.matchAll(dynamic)].map(([, to]) => line(to ?? '', false)),
  ];
}
