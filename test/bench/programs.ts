import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { builtServiceController } from '../real/upstream/service-controller.ts';
import type { Programs } from './subject.ts';

const root = join(import.meta.dirname, '../..');

/** Everything as it is shipped: bundles, without sources beside them. */
export interface BuiltPrograms extends Programs {
  /** Reflector and stores alone; see store-process.ts. */
  readonly storeProcess: readonly string[];
  remove(): void;
}

/** @param upstream whether upstream's service controller is needed, too */
export async function builtPrograms(upstream: boolean): Promise<BuiltPrograms> {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-bench-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    await promisify(execFile)(process.execPath, [join(root, 'scripts/build.ts')], { cwd: root });
    for (const part of ['bin', 'dist']) cpSync(join(root, part), join(folder, part), { recursive: true });
    const bundle = async (source: string, name: string): Promise<readonly string[]> => {
      const outfile = join(folder, `${name}.mjs`);
      await build({
        entryPoints: [source],
        outfile,
        bundle: true,
        platform: 'node',
        format: 'esm',
        target: 'node24',
        logLevel: 'warning',
        banner,
      });
      return [process.execPath, outfile];
    };
    return {
      portolan: [process.execPath, join(folder, 'bin/portolan.mjs')],
      toyProvider: await bundle(join(root, 'test/real/upstream/toy-provider/main.ts'), 'toy-provider'),
      storeProcess: await bundle(join(import.meta.dirname, 'store-process.ts'), 'store-process'),
      ...(upstream ? { serviceController: await builtServiceController() } : {}),
      remove,
    };
  } catch (thrown) {
    remove();
    throw thrown;
  }
}

/** Some packages are CommonJS and ask for Node's own modules by `require`. */
const banner = { js: "import { createRequire as benchRequire } from 'node:module';\nconst require = benchRequire(import.meta.url);" };

/** From the checkout, as it stands: for tests that count and do not time. */
export const sourcePrograms = async (upstream: boolean): Promise<Programs> => ({
  portolan: [process.execPath, join(root, 'bin/portolan.mjs')],
  toyProvider: [process.execPath, join(root, 'test/real/upstream/toy-provider/main.ts')],
  ...(upstream ? { serviceController: await builtServiceController() } : {}),
});
