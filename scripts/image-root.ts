import { execFileSync } from 'node:child_process';
import { copyFileSync, globSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/**
 * `node scripts/image-root.ts FOLDER`: the files of the container image, after `npm run build`. The image is nothing else: this
 * Node with the libraries it is linked to, and the bundle. No shell, no package manager, nothing that a user may write.
 */
const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('Usage: node scripts/image-root.ts FOLDER');

const root = join(import.meta.dirname, '..');
const node = realpathSync(process.execPath);
const bundle = ['bin/portolan.mjs', 'dist/portolan.mjs', 'dist/chunks/*.mjs', 'dist/THIRD-PARTY-NOTICES.txt', 'LICENSE', 'CHANGELOG.md'];

/** By path in the image, the file here. */
const files = new Map([
  ['usr/bin/node', node],
  ...librariesOf(node).map((path) => [path.slice(1), path] as const),
  ...bundle.flatMap((pattern) => matching(pattern).map((file) => [join('app', file), join(root, file)] as const)),
]);
for (const [target, source] of files) {
  mkdirSync(dirname(join(folder, target)), { recursive: true });
  copyFileSync(source, join(folder, target)); // follows links, keeps modes
}
// The account has a name, for Node asks for its home.
mkdirSync(join(folder, 'etc'), { recursive: true });
writeFileSync(join(folder, 'etc/passwd'), 'portolan:x:65532:65532::/:/none\n');
process.stdout.write(`${[...files.keys(), 'etc/passwd'].sort().join('\n')}\n`);

function matching(pattern: string): readonly string[] {
  const found = globSync(pattern, { cwd: root });
  if (found.length === 0) throw new Error(`there is no ${pattern}: npm run build makes dist`);
  return found;
}

/** What the dynamic linker loads for a program, itself included. */
function librariesOf(program: string): readonly string[] {
  const lines = execFileSync('ldd', [program], { encoding: 'utf8' }).split('\n');
  const paths = lines.flatMap((line) => /(?:=> )?(\/\S+) \(0x/.exec(line)?.[1] ?? []);
  if (!paths.some((path) => basename(path).startsWith('libc.')))
    throw new Error(`ldd names no C library for ${program}: ${lines.join(', ')}`);
  return paths;
}
