import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { E2eBed } from './e2e-bed.ts';
import type { Mode } from './tests.ts';

const program = join(import.meta.dirname, '../../../bin/portolan.mjs');
const vips = '203.0.113.0/24';

/** Portolan beside the tests: its provider is the machine they ask. */
export interface RunningPortolan {
  /** Rejects where it ends before it is stopped. */
  readonly ended: Promise<never>;
  stop(): Promise<void>;
}

/** @param log a file that gets all it says */
export async function startPortolan(bed: E2eBed, mode: Mode, log: string): Promise<RunningPortolan> {
  const folder = join(bed.folder, 'portolan');
  await mkdir(folder);
  await bed.outside('ip', 'route', 'replace', 'local', vips, 'dev', 'lo');
  const child = bed.start(log, process.execPath, program, ...(await argumentsOf[mode](folder, bed)), '--kubeconfig', bed.kubeconfig);
  let stopped = false;
  const exit = once(child, 'exit');
  const ended = exit.then(([code]) => {
    if (!stopped) throw new Error(`portolan ended with ${String(code)}, see ${log}`);
    return new Promise<never>(() => {});
  });
  ended.catch(() => {}); // whoever waits for the tests hears of it; nobody may be waiting yet
  return {
    ended,
    async stop() {
      stopped = true;
      child.kill('SIGTERM');
      await exit;
    },
  };
}

/** How it is started in each mode: a class takes all Services that name none, as `ccm` does. */
const argumentsOf: Readonly<Record<Mode, (folder: string, bed: E2eBed) => Promise<readonly string[]>>> = {
  async class(folder, bed) {
    await bed.outside('kubectl', '--kubeconfig', bed.kubeconfig, 'create', 'namespace', 'portolan-system');
    const config = join(folder, 'portolan.yaml');
    const stateFile = join(folder, 'state.json');
    await writeFile(
      config,
      `apiVersion: portolan.dev/v1
kind: Config
providers:
  - { name: here, kind: local, connection: { ranges: { public: [${vips}] }, stateFile: ${stateFile} } }
classes:
  - { id: local, name: portolan.dev/local, default: true, provider: here }
serving: { address: 127.0.0.1, port: 18080 }
`,
    );
    return ['controller', '--config', config];
  },
  async ccm(folder) {
    const config = join(folder, 'cloud.yaml');
    await writeFile(config, `connection: { ranges: { public: [${vips}] }, stateFile: ${join(folder, 'state.json')} }\n`);
    return ['ccm', '--cloud-provider', 'local', '--cloud-config', config];
  },
};
