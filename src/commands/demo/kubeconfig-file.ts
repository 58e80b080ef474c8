import { readFileSync, rmSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { LbError } from '../../errors.ts';

/** First line of every file the demo writes: what carries it may be overwritten and removed. */
const mark = '# Written by `portolan demo` and removed when it ends.';

/** A kubeconfig for the demo's API server, which asks nobody who he is. */
export function kubeconfigText(server: string): string {
  return `${mark}
apiVersion: v1
kind: Config
clusters:
  - { name: portolan-demo, cluster: { server: "${server}" } }
users:
  - { name: portolan-demo, user: {} }
contexts:
  - { name: portolan-demo, context: { cluster: portolan-demo, user: portolan-demo } }
current-context: portolan-demo
`;
}

/**
 * Writes a kubeconfig; the function returned removes it, if it is still as it was written.
 * @throws LbError `InvalidFlag` when the file exists and is not the demo's, or cannot be written. It is then as it was.
 */
export async function writeKubeconfig(path: string, server: string): Promise<() => void> {
  const text = kubeconfigText(server);
  const present = await read(path);
  if (present !== undefined && !present.startsWith(mark)) {
    throw new LbError('InvalidFlag', `--kubeconfig ${path}: the file exists and is not the demo's own`, {
      field: '--kubeconfig',
      remedy: 'Name a file that does not exist.',
    });
  }
  // `wx` where nothing was: what appeared since then is not the demo's either.
  await writeFile(path, text, { mode: 0o600, flag: present === undefined ? 'wx' : 'w' }).catch(refuse(path));
  return () => {
    if (isStill(path, text)) rmSync(path, { force: true });
  };
}

/** What cannot be read any more is not as it was. */
function isStill(path: string, text: string): boolean {
  try {
    return readFileSync(path, 'utf8') === text;
  } catch {
    return false;
  }
}

async function read(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    return refuse(path)(error);
  }
}

const refuse =
  (path: string) =>
  (error: unknown): never => {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new LbError('InvalidFlag', `--kubeconfig ${path} cannot be written (${code})`, {
      cause: error,
      field: '--kubeconfig',
      remedy: 'Name a file in a folder you may write to.',
    });
  };
