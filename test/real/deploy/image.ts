import { execFile, spawnSync } from 'node:child_process';
import { cp, mkdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const project = join(import.meta.dirname, '../../..');
const run = promisify(execFile);

/** What a container would be started from. */
export interface Image {
  readonly root: string;
  readonly entrypoint: readonly string[];
}

/** Why no image can be made and run here; undefined where one can. */
export function missingForImage(): string | undefined {
  if (process.getuid?.() !== 0) return 'only root can run a process in a root folder of its own';
  for (const tool of ['ldd', 'unshare', 'setpriv', 'chroot']) {
    if (spawnSync('sh', ['-c', `command -v ${tool}`]).status !== 0) return `there is no ${tool}`;
  }
  return spawnSync('unshare', ['--mount', 'true']).status === 0 ? undefined : 'no mount namespace can be made';
}

/**
 * Does without a container engine what deploy/Dockerfile says: the files that its ignore list lets through, its RUN lines in
 * order, its last stage. The packages are those of this checkout in place of `npm ci`.
 */
export async function buildImage(folder: string): Promise<Image> {
  const dockerfile = await readFile(join(project, 'deploy/Dockerfile'), 'utf8');
  const ignore = await readFile(join(project, 'deploy/Dockerfile.dockerignore'), 'utf8');
  const [context, root] = [join(folder, 'context'), join(folder, 'image')];
  await mkdir(context, { recursive: true });
  for (const [, name = ''] of ignore.matchAll(/^!(.+)$/gm)) await cp(join(project, name), join(context, name), { recursive: true });
  await symlink(join(project, 'node_modules'), join(context, 'node_modules'));
  for (const [, line = ''] of dockerfile.matchAll(/^RUN (?!npm ci )(.+)$/gm)) {
    await run('sh', ['-euc', line.replace(/(?<= )\/image$/, root)], { cwd: context, env: { ...process.env, PATH: searchPath() } });
  }
  return {
    root,
    entrypoint: JSON.parse(/^ENTRYPOINT (.+)$/m.exec(dockerfile)?.[1] ?? '[]') as string[], // exec form
  };
}

/** This Node before any other, as the image that the Dockerfile builds in has it. */
const searchPath = (): string => `${join(process.execPath, '..')}:${process.env['PATH'] ?? ''}`;
