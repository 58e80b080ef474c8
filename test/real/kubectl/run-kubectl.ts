import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** A kubectl of this machine. */
export interface Kubectl {
  readonly path: string;
  /** `v1.36.3` */
  readonly version: string;
}

export interface Said {
  /** Both streams, stderr last. */
  readonly text: string;
  /** What it exited with; the name of the signal where it was ended. */
  readonly exit: number | string;
}

const cache = process.env['PORTOLAN_CACHE'] ?? join(homedir(), '.cache/portolan-testbed');
const built = join(cache, `kube-${process.env['KUBE_VERSION'] ?? '1.36.3'}`, 'kubectl');

/** The one that was built with kube-apiserver; then those of another minor version that PATH holds. */
export function kubectls(): readonly Kubectl[] {
  const onPath = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'kubectl'));
  const found = new Map<string, Kubectl>();
  for (const path of [built, ...onPath]) {
    const version = existsSync(path) ? versionOf(path) : undefined;
    const minor = version === undefined ? undefined : /^v1\.(\d+)/.exec(version)?.[1];
    if (version !== undefined && minor !== undefined && !found.has(minor)) found.set(minor, { path, version });
  }
  return [...found.values()];
}

function versionOf(path: string): string | undefined {
  const { stdout, status } = spawnSync(path, ['version', '--client', '-o', 'json'], { encoding: 'utf8' });
  if (status !== 0) return undefined;
  return (JSON.parse(stdout) as { clientVersion: { gitVersion: string } }).clientVersion.gitVersion; // as kubectl writes it
}

export interface Invocation {
  readonly args: readonly string[];
  readonly stdin?: string | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Called once, when its output holds this text. */
  readonly when?: { readonly says: string; readonly call: () => void } | undefined;
}

/** Runs it as somebody at a keyboard would, with caches of its own. Ended after 30 seconds. */
export function runKubectl(
  kubectl: Kubectl,
  kubeconfig: string,
  home: string,
  { args, stdin = '', env = {}, when }: Invocation,
): Promise<Said> {
  const settings = { PATH: process.env['PATH'] ?? '', HOME: home, TMPDIR: home, KUBECONFIG: kubeconfig, TZ: 'UTC', ...env };
  return new Promise((resolve) => {
    const child = execFile(kubectl.path, args, { env: settings, timeout: 30_000, maxBuffer: 1 << 24 }, (error, stdout, stderr) => {
      resolve({ text: `${stdout}${stderr}`, exit: child.exitCode ?? child.signalCode ?? error?.message ?? 0 });
    });
    let [heard, told] = ['', false];
    child.stdout?.on('data', (part: string) => {
      heard += part;
      if (told || when === undefined || !heard.includes(when.says)) return;
      told = true;
      when.call();
    });
    // Who never reads what it is sent has closed the pipe, and that is no matter here.
    child.stdin?.on('error', () => {});
    child.stdin?.end(stdin);
  });
}
