import pRetry from 'p-retry';
import { asLbError } from '../../errors.ts';
import type { KubeClient } from '../../kube/client.ts';
import { namespacePath } from '../../kube/paths.ts';
import { clusterId, type ClusterId } from '../../model/ids.ts';
import { LbError } from '../../errors.ts';

/** The UID of the namespace kube-system: what tells one cluster from another where the configuration does not (design §8). */
export async function readClusterId(client: KubeClient, signal: AbortSignal): Promise<ClusterId> {
  const namespace = await client.get(namespacePath('kube-system'), signal);
  const { metadata } = namespace;
  const uid = metadata !== null && typeof metadata === 'object' && 'uid' in metadata ? metadata.uid : undefined;
  if (typeof uid !== 'string' || uid === '') throw new LbError('InvalidObject', 'the namespace kube-system has no UID');
  return clusterId(uid);
}

/** The same, asked for until the API server answers; each failure is told. Rejects only when the signal aborts. */
export async function waitForClusterId(client: KubeClient, signal: AbortSignal, failed: (why: string) => void): Promise<ClusterId> {
  return await pRetry(() => readClusterId(client, signal), {
    retries: Number.POSITIVE_INFINITY,
    minTimeout: 500,
    maxTimeout: 15_000,
    randomize: true,
    signal,
    onFailedAttempt: ({ error }) => failed(asLbError(error).text),
    shouldRetry: () => !signal.aborted,
  });
}
