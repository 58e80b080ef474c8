import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Kept by what it is made of, so that another version is another file. */
function place(): { readonly folder: string; readonly program: string } {
  const hash = createHash('sha256');
  for (const file of ['go.mod', 'main.go', 'toy_cloud.go']) hash.update(readFileSync(join(sources, file)));
  const cache = process.env['PORTOLAN_CACHE'] ?? join(homedir(), '.cache/portolan-testbed');
  const folder = join(cache, `service-controller-${hash.digest('hex').slice(0, 12)}`);
  return { folder, program: join(folder, 'service-controller') };
}

const sources = join(import.meta.dirname, 'service-controller');

/** Why upstream's service controller cannot be had here; undefined where it can. */
export function missingForServiceController(): string | undefined {
  if (existsSync(place().program) || spawnSync('go', ['version']).status === 0) return undefined;
  return "there is neither Go to build upstream's service controller with nor one that was built before";
}

/** Upstream's service controller over the toy cloud; built when it is not there yet, which takes a minute or more. */
export async function builtServiceController(): Promise<string> {
  const { folder, program } = place();
  if (existsSync(program)) return program;
  await mkdir(folder, { recursive: true });
  // Of two that build at the same time one wins, and both have the same.
  const unfinished = `${program}.${process.pid}`;
  await promisify(execFile)('go', ['build', '-trimpath', '-ldflags', '-s -w', '-o', unfinished, '.'], {
    cwd: sources,
    env: { ...process.env, CGO_ENABLED: '0' },
  });
  await rename(unfinished, program);
  return program;
}
