import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { KubeClient } from '../../../src/kube/client.ts';
import type { Image } from './image.ts';
import { fieldOf, type Pod, type Volume } from './pod.ts';

/** What a kubelet knows that a Pod does not say. */
export interface NodeParts {
  readonly image: Image;
  /** Volumes are here, and below `host` what stands for the node's own disk. */
  readonly folder: string;
  readonly apiServer: { readonly host: string; readonly port: string };
  /** With the rights of a kubelet. */
  readonly client: KubeClient;
}

/** A container that runs. */
export interface RunningContainer {
  readonly pid: number;
  readonly log: () => string;
  /** SIGTERM; resolves to the exit code. */
  stop(): Promise<number | null>;
  kill(): Promise<void>;
}

/** One that has ended. */
export interface EndedContainer {
  readonly code: number | null;
  readonly text: string;
}

/** A Pod with its volumes, of which containers are started. */
export interface PreparedPod {
  start(args?: readonly string[]): RunningContainer;
  /** To the end; `kubectl exec`, too, starts a process with the root folder and the volumes of the container. */
  run(args: readonly string[]): Promise<EndedContainer>;
}

const signal = new AbortController().signal;

/**
 * Runs a Pod's container as its spec says: the image's files, read-only, with the Pod's volumes in them; the spec's user,
 * without capabilities and without a way to get any; its arguments and its environment and nothing of ours.
 */
export async function preparePod(pod: Pod, parts: NodeParts): Promise<PreparedPod> {
  const { image, folder } = parts;
  const [container] = pod.spec.containers;
  const { runAsUser, runAsGroup } = pod.spec.securityContext;
  const mounts: string[] = [];
  await mkdir(join(image.root, 'proc'), { recursive: true });
  for (const { name, mountPath, readOnly } of container.volumeMounts) {
    const volume = pod.spec.volumes.find((candidate) => candidate.name === name);
    if (volume === undefined) throw new Error(`the Pod has no volume ${name}`);
    const source = await volumeFolder(pod, volume, parts);
    await mkdir(join(image.root, mountPath), { recursive: true });
    mounts.push(`mount --bind '${source}' '${image.root}${mountPath}'`);
    if (readOnly === true) mounts.push(`mount -o remount,bind,ro '${image.root}${mountPath}'`);
  }
  const script = [
    'set -eu',
    `mount --bind '${image.root}' '${image.root}'`,
    ...mounts,
    `mount --rbind /proc '${image.root}/proc'`,
    `mount -o remount,bind,ro '${image.root}'`,
    `exec setpriv --no-new-privs chroot --userspec=${runAsUser}:${runAsGroup} --groups= '${image.root}' "$@"`,
  ].join('\n');
  const variables = container.env.map(({ name, value, valueFrom }) => [name, value ?? (valueFrom ? fieldOf(pod, valueFrom.fieldRef) : '')]);
  const env = {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    KUBERNETES_SERVICE_HOST: parts.apiServer.host,
    KUBERNETES_SERVICE_PORT: parts.apiServer.port,
    ...(Object.fromEntries(variables) as Record<string, string>), // pairs of texts
  };
  const launch = (args: readonly string[]) =>
    spawn('unshare', ['--mount', '--propagation', 'private', 'sh', '-c', script, 'sh', ...args], {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  const begin = (args: readonly string[]) => {
    const child = launch(args);
    const ended = once(child, 'close');
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (part: string) => (text += part));
    return { child, ended, text: () => text };
  };
  return {
    start(args = container.args) {
      const { child, ended, text } = begin([...image.entrypoint, ...args]);
      if (child.pid === undefined) throw new Error('unshare could not be started');
      const end = async (how: NodeJS.Signals) => {
        child.kill(how);
        await ended;
        return child.exitCode;
      };
      return { pid: child.pid, log: text, stop: () => end('SIGTERM'), kill: async () => void (await end('SIGKILL')) };
    },
    async run(args) {
      const { child, ended, text } = begin(args);
      await ended;
      return { code: child.exitCode, text: text() };
    },
  };
}

async function volumeFolder(pod: Pod, volume: Volume, parts: NodeParts): Promise<string> {
  if (volume.hostPath !== undefined) return join(parts.folder, 'host', volume.hostPath.path);
  const folder = join(parts.folder, 'volumes', pod.metadata.uid, volume.name);
  for (const [name, text] of await contentOf(pod, volume, parts.client)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
}

async function contentOf(pod: Pod, volume: Volume, client: KubeClient): Promise<readonly (readonly [string, string])[]> {
  const namespace = `/api/v1/namespaces/${pod.metadata.namespace}`;
  const configMap = async (name: string) => {
    const { data } = await client.get(`${namespace}/configmaps/${name}`, signal);
    return Object.entries(data as Record<string, string>); // of a ConfigMap
  };
  if (volume.configMap !== undefined) return await configMap(volume.configMap.name);
  if (volume.projected === undefined) throw new Error(`the test knows no volume such as ${JSON.stringify(volume)}`);
  const files: (readonly [string, string])[] = [];
  for (const { serviceAccountToken, configMap: source, downwardAPI } of volume.projected.sources) {
    if (source !== undefined) files.push(...(await configMap(source.name)));
    for (const { path, fieldRef } of downwardAPI?.items ?? []) files.push([path, fieldOf(pod, fieldRef)]);
    if (serviceAccountToken === undefined) continue;
    const { name, uid } = pod.metadata;
    const boundObjectRef = { apiVersion: 'v1', kind: 'Pod', name, uid };
    const { expirationSeconds } = serviceAccountToken;
    const answer = await client.create(
      `${namespace}/serviceaccounts/${pod.spec.serviceAccountName}/token`,
      { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds, boundObjectRef } },
      signal,
    );
    files.push([serviceAccountToken.path, (answer['status'] as unknown as { token: string }).token]); // of a TokenRequest
  }
  return files;
}

/** What a person does on the node before a Pod can use its disk (`install -d -o OWNER`). */
export async function makeOnHost({ folder }: Pick<NodeParts, 'folder'>, path: string, owner: number): Promise<void> {
  await mkdir(join(folder, 'host', path), { recursive: true });
  await chown(join(folder, 'host', path), owner, owner);
}
