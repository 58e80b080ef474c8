import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';
import { packagesOf, noticesOf } from './bundled-packages.ts';

/**
 * `npm run build`: the published package's JavaScript and types in `dist/`. Everything that is imported is bundled, so that
 * the package depends on nothing; what is loaded only at need (a provider, the Kubernetes client library) stays in a chunk
 * of its own. The three doors share chunks: an `LbError` is the same class whichever door it came through.
 */
const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');

/**
 * The Kubernetes client library says nothing about side effects; its modules have none. Told so, the bundler leaves out its
 * generated API classes: 0.6 MB, and 10 MB of memory where the library is loaded (docs/decisions/0001-client-node-for-credentials.md).
 */
const clientNodeIsPure: Plugin = {
  name: 'client-node-is-pure',
  setup(bundler) {
    const asked = Symbol('asked');
    bundler.onResolve(
      { filter: /^@kubernetes\/client-node$|^\.\/(gen|types|apis|models)\// },
      async ({ path, pluginData, kind, importer, resolveDir }) => {
        if (pluginData === asked || !`${importer} ${path}`.includes('@kubernetes/client-node')) return undefined;
        const found = await bundler.resolve(path, { kind, importer, resolveDir, pluginData: asked });
        return { ...found, sideEffects: false };
      },
    );
  },
};

rmSync(dist, { recursive: true, force: true });
const { metafile } = await build({
  entryPoints: {
    portolan: join(root, 'src/main.ts'),
    provider: join(root, 'src/published/provider.ts'),
    conformance: join(root, 'src/published/conformance.ts'),
  },
  absWorkingDir: root,
  outdir: dist,
  outExtension: { '.js': '.mjs' },
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  // Where a package has both, its ES modules: only of these can be left out what nobody imports.
  mainFields: ['module', 'main'],
  // Some packages are CommonJS and ask for Node's own modules by `require`, which a module does not have.
  banner: { js: "import { createRequire as portolanRequire } from 'node:module';\nconst require = portolanRequire(import.meta.url);" },
  plugins: [clientNodeIsPure],
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
});

const packages = packagesOf(metafile, root);
writeFileSync(join(dist, 'THIRD-PARTY-NOTICES.txt'), noticesOf(packages));

execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.emit.json'], {
  cwd: root,
  stdio: 'inherit',
});
for (const door of ['provider', 'conformance']) {
  writeFileSync(join(dist, `${door}.d.ts`), `export * from './types/published/${door}.js';\n`);
}

process.stdout.write(`${sizesOf(metafile)}\nbundled: ${packages.map(({ name, version }) => `${name} ${version}`).join(', ')}\n`);

function sizesOf({ outputs }: Metafile): string {
  const rows = Object.entries(outputs).map(([file, { bytes }]) => ({ file, bytes }));
  const total = rows.reduce((sum, { bytes }) => sum + bytes, 0);
  return [...rows.sort((a, b) => b.bytes - a.bytes), { file: 'together', bytes: total }]
    .map(({ file, bytes }) => `${(bytes / 1_000).toFixed(0).padStart(7)} kB  ${file}`)
    .join('\n');
}
