import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';

export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  /** Text of its licence file, and of its NOTICE where it has one. */
  readonly texts: readonly string[];
}

/** The packages of which something is in the bundle, sorted. */
export function packagesOf({ outputs }: Metafile, root: string): readonly BundledPackage[] {
  const folders = new Set<string>();
  for (const { inputs } of Object.values(outputs)) {
    for (const input of Object.keys(inputs)) {
      const folder = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];
      if (folder !== undefined) folders.add(folder);
    }
  }
  return [...folders].map((folder) => readPackage(join(root, folder))).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function readPackage(folder: string): BundledPackage {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name: string; version: string; license?: string }; // npm installed it
  const files = existsSync(folder) ? readdirSync(folder) : [];
  const texts = files
    .filter((file) => /^(licen[cs]e|notice|copying)/i.test(file))
    .map((file) => readFileSync(join(folder, file), 'utf8').trim());
  return { name: manifest.name, version: manifest.version, license: manifest.license ?? 'see its text', texts };
}

/** What the licences of the bundled packages ask for: their texts, beside the bundle. */
export function noticesOf(packages: readonly BundledPackage[]): string {
  const entries = packages.map(({ name, version, license, texts }) => [`${name} ${version} (${license})`, ...texts].join('\n\n'));
  return `Portolan contains parts of these packages, under these licences.\n\n${entries.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}
