import { join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '../../..');

/** Bundles a child into a folder, because it is started hundreds of times; answers the file to run. */
export async function bundleChild(folder: string, child = join(import.meta.dirname, 'child.ts')): Promise<string> {
  await build({
    entryPoints: [child],
    absWorkingDir: root,
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    // Some packages are CommonJS and ask for Node's own modules by `require`, which a module does not have.
    banner: { js: "import { createRequire as ownRequire } from 'node:module';\nconst require = ownRequire(import.meta.url);" },
    logLevel: 'warning',
  });
  return join(folder, 'child.mjs');
}
